import assert from "node:assert/strict";
import fc from "fast-check";
import type { Outcome } from "../../../lib/market/provider.ts";
import { callWith, KEY, polygonAt, QUESTIONS } from "./polygon_harness.ts";

type Ask = (status: number, body: string, headers?: Record<string, string>) => Promise<Outcome<unknown>>;

/** Each question, without a server: these ask thousands of times. */
const ASKS: readonly (readonly [name: string, ask: Ask])[] = Object.entries(QUESTIONS).map(([name, question]) => [
  name,
  (status, body, headers = {}) => {
    const answering: typeof fetch = () => Promise.resolve(new Response(body, { status, headers }));
    return question(polygonAt({ url: "http://provider.invalid" }, { fetch: answering }), callWith());
  },
]);

/** A body that holds these rows as the question's do. */
function bodyOf(name: string, rows: readonly unknown[]): unknown {
  if (name === "holidays") return rows;
  if (name === "details") return { status: "OK", results: rows[0] };
  return { status: "OK", results: name === "symbolChanges" ? { events: rows } : rows };
}

const TEXTS = ["symbol", "name", "date", "executionDate", "exDividendDate", "since", "kind", "status"];
const NUMBERS = ["open", "high", "low", "close", "from", "to", "cashAmount"];
const OPTIONAL_NUMBERS = ["volume", "vwap"];
const OPTIONAL_TEXTS = ["currency", "sicCode", "sector", "figi", "listedOn", "delistedOn"];

/** Whatever the rows were, each member is of its type. */
function assertTyped(outcome: Outcome<unknown>): void {
  if (outcome.type !== "ok") return;
  const items = Array.isArray(outcome.value) ? outcome.value : [outcome.value];
  assert.ok(items.length > 0);
  for (const [name, value] of items.flatMap((item) => Object.entries(item))) {
    if (TEXTS.includes(name)) assert.equal(typeof value, "string", name);
    else if (NUMBERS.includes(name)) assert.equal(typeof value, "number", name);
    else if (OPTIONAL_NUMBERS.includes(name)) assert.ok(value === null || typeof value === "number", name);
    else if (OPTIONAL_TEXTS.includes(name)) assert.ok(value === null || typeof value === "string", name);
    else assert.deepEqual([name, typeof value], ["isActive", "boolean"]);
  }
}

Deno.test("any JSON in a 200 is ok, empty or malformed", async () => {
  await fc.assert(fc.asyncProperty(fc.json({ maxDepth: 6 }), fc.constantFrom(...ASKS), async (body, [, ask]) => {
    const outcome = await ask(200, body);
    assert.ok(["ok", "empty", "malformed"].includes(outcome.type), outcome.type);
    assertTyped(outcome);
  }));
});

const ROW_MEMBERS = [
  ..."T o h l c v vw t n otc __proto__ ticker name market type active currency_name currency_symbol".split(" "),
  ..."execution_date split_from split_to ex_dividend_date cash_amount currency date status ticker_change".split(" "),
];
const member = fc.constantFrom(...ROW_MEMBERS);
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom("closed", "early-close", "2024-03-08", "stocks", "crypto", "CS"),
);
const row = fc.oneof(fc.jsonValue(), fc.dictionary(member, value));

Deno.test("any rows in an envelope are values of the right types, or none can be read", async () => {
  const rows = fc.array(row, { minLength: 1 });
  await fc.assert(fc.asyncProperty(rows, fc.constantFrom(...ASKS), async (rows, [name, ask]) => {
    const outcome = await ask(200, JSON.stringify(bodyOf(name, rows)));
    assert.ok(["ok", "malformed"].includes(outcome.type), outcome.type);
    assertTyped(outcome);
  }));
});

Deno.test("any rows of a market's day give as many bars, in their order", async () => {
  const [, ask] = ASKS.find(([name]) => name === "marketDay") ?? assert.fail();
  await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1 }), async (results) => {
    const outcome = await ask(200, JSON.stringify({ status: "OK", results }));
    assert.ok(outcome.type === "ok", outcome.type);
    const symbols = results.map((sent) => Object(sent ?? {}).T).map((T) => typeof T === "string" ? T : "");
    assert.deepEqual((outcome.value as { symbol: string }[]).map(({ symbol }) => symbol), symbols);
  }));
});

Deno.test("any rows with a date give as many values, by rising date", async () => {
  const dates = { range: "date", splits: "executionDate", dividends: "exDividendDate" } as const;
  const dated = ASKS.filter(([name]) => name in dates);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1 }), fc.constantFrom(...dated), async (rows, [name, ask]) => {
      const outcome = await ask(200, JSON.stringify(bodyOf(name, rows)));
      assert.ok(outcome.type === "ok", outcome.type);
      const sorted = (outcome.value as Record<string, string>[]).map((item) => item[dates[name as keyof typeof dates]]);
      assert.equal(sorted.length, rows.length);
      assert.deepEqual(sorted, sorted.toSorted());
    }),
  );
});

Deno.test("no body, status or header throws, and none brings the key into a reason", async () => {
  const status = fc.integer({ min: 200, max: 599 }).filter((code) => ![204, 205, 304].includes(code));
  const said = fc.tuple(fc.string({ unit: "binary" }), fc.string()).map(([before, after]) => `${before}${KEY}${after}`);
  const body = fc.oneof(
    said,
    fc.json(),
    said.map((error) => JSON.stringify({ error })),
    said.map((message) => JSON.stringify({ message, error: 5 })),
    said.map((next_url) => JSON.stringify({ status: "OK", next_url })),
  );
  const headers = fc.record({
    "retry-after": fc.oneof(fc.stringMatching(/^[ -~]*$/), fc.nat().map(String)),
    "location": fc.webUrl({ withQueryParameters: true }).map((url) => `${url}${KEY}`),
  }, { requiredKeys: [] });
  const anything = fc.tuple(status, body, headers, fc.constantFrom(...ASKS));
  await fc.assert(fc.asyncProperty(anything, async ([code, text, sent, [, ask]]) => {
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
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  for (const [name, ask] of ASKS) {
    const isBare = name === "holidays";
    assert.equal((await ask(200, isBare ? `{"a":${deep}}` : deep)).type, "malformed", name);
    const spoilt = JSON.stringify(bodyOf(name, [{ ticker: "A", x: 0 }])).replace('"x":0', `"x":${deep}`);
    assert.ok(["ok", "malformed"].includes((await ask(200, spoilt)).type), name);
  }
});
