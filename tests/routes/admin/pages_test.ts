import assert from "node:assert/strict";
import { loadDemo } from "../../../fixtures/load.ts";
import { PROBLEMS } from "../../../lib/problem.ts";
import { startService, type TestService } from "../../support/service.ts";
import { noticeOf, pageOf } from "./support.ts";

const FORM = "application/x-www-form-urlencoded";

async function demo(): Promise<TestService> {
  const app = await startService();
  await loadDemo(app.services);
  return app;
}

const post = (app: TestService, path: string, values: Record<string, string>): Promise<Response> =>
  app.admin(path, {
    method: "POST",
    body: String(new URLSearchParams(values)),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });

/** The value of an input, by the pointer that names it. */
const inputIn = (html: string, name: string): string | undefined =>
  new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1]?.replaceAll("&quot;", '"');

const errorAt = (html: string, name: string): string | undefined =>
  new RegExp(`<p class="error" id="${name}!">([^<]*)</p>`).exec(html)?.[1];

Deno.test("/admin: a stranger is sent to sign in, and comes back", async () => {
  await using app = await demo();
  const answer = await app.request("/admin/assets");
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), "/auth/sign-in?return_to=%2Fadmin%2Fassets");
  const placeAfter = async (path: string) =>
    new URL((await app.request(path)).headers.get("location") ?? "", "http://test").searchParams.get("return_to");
  assert.equal(await placeAfter("/admin/jobs?state=dead&name=night"), "/admin/jobs?state=dead&name=night");
  assert.equal(await placeAfter(`/admin/jobs?state=${"x".repeat(2_000)}`), "/admin/jobs");
});

Deno.test("/admin: pages of our own only, kept by nobody", async () => {
  await using app = await demo();
  for (const path of ["/admin/assets", "/admin/add/assets", "/admin/assets/AAPL", "/admin/portfolios/1/delete"]) {
    const answer = await app.admin(path);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none';.*form-action 'self'/);
    assert.doesNotMatch(policy, /unsafe-|https?:|\*/);
    assert.doesNotMatch(await answer.text(), /<style|<script>|style="|onclick=|https?:\/\//);
  }
});

Deno.test("a list: found by a part of the name, and nothing that fits", async () => {
  await using app = await demo();
  const found = await (await app.admin("/admin/assets?q=apple")).text();
  assert.match(found, /<a href="\/admin\/assets\/AAPL\?list=q%3Dapple">AAPL<\/a>/);
  assert.doesNotMatch(found, /Boeing/);
  assert.match(await (await app.admin("/admin/assets?q=zzzz")).text(), /Nothing here that fits/);
  assert.match(
    await (await app.admin("/admin/assets?q=apple&order=desc")).text(),
    /role="search">.*<input type="hidden" name="order" value="desc".*Find<\/button>/s,
    "what is found is in the order that was chosen",
  );
});

Deno.test("an asset is added, changed where it was changed, and deleted", async () => {
  await using app = await demo();
  const added = await post(app, "/admin/add/assets", {
    "/symbol": "NEW",
    "/name": "<b>New</b> Inc.",
    "/kind": "stock",
    "/sector": "energy",
    "_then": "stay",
  });
  assert.equal(added.status, 303);
  const [path = ""] = added.headers.get("location")?.split("?") ?? [];
  assert.equal(path, "/admin/assets/NEW");
  const form = await (await app.admin(path)).text();
  assert.equal(inputIn(form, "/name"), "&lt;b&gt;New&lt;/b&gt; Inc.");

  const changed = await post(app, path, {
    "_form": "0",
    "_etag": inputIn(form, "_etag") ?? "",
    "/name": "Renamed",
    "/kind": "stock",
    "/currency": "USD",
    "/status": "active",
    "/sector": "energy",
  });
  assert.equal(changed.status, 303);
  const { name, sector } = await (await app.admin("/assets/NEW")).json();
  assert.deepEqual([name, sector], ["Renamed", "energy"]);

  const gone = await post(app, `${path}/delete`, {});
  assert.equal(gone.status, 303);
  assert.equal((await app.admin("/assets/NEW")).status, 404);
});

Deno.test("a wrong value: its error stands beside it, and the rest stays as it was typed", async () => {
  await using app = await demo();
  const answer = await post(app, "/admin/add/assets", {
    "/symbol": "N W",
    "/name": "Typed with care",
    "/kind": "stock",
    "/sector_weights/energy": "0.7",
    "/sector_weights/materials": "lots",
  });
  assert.equal(answer.status, 422);
  const html = await answer.text();
  assert.match(errorAt(html, "/symbol") ?? "", /must be 1 to 20 letters/);
  assert.match(errorAt(html, "/sector_weights/materials") ?? "", /number/);
  assert.equal(inputIn(html, "/symbol"), "N W");
  assert.equal(inputIn(html, "/name"), "Typed with care");
  assert.equal(inputIn(html, "/sector_weights/materials"), "lots");
});

Deno.test("two people: the second is told, and keeps what they typed", async () => {
  await using app = await demo();
  const path = "/admin/portfolios/1";
  const etag = inputIn(await (await app.admin(path)).text(), "_etag") ?? "";
  const values = { "_form": "0", "_etag": etag, "/visibility": "public", "/status": "active" };
  assert.equal((await post(app, path, { ...values, "/name": "First" })).status, 303);
  const second = await post(app, path, { ...values, "/name": "Second" });
  assert.equal(second.status, 412);
  const html = await second.text();
  assert.match(html, /Somebody else has changed this/);
  assert.equal(inputIn(html, "/name"), "Second");
  assert.equal((await (await app.admin("/portfolios/1")).json()).name, "First");

  const again = { ...values, "_etag": inputIn(html, "_etag") ?? "", "/name": "Second" };
  assert.equal((await post(app, path, again)).status, 303);
  assert.equal((await (await app.admin("/portfolios/1")).json()).name, "Second");
});

Deno.test("two people who change different things: neither loses anything, also where the second mistyped first", async () => {
  await using app = await demo();
  const path = "/admin/portfolios/1";
  const html = await (await app.admin(path)).text();
  const hidden = (page: string) => ({ "_etag": inputIn(page, "_etag") ?? "", "_was": inputIn(page, "_was") ?? "" });
  const opened = { "_form": "0", ...hidden(html), "/name": "Test Portfolio", "/visibility": "public" };
  assert.equal((await post(app, path, { ...opened, "/status": "active", "/name": "Hers" })).status, 303);

  const mistyped = await post(app, path, { ...opened, "/status": "sleeping" });
  assert.equal(mistyped.status, 422);
  const told = await post(app, path, { ...opened, ...hidden(await mistyped.text()), "/status": "inactive" });
  assert.equal(told.status, 412);
  const page = await told.text();
  assert.equal(inputIn(page, "/name"), "Hers");
  assert.match(page, /Save again to keep both/);
  const again = { ...opened, ...hidden(page), "/name": "Hers", "/status": "inactive" };
  assert.equal((await post(app, path, again)).status, 303);
  const { name, status } = await (await app.admin("/portfolios/1")).json();
  assert.deepEqual([name, status], ["Hers", "inactive"]);
});

Deno.test("investments as rows: more of them, one wrong, one emptied", async () => {
  await using app = await demo();
  const path = "/admin/portfolios/1";
  const etag = inputIn(await (await app.admin(path)).text(), "_etag") ?? "";
  const rows = { "_form": "1", "_etag": etag, "/investments/0/asset": "AAPL", "/investments/0/amount": "5" };
  const more = await post(app, path, { ...rows, _more: "10" });
  assert.equal(more.status, 200);
  assert.match(await more.text(), /name="\/investments\/10\/asset"/);

  const wrong = { ...rows, "/investments/1/asset": "NOPE", "/investments/1/amount": "1" };
  const refused = await post(app, path, wrong);
  assert.equal(refused.status, 422);
  assert.match(errorAt(await refused.text(), "/investments/1/asset") ?? "", /no asset NOPE/);

  const emptied = { ...wrong, "/investments/1/asset": "", "/investments/1/amount": "" };
  assert.equal((await post(app, path, emptied)).status, 303);
  const { investments } = await (await app.admin("/portfolios/1")).json();
  assert.deepEqual(investments, [{ asset: "AAPL", amount: "5" }]);
});

Deno.test("what cannot be deleted says why", async () => {
  await using app = await demo();
  const answer = await post(app, "/admin/assets/AAPL/delete", {});
  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /role="alert">[^<]*portfolio/);
});

Deno.test("several at once: what is refused is named, the rest is done", async () => {
  await using app = await demo();
  const body = new URLSearchParams([["action", "inactive"], ["id", "AAPL"], ["id", "NOPE"], ["id", "GONE"], [
    "id",
    "GS",
  ]]);
  const answer = await app.admin("/admin/actions/assets", {
    method: "POST",
    body: String(body),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  assert.match(noticeOf(answer) ?? "", /2 done, 2 refused; NOPE:.*; GONE:/);
  for (const symbol of ["AAPL", "GS"]) {
    assert.equal((await (await app.admin(`/assets/${symbol}`)).json()).status, "inactive");
  }
});

Deno.test("what is sent is a form, and no longer than one: anything else is refused in words", async () => {
  await using app = await demo();
  const path = "/admin/add/assets";
  const send = async (contentType: string, body: string) => {
    const answer = await app.admin(path, { method: "POST", headers: { "content-type": contentType }, body });
    return [answer.status, answer.headers.get("content-type"), /<h1>([^<]*)/.exec(await answer.text())?.[1]];
  };
  const html = "text/html; charset=utf-8";
  for (const other of ["application/json", "text/plain", "multipart/form-data; boundary=x"]) {
    assert.deepEqual(await send(other, "{}"), [415, html, PROBLEMS["unsupported-media-type"].title], other);
  }
  const long = `/name=${"x".repeat(1024 * 1024)}`;
  assert.deepEqual(await send(FORM, long), [413, html, PROBLEMS["payload-too-large"].title]);
  assert.equal((await app.admin(path, { method: "POST" })).status, 422, "a form in which nothing is typed");
});

Deno.test("who presses Enter in a form saves it: rows are added by a button behind that", async () => {
  await using app = await demo();
  for (const path of ["/admin/add/portfolios", "/admin/portfolios/1"]) {
    for (
      const [form = ""] of (await pageOf(app.admin, path)).matchAll(
        /<form method="post" action="\/admin\/p.*?<\/form>/gs,
      )
    ) {
      assert.match(/<button[^>]*>/.exec(form)?.[0] ?? "", /name="_then" value="list"/, path);
    }
  }
});

Deno.test("what is not there: a page that says so", async () => {
  await using app = await demo();
  for (const path of ["/admin/nothing", "/admin/assets/NOPE", "/admin/portfolios/999", "/admin/assets/NOPE/delete"]) {
    const answer = await app.admin(path);
    assert.equal(answer.status, 404, path);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/html/);
  }
});
