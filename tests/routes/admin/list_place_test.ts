/** Whatever one does to what is in a list, one gets back to where one was in it. */
import assert from "node:assert/strict";
import { addAsset } from "../../support/factories.ts";
import { startService } from "../../support/service.ts";
import { inputIn, pageOf, postTo, type Values } from "./support.ts";

Deno.test("several at once: then, or where it is left, the list is as it was asked for, and where one was in it", async () => {
  await using service = await startService();
  for (const symbol of ["A", "B", "C"]) await addAsset(service, { symbol, kind: "fund" });
  const asked = "?kind=fund&order=desc";
  const actions = `/admin/actions/assets?${new URLSearchParams({ list: asked.slice(1) })}`;
  assert.ok((await pageOf(service.admin, `/admin/assets${asked}`)).includes(`action="${actions}"`));
  const ticked = { id: ["A", "C"] };
  const question = await (await postTo(service.admin, actions, { ...ticked, action: "delete" })).text();
  assert.ok(question.includes(`action="${actions}"`));
  assert.match(question, /href="\/admin\/assets\?kind=fund&amp;order=desc">Keep them/);
  for (const action of ["inactive", "delete"]) {
    const done = await postTo(service.admin, actions, { ...ticked, action, sure: "yes" });
    assert.deepEqual([done.status, done.headers.get("location")], [303, `/admin/assets${asked}`]);
  }
});

Deno.test("one of a list, or a new one: saved, deleted or left, the list is as it was asked for, and where one was in it", async () => {
  await using service = await startService();
  for (const symbol of ["A", "B", "C"]) await addAsset(service, { symbol, kind: "fund" });
  const from = `?${new URLSearchParams({ list: "kind=fund&order=desc" })}`;
  const list = "/admin/assets?kind=fund&order=desc";
  const page = await pageOf(service.admin, `${list}&q=`);
  for (const path of ["/admin/assets/A", "/admin/add/assets"]) assert.ok(page.includes(`href="${path}${from}"`), path);

  const item = await pageOf(service.admin, `/admin/assets/A${from}`);
  for (const path of ["/admin/assets/A/delete", "/admin/assets/A/history"]) {
    assert.ok(item.includes(`href="${path}${from}"`), path);
    assert.match(
      await pageOf(service.admin, `${path}${from}`),
      /<a href="\/admin\/assets\?kind=fund&amp;order=desc">Assets/,
    );
  }
  assert.ok(item.includes(`<form method="post" action="/admin/assets/A${from}"`));
  const change = { "_form": "0", "_etag": inputIn(item, "_etag") ?? "", "/name": "Renamed" };
  const wrong = await postTo(service.admin, `/admin/assets/A${from}`, { ...change, "/name": "\u0000" });
  assert.equal(wrong.status, 422);
  assert.ok((await wrong.text()).includes(`action="/admin/assets/A${from}"`));
  const outdated = await postTo(service.admin, `/admin/assets/A${from}`, { ...change, "_etag": '"other"' });
  assert.equal(outdated.status, 412);
  assert.ok((await outdated.text()).includes(`action="/admin/assets/A${from}"`));

  const where = async (path: string, values: Values) => {
    const answer = await postTo(service.admin, path, values);
    assert.equal(answer.status, 303, await answer.text());
    return answer.headers.get("location");
  };
  assert.equal(await where(`/admin/assets/A${from}`, change), list);
  const again = { "_form": "0", "_then": "stay", "/name": "Again" };
  assert.equal(await where(`/admin/assets/A${from}`, again), `/admin/assets/A${from}`);
  const added = { "/symbol": "D", "/name": "D" };
  assert.equal(await where(`/admin/add/assets${from}`, { ...added, "_then": "another" }), `/admin/add/assets${from}`);
  assert.equal(
    await where(`/admin/add/assets${from}`, { ...added, "/symbol": "E", "_then": "stay" }),
    `/admin/assets/E${from}`,
  );
  assert.equal(await where(`/admin/add/assets${from}`, { ...added, "/symbol": "F" }), list);
  assert.ok(
    (await pageOf(service.admin, `/admin/assets/A/delete${from}`)).includes(`<a href="/admin/assets/A${from}">Keep it`),
  );
  assert.equal(await where(`/admin/assets/A/delete${from}`, {}), list);
});

Deno.test("a link has no form lead elsewhere than to its list", async () => {
  await using service = await startService();
  for (
    const list of [
      "//evil.example",
      "/../..//evil.example",
      "https://evil.example",
      "\r\nlocation: //evil.example",
      "#\\evil",
    ]
  ) {
    await addAsset(service, { symbol: "A" });
    for (const path of ["assets/A", "actions/assets", "assets/A/delete"]) {
      const answer = await postTo(service.admin, `/admin/${path}?${new URLSearchParams({ list })}`, {
        "_form": "0",
        action: "delete",
      });
      const location = new URL(answer.headers.get("location") ?? "", "https://admin.example");
      assert.deepEqual([answer.status, location.origin, location.pathname], [
        303,
        "https://admin.example",
        "/admin/assets",
      ]);
      assert.equal(location.hash, "");
    }
  }
});
