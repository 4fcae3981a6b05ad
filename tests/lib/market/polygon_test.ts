import assert from "node:assert/strict";
import { generatedBars } from "../../support/provider_stand_in_bars.ts";
import { GARBAGE_BARS } from "../../support/provider_stand_in_garbage.ts";
import { AAPL, BRK_B, callWith, FRIDAY, KEY, polygonAt, reasonOf, standInWith } from "./polygon_harness.ts";

Deno.test("ok: the raw bars of the day, with null for the fields that are optional", async () => {
  await using standIn = standInWith({ splits: [{ symbol: "AAPL", date: "2024-03-09", ratio: 4 }] });
  const outcome = await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith());
  assert.deepEqual(outcome, { type: "ok", value: [{ ...AAPL, vwap: null }, BRK_B] });
});

Deno.test("ok: crypto and currencies have calls of their own", async () => {
  await using standIn = standInWith();
  const polygon = polygonAt(standIn);
  for (const [market, symbol] of [["crypto", "X:BTCUSD"], ["fx", "C:EURUSD"]] as const) {
    const outcome = await polygon.marketDay(market, FRIDAY, callWith());
    assert.ok(outcome.type === "ok");
    assert.deepEqual(outcome.value.map((bar) => bar.symbol), [symbol]);
  }
});

Deno.test("ok: DELAYED is a success too, and so is a wrong content type", async () => {
  await using standIn = standInWith({ switches: { status: "DELAYED" } });
  standIn.faults.add({ type: "wrong_content_type" });
  assert.equal((await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith())).type, "ok");
});

Deno.test("ok: a whole market in one call", async () => {
  await using standIn = standInWith({ bars: generatedBars(12_500) });
  const outcome = await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith());
  assert.ok(outcome.type === "ok");
  assert.equal(outcome.value.length, 12_500);
  assert.ok(outcome.value.some((bar) => !Number.isInteger(bar.volume)));
  assert.equal(standIn.calls.length, 1);
});

Deno.test("ok: garbage rows become bars that say what is wrong, and cost no good row", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "garbage_rows" });
  const outcome = await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith());
  assert.ok(outcome.type === "ok");
  assert.equal(outcome.value.length, GARBAGE_BARS.length + 2);
  const noNumbers = { open: NaN, high: NaN, low: NaN, close: NaN, volume: null, vwap: null };
  const [control, strings, , , numberAsSymbol, noPrices, nothing] = outcome.value;
  assert.equal(control?.symbol, "\u0000HTLB^\ufffd\u0016\u0014");
  assert.equal(control?.close, 1.4e13);
  assert.deepEqual(strings, { symbol: "STRINGS", ...noNumbers });
  assert.equal(numberAsSymbol?.symbol, "");
  assert.deepEqual(noPrices, { symbol: "NOPRICES", ...noNumbers });
  assert.deepEqual(nothing, { symbol: "", ...noNumbers });
  assert.deepEqual(outcome.value.at(-2), { ...AAPL, vwap: null });
});

Deno.test("ok: duplicate rows are passed on", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "duplicate_rows" });
  const outcome = await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith());
  assert.ok(outcome.type === "ok");
  assert.deepEqual(outcome.value.map((bar) => bar.symbol), ["AAPL", "AAPL", "BRK.B", "BRK.B"]);
});

for (const emptyResults of ["missing", "empty", "null"] as const) {
  Deno.test(`empty: results are ${emptyResults}`, async () => {
    await using standIn = standInWith({ switches: { emptyResults } });
    assert.deepEqual(await polygonAt(standIn).marketDay("stocks", "2024-03-03", callWith()), { type: "empty" });
  });
}

Deno.test("malformed: rows are announced and missing, which is no day without trading", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "status", status: 200, body: { status: "OK", resultsCount: 12500, results: null } });
  const reason = reasonOf(await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith()), "malformed");
  assert.match(reason, /announces 12500 rows/);
});

Deno.test("not_yet: the day is not over in New York, though it is in London", async () => {
  await using standIn = standInWith({ now: () => new Date("2024-03-09T03:00:00Z") });
  const outcome = await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith());
  assert.match(reasonOf(outcome, "not_yet"), /^HTTP 403: Attempted to request today's data before end of day/);
});

Deno.test("too_old: before the plan's history, and in the future", async () => {
  await using standIn = standInWith({ switches: { historyYears: 2 } });
  const polygon = polygonAt(standIn);
  for (const date of ["2022-03-08", "2024-12-31"]) {
    assert.match(reasonOf(await polygon.marketDay("stocks", date, callWith()), "too_old"), /data timeframe/);
  }
});

Deno.test("bad_key: whether the text stands in error or in message", async () => {
  await using standIn = standInWith({ apiKey: "another" });
  const polygon = polygonAt(standIn);
  for (const textIn of ["error", "message"] as const) {
    standIn.switches.unauthorizedTextIn = textIn;
    const outcome = await polygon.marketDay("stocks", FRIDAY, callWith());
    assert.equal(reasonOf(outcome, "bad_key"), "HTTP 401: Unknown API Key");
  }
});

Deno.test("bad_key: one that cannot be sent is neither sent nor shown", async () => {
  await using standIn = standInWith();
  const apiKey = `${KEY}\nX-Other: 1`;
  const outcome = await polygonAt(standIn, { apiKey }).marketDay("stocks", FRIDAY, callWith());
  reasonOf(outcome, "bad_key");
  assert.equal(standIn.calls.length, 0);
});

Deno.test("rate_limited: with what Retry-After says, as seconds or as a date, and without", async () => {
  await using standIn = standInWith({ switches: { callsPerMinute: 1 } });
  const polygon = polygonAt(standIn);
  await polygon.marketDay("stocks", FRIDAY, callWith());
  const cases = [
    ["seconds", "json", 60_000],
    ["date", "json", 60_000],
    ["none", "json", undefined],
    ["seconds", "empty", 60_000],
    ["none", "empty", undefined],
  ] as const;
  for (const [retryAfter, rateLimitBody, retryAfterMs] of cases) {
    Object.assign(standIn.switches, { retryAfter, rateLimitBody });
    const outcome = await polygon.marketDay("stocks", FRIDAY, callWith());
    const reason = reasonOf(outcome, "rate_limited");
    assert.match(reason, rateLimitBody === "json" ? /exceeded the maximum/ : /no body/);
    assert.equal("retryAfterMs" in outcome && outcome.retryAfterMs, retryAfterMs, retryAfter);
  }
});

Deno.test("rate_limited: a Retry-After that makes no sense is none, and a day is the most", async () => {
  await using standIn = standInWith({ switches: { callsPerMinute: 0 } });
  const polygon = polygonAt(standIn);
  const date = "Sat, 09 Mar 2024 08:00:00 GMT";
  const cases: [string, number | undefined][] = [
    ["soon", undefined],
    ["-5", undefined],
    ["1e9", undefined],
    ["0", 0],
    ["99999999999", 86_400_000],
    ["Sat, 09 Mar 2024 07:00:00 GMT", 0],
    ["Sat, 09 Mar 2024 08:00:30 GMT", 30_000],
    ["Sun, 09 Mar 2025 08:00:00 GMT", 86_400_000],
    ["Xyz, 99 Abc 2024 08:00:00 GMT", undefined],
  ];
  for (const [value, retryAfterMs] of cases) {
    standIn.faults.add({ type: "status", status: 429, headers: { "retry-after": value, date } });
    const outcome = await polygon.marketDay("stocks", FRIDAY, callWith());
    assert.ok(outcome.type === "rate_limited");
    assert.equal(outcome.retryAfterMs, retryAfterMs, value);
  }
});

Deno.test("rejected: a date that is none is not asked for", async () => {
  await using standIn = standInWith();
  for (const date of ["..", "2024-3-8", "2024-03-08/../x", "2024-03-08?apiKey=x", ""]) {
    reasonOf(await polygonAt(standIn).marketDay("stocks", date, callWith()), "rejected");
  }
  assert.equal(standIn.calls.length, 0);
  const outcome = await polygonAt(standIn).marketDay("stocks", "2024-02-31", callWith());
  assert.match(reasonOf(outcome, "rejected"), /Could not parse the time parameter/);
});

Deno.test("not_found: a base URL with a path keeps it, and a slash at its end does not double", async () => {
  await using standIn = standInWith();
  const outcome = await polygonAt(standIn, { baseUrl: `${standIn.url}/proxy//` })
    .marketDay("stocks", FRIDAY, callWith());
  assert.equal(reasonOf(outcome, "not_found"), "HTTP 404: 404 page not found");
  assert.equal(standIn.calls[0]?.path, `/proxy/v2/aggs/grouped/locale/us/market/stocks/${FRIDAY}`);
});
