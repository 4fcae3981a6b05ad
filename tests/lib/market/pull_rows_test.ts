/** Which rows of an answer are stored, which wait in quarantine, and which are passed over. */
import assert from "node:assert/strict";
import { quarantineCollection, type QuarantineEntry } from "../../../lib/store/quarantine.ts";
import { type DatedStandInBar, generatedBars } from "../../support/provider_stand_in_bars.ts";
import type { Fault } from "../../support/provider_stand_in_faults.ts";
import { assertAgrees, bar, FRIDAY, type PullTest, startPull } from "./pull_harness.ts";

const GARBAGE = ["STRINGS", "NEGATIVE", "LOWABOVEHIGH", "NOPRICES"];

const quarantined = async ({ store }: PullTest): Promise<QuarantineEntry[]> =>
  (await quarantineCollection(store).list({ limit: 100 })).items.map(({ value }) => value);

const reasons = async (test: PullTest): Promise<[number, string][]> =>
  (await quarantined(test)).map(({ assetNo, reason }) => [assetNo, reason]);

async function dayOf(test: PullTest): Promise<Record<string, unknown>> {
  const { items: [{ status, rows, quarantined, revision }] } = await test.read("/market/days");
  return { status, rows, quarantined, revision };
}

/** An answer of these rows, as they are. */
const rows = (...results: unknown[]): Fault => ({
  type: "status",
  status: 200,
  body: { status: "OK", adjusted: false, queryCount: results.length, resultsCount: results.length, results },
});

Deno.test("rows of known assets that fail a check wait in quarantine with what was sent and why; the rest is stored", async () => {
  await using test = await startPull({ provider: { bars: [bar("AAA", FRIDAY, 2.5)] }, assets: ["AAA", ...GARBAGE] });
  test.provider.faults.add({ type: "garbage_rows" });
  const { state, result } = await test.pull(FRIDAY);
  assert.equal(state, "succeeded");
  assert.deepEqual(result, { written: 1, unchanged: 0, corrected: 0, quarantined: 4, provider_calls: 1 });
  assert.deepEqual(await dayOf(test), { status: "complete", rows: 1, quarantined: 4, revision: 1 });
  assert.deepEqual(await reasons(test), [
    [2, "not_finite"],
    [3, "not_positive"],
    [4, "high_below_low"],
    [5, "not_finite"],
  ]);
  const [, negative] = await quarantined(test);
  assert.deepEqual(negative, {
    ...{ id: negative?.id, kind: "bar", market: "stocks", date: FRIDAY, assetNo: 3 },
    ...{ reason: "not_positive", comparedWith: null, source: "polygon", state: "waiting", decision: null },
    row: { open: -2, high: -1, low: -3, close: -2, volume: -1, vwap: null },
    recordedAt: "2024-03-09T10:01:00.000Z",
  });
  assert.match(negative?.id ?? "", new RegExp(`^${FRIDAY}:3:bar:[0-9a-f]{12}$`));
  assert.deepEqual((await test.read("/assets/NEGATIVE/historic-values")).items, []);
  await assertAgrees(test.services);
});

Deno.test("the same garbage again changes nothing, and a good row releases what was in quarantine", async () => {
  const bars = [bar("AAA", FRIDAY, 2.5)];
  await using test = await startPull({ provider: { bars: () => bars }, assets: ["AAA", ...GARBAGE] });
  test.provider.faults.add({ type: "garbage_rows" }, { times: 2 });
  await test.pull(FRIDAY);
  const stored = await test.stored();
  await test.pull(FRIDAY);
  assert.deepEqual(await test.stored(), stored);

  bars.push(bar("NEGATIVE", FRIDAY, 7));
  const { result } = await test.pull(FRIDAY);
  assert.deepEqual(result, { written: 1, unchanged: 1, corrected: 0, quarantined: 0, provider_calls: 1 });
  assert.deepEqual(await reasons(test), []);
  assert.deepEqual(await dayOf(test), { status: "complete", rows: 2, quarantined: 0, revision: 2 });
  await assertAgrees(test.services);
});

Deno.test("a row that is wrong in another way than before is kept as it is now", async () => {
  await using test = await startPull({ assets: ["AAA"] });
  test.provider.faults.add(rows({ T: "AAA", o: 1, h: 1, l: 2, c: 1, v: 1 }));
  test.provider.faults.add(rows({ T: "AAA", o: 1, h: 2, l: 1, c: 3, v: 1 }));
  await test.pull(FRIDAY);
  assert.deepEqual(await reasons(test), [[1, "high_below_low"]]);
  await test.pull(FRIDAY);
  assert.deepEqual(await reasons(test), [[1, "close_outside_range"]]);
  assert.deepEqual((await quarantined(test))[0]?.row["close"], 3);
  assert.deepEqual(await dayOf(test), { status: "complete", rows: 0, quarantined: 1, revision: 1 });
});

Deno.test("a bad row does not touch the good one that is stored", async () => {
  await using test = await startPull({ provider: { bars: [bar("AAA", FRIDAY, 2.5)] }, assets: ["AAA"] });
  await test.pull(FRIDAY);
  test.provider.faults.add(rows({ T: "AAA", o: 1e13, h: 1, l: 2, c: 1e13, v: 1 }));
  await test.pull(FRIDAY);
  assert.deepEqual(await reasons(test), [[1, "high_below_low"]]);
  assert.equal((await test.read("/assets/AAA/historic-values")).items[0].close, "2.5");
});

Deno.test("a row that comes twice counts once; where the two differ, the first counts and the second is in quarantine", async () => {
  await using test = await startPull({ assets: ["AAA", "BBB"] });
  const [a, b] = [{ T: "AAA", o: 1, h: 1, l: 1, c: 1, v: 1 }, { T: "BBB", o: 2, h: 2, l: 2, c: 2, v: 2 }];
  test.provider.faults.add(rows(a, b, a, { ...b, c: 2.5, h: 2.5 }));
  const { result } = await test.pull(FRIDAY);
  assert.deepEqual(result, { written: 2, unchanged: 0, corrected: 0, quarantined: 1, provider_calls: 1 });
  assert.deepEqual(await reasons(test), [[2, "duplicate_date"]]);
  assert.equal((await test.read("/assets/BBB/historic-values")).items[0].close, "2");
});

Deno.test("what was sent is stored to the last digit, and what was not sent is not made up", async () => {
  const full = { ...bar("AAA", FRIDAY, 0.1), open: 0.12345678, high: 1e6, low: 1e-7, volume: 76267041.123, vwap: 3.3 };
  await using test = await startPull({ provider: { bars: [full, bar("BBB", FRIDAY, 2)] }, assets: ["AAA", "BBB"] });
  await test.pull(FRIDAY);
  const known = { date: FRIDAY, pre_market: null, after_hours: null, source: "polygon" };
  assert.deepEqual((await test.read("/assets/AAA/historic-values")).items, [{
    ...known,
    ...{ open: "0.12345678", high: "1000000", low: "0.0000001", close: "0.1", volume: "76267041.123", vwap: "3.3" },
  }]);
  const { items: [sparse] } = await test.read("/assets/BBB/historic-values");
  assert.deepEqual([sparse.volume, sparse.vwap], ["1234.5", null]);
});

Deno.test("symbols are told apart by case, and taken whole", async () => {
  const symbols = ["KIMpL", "KIMPL", "BRK.B", "BRK"];
  const bars = symbols.map((symbol, i) => bar(symbol, FRIDAY, i + 1));
  await using test = await startPull({ provider: { bars }, assets: symbols.slice(0, 3) });
  await test.pull(FRIDAY);
  for (const [i, symbol] of symbols.slice(0, 3).entries()) {
    assert.equal((await test.read(`/assets/${symbol}/historic-values`)).items[0].close, String(i + 1), symbol);
  }
});

Deno.test("a US stock's price, in dollars, is given to no asset of another kind or currency", async () => {
  const named = ["STOCK", "FUND", "BTC", "IDX", "EUROPEAN"];
  await using test = await startPull({ provider: { bars: named.map((symbol) => bar(symbol, FRIDAY, 3)) } });
  const kinds = ["stock", "fund", "crypto", "index", "stock"];
  for (const [i, symbol] of named.entries()) {
    const currency = symbol === "EUROPEAN" ? "EUR" : "USD";
    const body = { symbol, name: symbol, kind: kinds[i], currency };
    assert.equal((await test.admin("/assets", { method: "POST", body })).status, 201);
  }
  await test.pull(FRIDAY);
  const priced: string[] = [];
  for (const symbol of named) {
    if ((await test.read(`/assets/${symbol}/historic-values`)).items.length > 0) priced.push(symbol);
  }
  assert.deepEqual(priced, ["STOCK", "FUND"]);
});

Deno.test("rows of assets that are not known cost nothing", async () => {
  const operations = async (count: number): Promise<number> => {
    let done = 0;
    await using test = await startPull({
      provider: { bars: generatedBars(count) },
      assets: ["AAAAA", "AAAAB"],
      through: (operation) => (done += 1, operation()),
    });
    done = 0;
    assert.deepEqual((await test.pull(FRIDAY)).progress, { done: 2, total: 2 });
    return done;
  };
  assert.equal(await operations(2), await operations(2_000));
});

Deno.test("an asset that did not trade keeps what it has, and misses nothing else", async () => {
  const bars: DatedStandInBar[] = [bar("AAA", FRIDAY, 2)];
  await using test = await startPull({ provider: { bars: () => bars }, assets: ["AAA", "BBB"] });
  const { state, result } = await test.pull(FRIDAY);
  assert.deepEqual([state, result], [
    "succeeded",
    { written: 1, unchanged: 0, corrected: 0, quarantined: 0, provider_calls: 1 },
  ]);
  const { items } = await test.read(`/historic-values?date=${FRIDAY}`);
  assert.deepEqual(items.map(({ asset, close }: { asset: string; close: string }) => [asset, close]), [["AAA", "2"]]);
});

Deno.test("a day with rows, but none of a known asset, is complete and no holiday", async () => {
  await using test = await startPull({ provider: { bars: [bar("ELSE", FRIDAY, 2)] } });
  await test.pull(FRIDAY);
  assert.deepEqual(await dayOf(test), { status: "complete", rows: 0, quarantined: 0, revision: 1 });
});

Deno.test("a row that the provider leaves out later is still stored, and counted", async () => {
  const bars = [bar("AAA", FRIDAY, 2), bar("BBB", FRIDAY, 3)];
  await using test = await startPull({ provider: { bars: () => bars }, assets: ["AAA", "BBB"] });
  await test.pull(FRIDAY);
  const stored = await test.stored();
  bars.pop();
  assert.deepEqual((await test.pull(FRIDAY)).progress, { done: 1, total: 1 });
  assert.deepEqual(await test.stored(), stored);
  bars[0] = bar("AAA", FRIDAY, 2.1);
  await test.pull(FRIDAY);
  assert.deepEqual(await dayOf(test), { status: "complete", rows: 2, quarantined: 0, revision: 2 });
});
