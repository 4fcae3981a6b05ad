import assert from "node:assert/strict";
import { loadDemo } from "../../../fixtures/load.ts";
import { assertProblem, bodyOf, itemsOf, type Json } from "../../support/answers.ts";
import { makeKey, person } from "../../support/people.ts";
import { startService, type TestService } from "../../support/service.ts";

async function demo(): Promise<TestService> {
  const app = await startService();
  await loadDemo(app.services);
  return app;
}

const entriesAt = (prefix: unknown, more = ""): string =>
  `/inspector/entries?prefix=${encodeURIComponent(JSON.stringify(prefix))}${more}`;

const page = async (app: TestService, path: string): Promise<string> => await (await app.admin(path)).text();

Deno.test("GET /inspector/families: the first parts of the store's keys", async () => {
  await using app = await demo();
  const { items } = await bodyOf<{ items: string[] }>(await app.admin("/inspector/families"));
  for (const family of ["assets", "portfolios", "series", "sheets"]) assert.ok(items.includes(family), family);
  assert.deepEqual(items, [...new Set(items)].sort());
});

Deno.test("GET /inspector/entries: a key and what stands under it, with size and version, a page at a time", async () => {
  await using app = await demo();
  const [portfolio] = await itemsOf(await app.admin(entriesAt(["portfolios", 1])));
  const stored = await app.kv.get(["portfolios", 1]);
  assert.deepEqual(portfolio?.["key"], ["portfolios", 1]);
  assert.equal(portfolio?.["versionstamp"], stored.versionstamp);
  assert.ok(Number(portfolio?.["bytes"]) > 100);
  assert.equal((portfolio?.["value"] as Json)["name"], (stored.value as Json)["name"]);

  const all = await itemsOf(await app.admin(entriesAt(["assets"])));
  const first = await bodyOf<Json>(await app.admin(entriesAt(["assets"], "&limit=2")));
  const second = await bodyOf<Json>(
    await app.admin(entriesAt(["assets"], `&limit=2&cursor=${encodeURIComponent(String(first["next_cursor"]))}`)),
  );
  assert.deepEqual([...first["items"] as Json[], ...second["items"] as Json[]], all.slice(0, 4));
  await assertProblem(await app.admin(entriesAt(["series"], `&cursor=${first["next_cursor"]}`)), "validation-failed");
});

Deno.test("GET /inspector/entries: typed arrays and what JSON has no word for are described, long values cut short", async () => {
  await using app = await startService();
  await app.kv.set(["odd", 1], {
    ...{ bytes: new Uint8Array(300), closes: new Float64Array([1.5, -2]), big: 7n, nothing: undefined, zero: -0 },
    ...{ items: Array.from({ length: 60 }, (_, i) => i), text: "x".repeat(5_000), api_token: "t0p" },
  });
  const [odd] = await itemsOf(await app.admin(entriesAt(["odd"])));
  const value = odd?.["value"] as Json;
  assert.equal(value["bytes"], "(Uint8Array, 300 items: 0, 0, 0, 0, 0, 0, 0, 0, …)");
  assert.equal(value["closes"], "(Float64Array, 2 items: 1.5, -2)");
  assert.deepEqual([value["big"], value["nothing"], value["zero"]], ["(7n)", "(undefined)", "(-0)"]);
  assert.deepEqual((value["items"] as unknown[]).slice(-2), [49, "(10 more)"]);
  assert.match(String(value["text"]), /^x{1000}… \(5000 characters\)$/);
  assert.equal(value["api_token"], "(secret)");
});

Deno.test("no secret, nor what one is known by, comes out: of keys, sessions and kept answers, in keys, values or cursors", async () => {
  await using app = await demo();
  const ada = await person(app, "usr_ada", "administrator");
  for (let i = 0; i < 3; i++) await makeKey(ada, ["portfolios:read"], { name: `key ${i}` });
  const made = await ada.ask("/api-keys", {
    method: "POST",
    body: { name: "once", scopes: ["portfolios:read"] },
    headers: { "idempotency-key": "one" },
  });
  assert.equal(made.status, 201);
  const digests: string[] = [];
  for (const family of ["api_keys_by_digest", "sessions_by_digest", "idempotency"]) {
    const keys = await Array.fromAsync(app.kv.list({ prefix: [family] }), ({ key }) => String(key[1]));
    assert.ok(keys.length > 0, family);
    digests.push(...keys);
  }
  const { items: families } = await bodyOf<{ items: string[] }>(await app.admin("/inspector/families"));
  for (const family of families) {
    for (const limit of [1, 200]) {
      const text = await (await app.admin(entriesAt([family], `&limit=${limit}`))).text();
      const decoded = /"next_cursor":"([^"]+)"/.exec(text)?.[1]?.slice(8) ?? "";
      for (const seen of [text, atob(decoded.replaceAll("-", "+").replaceAll("_", "/"))]) {
        for (const digest of digests) assert.ok(!seen.includes(digest), `${family} says ${digest}`);
        assert.doesNotMatch(seen, /flk_[\w-]{20}/, family);
      }
    }
  }
  const [kept] = await itemsOf(await app.admin(entriesAt(["idempotency"])));
  assert.deepEqual([kept?.["key"], kept?.["value"]], [["idempotency", "(secret)"], "(secret)"]);
});

Deno.test("GET /inspector/entries: a prefix that is none is refused; viewers may look, others not", async () => {
  await using app = await demo();
  for (
    const prefix of [
      "",
      "assets",
      "[]",
      "{}",
      "[null]",
      "[[1]]",
      '["\\ud800"]',
      `["${"x".repeat(600)}"]`,
      `[${Array(240).fill(1)}]`,
    ]
  ) {
    const answer = await app.admin(`/inspector/entries?prefix=${encodeURIComponent(prefix)}`);
    await assertProblem(answer, "validation-failed");
  }
  await assertProblem(await app.admin("/inspector/entries"), "validation-failed");
  const viewer = await person(app, "usr_viewer", "viewer");
  assert.equal((await viewer.ask(entriesAt(["assets"]))).status, 200);
  const user = await person(app, "usr_user");
  await assertProblem(await user.ask(entriesAt(["assets"])), "forbidden");
});

Deno.test("the inspector's page: families, a key, and an error in place", async () => {
  await using app = await demo();
  assert.match(
    await page(app, "/admin/inspector"),
    /<a href="\/admin\/inspector\?prefix=%5B%22assets%22%5D">assets<\/a>/,
  );
  assert.match(await page(app, '/admin/inspector?prefix=["assets",1]'), /<code>\[&quot;assets&quot;,1\]<\/code>/);
  assert.match(await page(app, '/admin/inspector?prefix=["none"]'), /Nothing is stored there/);
  const wrong = await app.admin("/admin/inspector?prefix=assets");
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /id="prefix!" role="alert">[^<]*JSON array.*All|value="assets"/s);
});

Deno.test("the verifier: run by a button, clean, and with a fault that it names", async () => {
  await using app = await demo();
  assert.match(await page(app, "/admin/verifier"), /It has not run yet/);
  const run = () => app.admin("/admin/verifier/run", { method: "POST", body: "", headers: FORM });
  assert.equal((await run()).status, 303);
  assert.match(await page(app, "/admin/verifier"), /data-refresh-seconds="2".*state queued/s);
  await app.worker.runDue();
  assert.match(await page(app, "/admin/verifier"), /No fault\..*<dt>assets<\/dt><dd>17<\/dd>/s);

  await app.kv.set(["assets_by_symbol", "GHOST"], 99);
  await app.kv.set(["sessions_by_digest", "a-digest"], "ses_none");
  assert.equal((await run()).status, 303);
  await app.worker.runDue();
  const html = await page(app, "/admin/verifier");
  assert.match(html, /2 faults\..*Stray pointer<\/td>.*GHOST.*is left from.*--repair/s);
  assert.doesNotMatch(html, /a-digest/);
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
