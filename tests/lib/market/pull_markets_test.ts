/** Crypto assets and currencies: each market in its own call, on its own days. */
import assert from "node:assert/strict";
import { addAsset } from "../../support/factories.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { assertAgrees, bar, FRIDAY, type PullTest, startPull } from "./pull_harness.ts";

const [SATURDAY, SUNDAY] = ["2024-03-09", "2024-03-10"];
const ALL = ["AAA", "X:BTCUSD", "C:EURUSD"];

const statuses = async (test: PullTest, market: string): Promise<[string, string, number][]> =>
  (await test.read(`/market/days?market=${market}`)).items.map((
    day: { market: string; date: string; status: string; rows: number },
  ) => {
    assert.equal(day.market, market);
    return [day.date, day.status, day.rows];
  });

const closes = async (test: PullTest, symbol: string): Promise<[string, string][]> =>
  (await test.read(`/assets/${symbol}/historic-values`)).items.map((
    { date, close }: { date: string; close: string },
  ) => [date, close]);

Deno.test("each market's day is one call of its own, under an id of its own, and prices its own assets", async () => {
  const bars = [bar("AAA", FRIDAY, 2.5), bar("X:BTCUSD", FRIDAY, 68_000.5), bar("C:EURUSD", FRIDAY, 1.0939)];
  await using test = await startPull({ provider: { bars }, assets: ALL });
  const paths = { stocks: "us/market/stocks", crypto: "global/market/crypto", fx: "global/market/fx" };
  const ids = { stocks: FRIDAY, crypto: `crypto:${FRIDAY}`, fx: `fx:${FRIDAY}` };
  for (const market of ["stocks", "crypto", "fx"] as const) {
    const { id, args, state, result } = await test.pull(FRIDAY, market);
    assert.equal(id, `pull-market-day:${ids[market]}`);
    assert.deepEqual(args, market === "stocks" ? { date: FRIDAY } : { date: FRIDAY, market });
    assert.deepEqual([state, result], [
      "succeeded",
      { written: 1, unchanged: 0, corrected: 0, quarantined: 0, provider_calls: 1 },
    ]);
    assert.equal(test.provider.calls.at(-1)?.path, `/v2/aggs/grouped/locale/${paths[market]}/${FRIDAY}`);
    assert.deepEqual(await statuses(test, market), [[FRIDAY, "complete", 1]]);
  }
  assert.deepEqual(await closes(test, "X:BTCUSD"), [[FRIDAY, "68000.5"]]);
  assert.deepEqual(await closes(test, "C:EURUSD"), [[FRIDAY, "1.0939"]]);
  const { corrections, corrections_count, ...day } = await test.read(`/market/days/${FRIDAY}`);
  assert.deepEqual([corrections, corrections_count], [[], 0]);
  assert.deepEqual(day, (await test.read("/market/days")).items[0]);
  assert.equal((await test.read(`/market/days/${FRIDAY}?market=fx`)).market, "fx");
  await assertAgrees(test.services);
});

Deno.test("GET /market/status: one market that does not come along shows beside those that do", async () => {
  const bars = [bar("AAA", FRIDAY, 2.5), bar("X:BTCUSD", FRIDAY, 68_000.5)];
  await using test = await startPull({ provider: { bars }, assets: ["AAA", "X:BTCUSD"] });
  await test.pull(FRIDAY);
  const markets = async () => (await test.read("/market/status")).markets;
  const sessions = (market: string, last: string | null) => ({
    ...{ market, expected_session: FRIDAY, last_session: last, up_to_date: last === FRIDAY },
  });
  assert.deepEqual(await markets(), [sessions("stocks", FRIDAY), sessions("crypto", null)]);
  await test.pull(FRIDAY, "crypto");
  assert.deepEqual(await markets(), [sessions("stocks", FRIDAY), sessions("crypto", FRIDAY)]);
});

Deno.test("crypto assets trade on Sundays, and their day is over at midnight of UTC", async () => {
  const bars = [bar("X:BTCUSD", SATURDAY, 68_300), bar("X:BTCUSD", SUNDAY, 69_000)];
  const provider = { bars, switches: { refuseUnfinishedDays: false } };
  await using test = await startPull({ provider, assets: ALL, now: "2024-03-10T23:58:59.999Z" });
  assert.equal((await test.pull(undefined, "crypto")).id, `pull-market-day:crypto:${SATURDAY}`);
  assert.equal((await test.pull(undefined, "crypto")).id, `pull-market-day:crypto:${SUNDAY}`);
  assert.deepEqual(await closes(test, "X:BTCUSD"), [[SATURDAY, "68300"], [SUNDAY, "69000"]]);
  assert.deepEqual(await statuses(test, "crypto"), [[SUNDAY, "complete", 1], [SATURDAY, "complete", 1]]);
});

Deno.test("a currency's weekend without rows was closed; with rows it was none", async () => {
  const bars = [bar("C:EURUSD", FRIDAY, 1.0939), bar("C:EURUSD", SUNDAY, 1.0941)];
  await using test = await startPull({ provider: { bars }, assets: ALL, now: "2024-03-11T12:00:00.000Z" });
  for (const date of [FRIDAY, SATURDAY, SUNDAY]) await test.pull(date, "fx");
  assert.deepEqual(await statuses(test, "fx"), [
    [SUNDAY, "complete", 1],
    [SATURDAY, "closed", 0],
    [FRIDAY, "complete", 1],
  ]);
});

Deno.test("the newest day of currencies is no day that was closed", async () => {
  await using test = await startPull({ assets: ALL, now: "2024-03-10T12:00:00.000Z" });
  assert.equal((await test.pull(undefined, "fx")).id, `pull-market-day:fx:${SATURDAY}`);
  assert.equal((await test.ask(undefined, "fx")).id, `pull-market-day:fx:${FRIDAY}`);
});

Deno.test("a crypto asset is priced in the currency that its symbol ends with, a pair whatever it says", async () => {
  await using test = await startPull({
    provider: { bars: ["X:BTCUSD", "X:BTCEUR", "X:USD", "C:EURUSD", "C:EUR"].map((symbol) => bar(symbol, FRIDAY, 3)) },
  });
  await addAsset(test, { symbol: "X:BTCUSD", kind: "crypto", currency: "USD" });
  await addAsset(test, { symbol: "X:BTCEUR", kind: "crypto", currency: "USD" });
  await addAsset(test, { symbol: "X:USD", kind: "crypto", currency: "USD" });
  await addAsset(test, { symbol: "C:EURUSD", kind: "currency", currency: "USD" });
  await addAsset(test, { symbol: "C:EUR", kind: "currency", currency: "USD" });
  for (const market of ["stocks", "crypto", "fx"] as const) await test.pull(FRIDAY, market);
  const { items } = await test.read(`/historic-values?date=${FRIDAY}`);
  assert.deepEqual(items.map(({ asset }: { asset: string }) => asset), ["C:EURUSD", "X:BTCUSD"]);
});

Deno.test("what waits in quarantine of one market stays when another is pulled", async () => {
  const bad: DatedStandInBar = { ...bar("X:BTCUSD", FRIDAY, 1), low: 2 };
  await using test = await startPull({ provider: { bars: [bar("AAA", FRIDAY, 2.5), bad] }, assets: ALL });
  await test.pull(FRIDAY, "crypto");
  await test.pull(FRIDAY);
  assert.equal((await test.read(`/market/days/${FRIDAY}?market=crypto`)).quarantined, 1);
  assert.equal((await Array.fromAsync(test.kv.list({ prefix: ["quarantine"] }))).length, 1);
  await assertAgrees(test.services);
});

Deno.test("422 for a market that is not known and a day that has not begun there; 404 for a day that was not asked for, or is none", async () => {
  await using test = await startPull({ now: "2024-03-11T01:00:00.000Z" });
  const ask = (args: unknown) => test.admin("/jobs", { method: "POST", body: { name: "pull-market-day", args } });
  const early = "2024-03-11";
  for (const args of [{ market: "bonds" }, { date: early }, { date: "2024-03-12", market: "crypto" }]) {
    assert.equal((await ask(args)).status, 422, JSON.stringify(args));
  }
  assert.equal((await ask({ date: early, market: "crypto" })).status, 202);
  for (const path of ["/market/days?market=bonds", `/market/days/${FRIDAY}?market=`]) {
    assert.equal((await test.request(path)).status, 422, path);
  }
  for (const day of [FRIDAY, "2024-02-30"]) assert.equal((await test.request(`/market/days/${day}`)).status, 404, day);
});
