import assert from "node:assert/strict";
import fc from "fast-check";
import type { Outcome } from "../../../lib/market/provider.ts";
import { callWith, FRIDAY, KEY, polygonAt } from "./polygon_harness.ts";

/** No server: these ask thousands of times. */
function ask(status: number, body: string, headers: Record<string, string> = {}) {
  const answering: typeof fetch = () => Promise.resolve(new Response(body, { status, headers }));
  return polygonAt({ url: "http://provider.invalid" }, { fetch: answering }).marketDay("stocks", FRIDAY, callWith());
}

function assertBars(outcome: Outcome<readonly unknown[]>): void {
  if (outcome.type !== "ok") return;
  assert.ok(outcome.value.length > 0);
  for (const bar of outcome.value) {
    const { symbol, open, high, low, close, volume, vwap } = Object(bar);
    assert.equal(typeof symbol, "string");
    for (const price of [open, high, low, close]) assert.equal(typeof price, "number");
    for (const optional of [volume, vwap]) assert.ok(optional === null || typeof optional === "number");
  }
}

Deno.test("any JSON in a 200 is ok, empty or malformed", async () => {
  await fc.assert(fc.asyncProperty(fc.json({ maxDepth: 6 }), async (body) => {
    const outcome = await ask(200, body);
    assert.ok(["ok", "empty", "malformed"].includes(outcome.type), outcome.type);
    assertBars(outcome);
  }));
});

Deno.test("any rows in an envelope give as many bars, in their order", async () => {
  const name = fc.constantFrom("T", "o", "h", "l", "c", "v", "vw", "t", "n", "otc", "__proto__");
  const row = fc.oneof(fc.jsonValue(), fc.dictionary(name, fc.jsonValue()));
  await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1 }), async (results) => {
    const outcome = await ask(200, JSON.stringify({ status: "OK", results }));
    assert.ok(outcome.type === "ok", outcome.type);
    assertBars(outcome);
    const symbols = results.map((sent) => Object(sent ?? {}).T).map((T) => typeof T === "string" ? T : "");
    assert.deepEqual(outcome.value.map((bar) => bar.symbol), symbols);
  }));
});

Deno.test("no body, status or header throws, and none brings the key into a reason", async () => {
  const status = fc.integer({ min: 200, max: 599 }).filter((code) => ![204, 205, 304].includes(code));
  const said = fc.tuple(fc.string({ unit: "binary" }), fc.string()).map(([before, after]) => `${before}${KEY}${after}`);
  const body = fc.oneof(
    said,
    fc.json(),
    said.map((error) => JSON.stringify({ error })),
    said.map((message) => JSON.stringify({ message, error: 5 })),
  );
  const headers = fc.record({
    "retry-after": fc.oneof(fc.stringMatching(/^[ -~]*$/), fc.nat().map(String)),
    "location": fc.webUrl({ withQueryParameters: true }).map((url) => `${url}${KEY}`),
  }, { requiredKeys: [] });
  await fc.assert(fc.asyncProperty(status, body, headers, async (code, text, sent) => {
    const outcome = await ask(code, text, sent);
    if (outcome.type === "ok" || outcome.type === "empty") assert.equal(code, 200);
    if (!("reason" in outcome)) return;
    assert.ok(outcome.reason.length <= 300);
    assert.ok(!outcome.reason.includes(KEY), outcome.reason);
    assert.ok(outcome.reason.isWellFormed());
    if (outcome.type === "rate_limited" && outcome.retryAfterMs !== undefined) {
      assert.ok(outcome.retryAfterMs >= 0 && outcome.retryAfterMs <= 86_400_000, `${outcome.retryAfterMs}`);
    }
  }));
});

Deno.test("JSON nested too deep to walk is an answer like any other", async () => {
  const deep = "[".repeat(1_000_000) + "]".repeat(1_000_000);
  assert.equal((await ask(200, deep)).type, "malformed");
  assert.equal((await ask(200, `{"status":"OK","results":[{"T":"A","x":${deep}}]}`)).type, "ok");
});
