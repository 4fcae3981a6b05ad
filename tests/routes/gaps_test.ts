import assert from "node:assert/strict";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses } from "../support/factories.ts";
import { bar, startPull } from "../lib/market/pull_harness.ts";
import { barsFromList } from "../support/provider_stand_in_bars.ts";

/** Wednesday to Friday; the market was open on all of them. */
const [WEDNESDAY, THURSDAY, FRIDAY] = ["2024-03-06", "2024-03-07", "2024-03-08"];
const because = (reasons: Json) => ({
  ...{ not_listed_yet: 0, did_not_trade: 0, quarantined: 0, not_there_yet: 0 },
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
      { date: WEDNESDAY, expected: 2, present: 2, reasons: because({ not_listed_yet: 1 }) },
      { date: THURSDAY, expected: 3, present: 2, reasons: because({ quarantined: 1 }) },
      { date: FRIDAY, expected: 3, present: 0, reasons: because({ not_there_yet: 3 }) },
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
    { date: THURSDAY, expected: 1, present: 0, reasons: because({ quarantined: 1 }) },
    { date: FRIDAY, expected: 1, present: 0, reasons: because({ not_there_yet: 1 }) },
  ]);
  await assertProblem(await test.request(`${SPAN}&asset=NONE`), "not-found");
});

Deno.test("GET /market/gaps: a day that is complete without an asset's row is one on which it did not trade", async () => {
  const bars = barsFromList([bar("A", WEDNESDAY, 10), bar("B", WEDNESDAY, 20), bar("A", THURSDAY, 10)]);
  await using test = await startPull({ provider: { bars, switches: { callsPerMinute: 0 } }, assets: ["A", "B"] });
  for (const day of [WEDNESDAY, THURSDAY]) await test.pull(day);
  const { days } = await bodyOf<Json>(await test.request(`/market/gaps?from=${WEDNESDAY}&to=${THURSDAY}`));
  assert.deepEqual(days, [
    { date: THURSDAY, expected: 2, present: 1, reasons: because({ did_not_trade: 1 }) },
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
  await addAsset(test, { symbol: "X:BTCUSD", kind: "crypto" });
  await addCloses(test, "A", { [THURSDAY]: "10" });
  await addCloses(test, "EURO", { [WEDNESDAY]: "10" });
  const { expected, assets } = await bodyOf<Json>(await test.request(`/market/gaps?from=${THURSDAY}&to=${FRIDAY}`));
  assert.equal(expected, 2);
  assert.deepEqual(assets, [{ asset: "A", missing: 1, reasons: because({ not_there_yet: 1 }) }]);
});
