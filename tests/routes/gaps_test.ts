import assert from "node:assert/strict";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses } from "../support/factories.ts";
import { backfill } from "../lib/market/backfill_harness.ts";
import { bar, startPull } from "../lib/market/pull_harness.ts";
import { barsFromList } from "../support/provider_stand_in_bars.ts";

/** Wednesday to Friday; the market was open on all of them. */
const [WEDNESDAY, THURSDAY, FRIDAY] = ["2024-03-06", "2024-03-07", "2024-03-08"];
const because = (reasons: Json) => ({
  ...{ not_listed_yet: 0, did_not_trade: 0, quarantined: 0, failed: 0, not_there_yet: 0 },
  ...reasons,
});
const SPAN = `/market/gaps?from=${WEDNESDAY}&to=2024-03-09`;

Deno.test("GET /market/gaps: what is missing, by day and by asset, and why", async () => {
  const bars = barsFromList([
    ...[bar("A", WEDNESDAY, 10), bar("A", THURSDAY, 10), bar("B", WEDNESDAY, 20)],
    { ...bar("B", THURSDAY, 20), low: 30 },
  ]);
  await using test = await startPull({ provider: { bars, switches: { callsPerMinute: 0 } }, assets: ["A", "B", "C"] });
  for (const day of [WEDNESDAY, THURSDAY]) await test.pull(day);
  await addCloses(test, "C", { [THURSDAY]: "5" });
  assert.deepEqual(await bodyOf(await test.request(SPAN)), {
    ...{ from: WEDNESDAY, to: "2024-03-09" },
    ...{ expected: 8, present: 4, completeness: 0.5 },
    days: [
      { market: "stocks", date: WEDNESDAY, expected: 2, present: 2, reasons: because({ not_listed_yet: 1 }) },
      { market: "stocks", date: THURSDAY, expected: 3, present: 2, reasons: because({ quarantined: 1 }) },
      { market: "stocks", date: FRIDAY, expected: 3, present: 0, reasons: because({ not_there_yet: 3 }) },
    ],
    assets: [
      { asset: "B", missing: 2, reasons: because({ quarantined: 1, not_there_yet: 1 }) },
      { asset: "A", missing: 1, reasons: because({ not_there_yet: 1 }) },
      { asset: "C", missing: 1, reasons: because({ not_listed_yet: 1, not_there_yet: 1 }) },
    ],
    assets_with_gaps: 3,
  });
  const ofB = await bodyOf<Json>(await test.request(`${SPAN}&asset=B`));
  assert.deepEqual(ofB["days"], [
    { market: "stocks", date: THURSDAY, expected: 1, present: 0, reasons: because({ quarantined: 1 }) },
    { market: "stocks", date: FRIDAY, expected: 1, present: 0, reasons: because({ not_there_yet: 1 }) },
  ]);
  await assertProblem(await test.request(`${SPAN}&asset=NONE`), "not-found");
});

Deno.test("GET /market/gaps: a day that is complete without an asset's row is one on which it did not trade", async () => {
  const bars = barsFromList([bar("A", WEDNESDAY, 10), bar("B", WEDNESDAY, 20), bar("A", THURSDAY, 10)]);
  await using test = await startPull({ provider: { bars, switches: { callsPerMinute: 0 } }, assets: ["A", "B"] });
  for (const day of [WEDNESDAY, THURSDAY]) await test.pull(day);
  const { days } = await bodyOf<Json>(await test.request(`/market/gaps?from=${WEDNESDAY}&to=${THURSDAY}`));
  assert.deepEqual(days, [
    { market: "stocks", date: THURSDAY, expected: 2, present: 1, reasons: because({ did_not_trade: 1 }) },
  ]);
});

Deno.test("GET /market/gaps: weekends, closed days and the day that is not over are no sessions", async () => {
  await using test = await startPull({ provider: { switches: { callsPerMinute: 0 } } });
  await addAssets(test, "A");
  await test.pull(FRIDAY);
  assert.deepEqual(await bodyOf(await test.request(`/market/gaps?from=${FRIDAY}&to=2024-03-10`)), {
    ...{ from: FRIDAY, to: "2024-03-10", expected: 0, present: 0, completeness: null, days: [] },
    ...{ assets: [], assets_with_gaps: 0 },
  });
});

Deno.test("GET /market/gaps: 422 for a span that is none, or longer than a year", async () => {
  await using test = await startPull();
  for (const query of ["from=2024-03-02&to=2024-03-01", "from=2023-01-01&to=2024-03-01", "from=today"]) {
    await assertProblem(await test.request(`/market/gaps?${query}`), "validation-failed");
  }
});

Deno.test("GET /market/gaps: nothing is expected of an asset that the pull has no rows for", async () => {
  await using test = await startPull({ assets: ["A"] });
  await addAsset(test, { symbol: "EURO", currency: "EUR" });
  await addAsset(test, { symbol: "I:SPX", kind: "index" });
  await addCloses(test, "A", { [THURSDAY]: "10" });
  await addCloses(test, "EURO", { [WEDNESDAY]: "10" });
  const { expected, assets } = await bodyOf<Json>(await test.request(`/market/gaps?from=${THURSDAY}&to=${FRIDAY}`));
  assert.equal(expected, 2);
  assert.deepEqual(assets, [{ asset: "A", missing: 1, reasons: because({ not_there_yet: 1 }) }]);
});

Deno.test("GET /market/gaps: each market by its own days", async () => {
  const [saturday, sunday] = ["2024-03-09", "2024-03-10"];
  const bars = barsFromList([bar("A", FRIDAY, 10), bar("X:BTCUSD", FRIDAY, 70), bar("X:BTCUSD", sunday, 71)]);
  await using test = await startPull({
    ...{ provider: { bars, switches: { callsPerMinute: 0 } }, assets: ["A", "X:BTCUSD"] },
    now: "2024-03-11T12:00:00.000Z",
  });
  for (const [date, market] of [[FRIDAY, "stocks"], [FRIDAY, "crypto"], [sunday, "crypto"]] as const) {
    await test.pull(date, market);
  }
  const span = `/market/gaps?from=${FRIDAY}&to=${sunday}`;
  const all = await bodyOf<Json>(await test.request(span));
  const ofCrypto = await bodyOf<Json>(await test.request(`${span}&market=crypto`));
  assert.deepEqual([all["expected"], all["present"]], [4, 3]);
  assert.deepEqual(ofCrypto["days"], [
    { market: "crypto", date: saturday, expected: 1, present: 0, reasons: because({ not_there_yet: 1 }) },
  ]);
  assert.deepEqual(all["days"], ofCrypto["days"]);
  assert.deepEqual((await bodyOf<Json>(await test.request(`${span}&market=stocks`)))["completeness"], 1);
});

Deno.test("GET /market/gaps: failed, where the pull of the day was given up", async () => {
  await using test = await startPull({ provider: { switches: { callsPerMinute: 0 } }, assets: ["A"] });
  const body = { status: "NOT_AUTHORIZED", message: "You are not entitled to this data" };
  test.provider.faults.add({ type: "status", status: 403, body });
  assert.equal((await test.pull(THURSDAY)).state, "dead");
  await addCloses(test, "A", { [WEDNESDAY]: "10" });
  const { days } = await bodyOf<Json>(await test.request(SPAN));
  assert.deepEqual(days, [
    { market: "stocks", date: THURSDAY, expected: 1, present: 0, reasons: because({ failed: 1 }) },
    { market: "stocks", date: FRIDAY, expected: 1, present: 0, reasons: because({ not_there_yet: 1 }) },
  ]);
});

Deno.test("GET /market/gaps: a delisted asset is expected up to its last session", async () => {
  const bars = barsFromList([WEDNESDAY, THURSDAY, FRIDAY].flatMap((date) => [bar("A", date, 10)]));
  await using test = await startPull({ provider: { bars, switches: { callsPerMinute: 0 } }, assets: ["A", "GONE"] });
  await addCloses(test, "GONE", { [WEDNESDAY]: "3" });
  for (const day of [WEDNESDAY, THURSDAY, FRIDAY]) await test.pull(day);
  const before = await bodyOf<Json>(await test.request(SPAN));
  assert.deepEqual([before["expected"], before["present"]], [6, 4]);
  await test.admin("/assets/GONE", { method: "PATCH", body: { status: "delisted" } });
  const after = await bodyOf<Json>(await test.request(SPAN));
  assert.deepEqual([after["expected"], after["present"], after["days"]], [4, 4, []]);
});

Deno.test("GET /market/gaps: what a backfill asked for is there, did not trade or was not listed; a holiday is none", async () => {
  const bars = [
    ...[WEDNESDAY, FRIDAY].map((date) => bar("A", date, 10)),
    ...[FRIDAY].map((date) => bar("B", date, 10)),
  ];
  await using test = await startPull({ provider: { bars, switches: { callsPerMinute: 0 } }, assets: ["A", "B"] });
  const query = `/market/gaps?from=2024-03-05&to=${FRIDAY}`;
  const before = await bodyOf<Json>(await test.request(query));
  assert.deepEqual([before["expected"], before["completeness"]], [8, 0]);
  await backfill(test, { from: "2024-03-05", to: FRIDAY });
  const after = await bodyOf<Json>(await test.request(query));
  // Nobody has Tuesday or Thursday, so that the market was closed as far as anybody knows here.
  assert.deepEqual(after["days"], [
    { market: "stocks", date: WEDNESDAY, expected: 1, present: 1, reasons: because({ not_listed_yet: 1 }) },
  ]);
  assert.equal(after["completeness"], 1);
});
