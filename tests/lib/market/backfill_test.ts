/** Backfills: what is missing is asked for once, by the fewer calls. */
import assert from "node:assert/strict";
import { cheaperOf } from "../../../lib/market/backfill_plan.ts";
import { assertProblem, bodyOf, itemsOf } from "../../support/answers.ts";
import { barsFromList } from "../../support/provider_stand_in_bars.ts";
import { addAsset, addAssets, addCloses } from "../../support/factories.ts";
import { startService } from "../../support/service.ts";
import { assertStored, backfill, barsOf, callsOf, closesOf, planOf, rest, weekdays } from "./backfill_harness.ts";
import { assertAgrees, bar, insertAssets, type Json, startPull } from "./pull_harness.ts";

/** Ten weekdays before a Saturday morning. */
const [FROM, TO] = ["2024-02-26", "2024-03-08"];
const DAYS = weekdays(FROM, TO);
const SPAN = { from: FROM, to: TO };
const QUERY = `?from=${FROM}&to=${TO}`;

Deno.test("fewer assets than sessions: by asset, a call each", async () => {
  const symbols = ["A", "B", "C"];
  const bars = barsOf(symbols, DAYS);
  await using test = await startPull({ provider: { bars }, assets: symbols });
  const plan = await planOf(test, QUERY);
  // Three calls, each (60 + 2) s / 5 after the one before: 37.2 s.
  assert.deepEqual(plan, {
    ...{ ...SPAN, clipped: null, disabled_because: null, strategy: "by_asset" },
    ...{
      calls: 3,
      action_calls: 0,
      symbol_calls: 0,
      sessions: 10,
      assets: 3,
      expected_seconds: 38,
      bars: { expected: 30, missing: 30 },
    },
    markets: [{
      ...{ market: "stocks", strategy: "by_asset", calls: 3, sessions: 10, assets: 3 },
      ...{ refused_up_to: null, not_entitled: null },
    }],
  });
  const job = await backfill(test, SPAN);
  assert.deepEqual([job.id, job.state, job.error], [`backfill:all:${FROM}..${TO}`, "succeeded", null]);
  assert.deepEqual(job.result, { ...plan, provider_calls: 3, written: 30, quarantined: 0, actions: 0, empty: 0 });
  assert.deepEqual(job.progress, { done: 30, total: 30 });
  assert.deepEqual(callsOf(test), symbols.map((symbol) => `${symbol} ${FROM}/${TO}`));
  assert.ok(
    job.timeline.some(({ event, detail }) => event === "planned" && detail.includes("in all 3 calls, about 38 s")),
  );
  await assertStored(test, bars, symbols);
  await assertAgrees(test.services);
});

Deno.test("fewer sessions than assets: by date, a call each, and the days are complete", async () => {
  const symbols = ["A", "B", "C", "D"];
  const days = weekdays("2024-03-06", TO);
  const bars = barsOf(symbols, days);
  await using test = await startPull({ provider: { bars }, assets: symbols });
  const query = `?from=${days[0]}&to=${TO}`;
  const plan = await planOf(test, query);
  assert.deepEqual([plan.strategy, plan.calls, plan.expected_seconds], ["by_date", 3, 38]);
  const job = await backfill(test, { from: days[0], to: TO });
  assert.deepEqual(job.result, { ...plan, provider_calls: 3, written: 12, quarantined: 0, actions: 0, empty: 0 });
  assert.deepEqual(callsOf(test), days.map((day) => `stocks/${day}`));
  await assertStored(test, bars, symbols);
  const { items } = await test.read("/market/days");
  assert.deepEqual(items.map(({ date, status }: Record<string, string>) => [date, status]), [
    ["2024-03-08", "complete"],
    ["2024-03-07", "complete"],
    ["2024-03-06", "complete"],
  ]);
});

Deno.test("as many assets as sessions: by date; a provider without histories of assets is asked by date alone", () => {
  const cases: [sessions: number, assets: number, canRange: boolean, strategy: string][] = [
    [0, 0, true, "none"],
    [1, 1, true, "by_date"],
    [2, 1, true, "by_asset"],
    [505, 39, true, "by_asset"],
    [505, 505, true, "by_date"],
    [505, 5_000, true, "by_date"],
    [505, 39, false, "by_date"],
  ];
  for (const [sessions, assets, canRange, strategy] of cases) {
    assert.equal(cheaperOf({ sessions, assets }, canRange), strategy, `${sessions} sessions, ${assets} assets`);
  }
});

Deno.test("what is stored, or was asked for, is not asked for again, whatever came of it", async () => {
  const bars = barsOf(["A", "B", "C"], DAYS).filter(({ symbol, date }) => symbol !== "C" || date > "2024-03-04");
  await using test = await startPull({ provider: { bars }, assets: ["A", "B", "C", "UNKNOWN"] });
  const first = await backfill(test, SPAN);
  assert.deepEqual([first.state, first.result.provider_calls, first.result.empty], ["succeeded", 4, 1]);
  const plan = await planOf(test, QUERY);
  assert.deepEqual([plan.strategy, plan.calls, plan.bars], ["none", 0, { expected: 40, missing: 0 }]);
  const again = await backfill(test, SPAN);
  assert.deepEqual([again.result.provider_calls, again.result.written], [0, 0]);
  // Half of it was asked for: the other half is.
  await backfill(test, { from: "2024-02-19", to: "2024-03-01", asset: "A" });
  assert.deepEqual(callsOf(test).slice(4), ["A 2024-02-19/2024-02-23"]);
});

Deno.test("an asset that comes to be of a kind or currency with prices is asked for anew, on days that were pulled without it too", async () => {
  const bars = barsOf(["A", "B"], DAYS).filter(({ symbol, date }) => symbol === "A" || date !== "2024-03-06");
  for (const [other, priced] of [[{ kind: "other" }, { kind: "fund" }], [{ currency: "EUR" }, { currency: "USD" }]]) {
    await using test = await startPull({ provider: { bars }, assets: ["A", "B"] });
    const patch = async (body?: Json) => await bodyOf(await test.admin("/assets/B", { method: "PATCH", body }));
    const callsFor = async (day: string) => (await planOf(test, `?from=${day}&to=${day}`)).calls;
    await patch(other);
    for (const day of ["2024-03-06", "2024-03-07"]) await test.pull(day);
    assert.deepEqual([await callsFor("2024-03-06"), await callsFor("2024-03-07")], [0, 0]);
    await test.clock.advance(60_000);
    await patch(priced);
    assert.deepEqual([await callsFor("2024-03-06"), await callsFor("2024-03-07")], [1, 1]);
    // It has no row on the first, and has been looked for now.
    for (const day of ["2024-03-06", "2024-03-07"]) await test.pull(day);
    assert.deepEqual([await callsFor("2024-03-06"), await callsFor("2024-03-07")], [0, 0]);
    await backfill(test, { asset: "B", ...SPAN });
    await assertStored(test, bars.filter(({ symbol }) => symbol === "B"), ["B"]);
    assert.equal((await test.read("/assets/B")).history.asked.length > 0, true);
    await patch(other);
    assert.deepEqual((await test.read("/assets/B")).history.asked, []);
    await assertAgrees(test.services);
  }
});

Deno.test("an empty answer is asked for again in the night after it, and believed when it comes again", async () => {
  const bars = barsOf(["A"], DAYS);
  for (const isOutOfOrder of [true, false]) {
    let isAnswering = !isOutOfOrder;
    const none = isOutOfOrder ? [] : [bar("OTHER", FROM, 1)];
    const source = barsFromList(isOutOfOrder ? bars : none);
    await using test = await startPull({
      provider: { bars: (market, date) => isAnswering ? source(market, date) : [] },
      assets: ["A"],
    });
    assert.equal((await backfill(test, SPAN)).result.empty, 1);
    assert.equal((await planOf(test, QUERY)).calls, 0);
    assert.deepEqual((await test.read("/assets/A")).history.asked, []);
    await test.clock.advance(13 * 3_600_000);
    assert.equal((await planOf(test, QUERY)).calls, 1);
    isAnswering = true;
    await backfill(test, SPAN);
    await assertStored(test, isOutOfOrder ? bars : [], ["A"]);
    await test.clock.advance(13 * 3_600_000);
    assert.equal((await planOf(test, QUERY)).calls, 0);
    assert.deepEqual((await test.read("/assets/A")).history.asked, [SPAN]);
  }
});

Deno.test("a bar that is stored already stays as it is: a backfill fills", async () => {
  const bars = barsOf(["A"], DAYS);
  await using test = await startPull({ provider: { bars }, assets: ["A"] });
  await addCloses(test, "A", { "2024-02-27": "10.5" });
  const { result } = await backfill(test, SPAN);
  assert.equal(result.written, 9);
  const closes = await closesOf(test, "A");
  assert.deepEqual([closes["2024-02-27"], closes["2024-02-28"]], ["10.5", "10.02"]);
});

Deno.test("rows that fail a check wait in quarantine, and are not asked for again", async () => {
  const bars = [...barsOf(["A"], DAYS), { ...bar("B", "2024-03-05", 3), low: 4 }, bar("B", "2024-03-06", 3)];
  await using test = await startPull({ provider: { bars }, assets: ["A", "B"] });
  const { result } = await backfill(test, SPAN);
  assert.deepEqual([result.written, result.quarantined], [11, 1]);
  const { days } = await test.read(`/market/gaps?from=${FROM}&to=${TO}&asset=B`);
  assert.equal(days.find(({ date }: { date: string }) => date === "2024-03-05").reasons.quarantined, 1);
  assert.equal((await planOf(test, QUERY)).calls, 0);
  await assertAgrees(test.services);
});

Deno.test("an asset that came after a day was pulled is asked for; the days of its like are complete for both then", async () => {
  const bars = barsOf(["A", "B"], DAYS);
  await using test = await startPull({ provider: { bars }, assets: ["A"] });
  await test.pull("2024-03-07");
  await test.clock.advance(60_000);
  await addAsset(test, { symbol: "B" });
  assert.deepEqual((await planOf(test, "?from=2024-03-07&to=2024-03-07")).calls, 1);
  await rest(test);
  await assertStored(test, bars.filter(({ symbol, date }) => symbol === "B" || date === "2024-03-07"), ["A", "B"]);
  await assertAgrees(test.services);
});

Deno.test("each market by its own days and its own cheaper calls", async () => {
  const symbols = ["A", "B", "X:BTCUSD", "C:EURUSD"];
  const weekend = ["2024-03-02", "2024-03-03"];
  const bars = [...barsOf(symbols, DAYS), ...weekend.map((day) => bar("X:BTCUSD", day, 30.5))];
  await using test = await startPull({ provider: { bars } });
  await insertAssets(test.services, ["A", "B"]);
  await addAsset(test, { symbol: "X:BTCUSD", kind: "crypto" });
  await addAsset(test, { symbol: "C:EURUSD", kind: "currency" });
  const plan = await planOf(test, QUERY);
  assert.deepEqual(plan.markets.map((one: Json) => [one.market, one.strategy, one.calls, one.sessions]), [
    ["stocks", "by_asset", 2, 10],
    ["crypto", "by_asset", 1, 12],
    ["fx", "by_asset", 1, 10],
  ]);
  await backfill(test, SPAN);
  await assertStored(test, bars, symbols);
  assert.equal((await planOf(test, QUERY)).calls, 0);
  await assertAgrees(test.services);
});

Deno.test("the arguments: 422 for what cannot be asked for, with where it is wrong", async () => {
  await using test = await startPull({ assets: ["A"] });
  const cases: [args: Json, pointer: string, detail: RegExp][] = [
    [{ asset: "NONE" }, "/args/asset", /^there is no asset NONE$/],
    [{ asset: "A B" }, "/args/asset", /must be a symbol/],
    [{ from: "2024-02-30" }, "/args/from", /must be a day/],
    [{ from: TO, to: FROM }, "/args/to", /must not be before from/],
    [{ days: 3 }, "/args/days", /is not known here/],
  ];
  for (const [args, pointer, detail] of cases) {
    const answer = await test.admin("/jobs", { method: "POST", body: { name: "backfill", args } });
    const problem = await assertProblem(answer, "validation-failed");
    const [error] = problem["errors"] as { pointer: string; detail: string }[];
    assert.equal(error?.pointer, pointer);
    assert.match(error?.detail ?? "", detail);
  }
  for (const [query, status] of [["?asset=NONE", 404], [`?from=${TO}&to=${FROM}`, 422], ["?from=x", 422]] as const) {
    assert.equal((await test.admin(`/market/backfill-plan${query}`)).status, status, query);
  }
  assert.equal((await test.request("/market/backfill-plan")).status, 401);
});

Deno.test("without a provider: the plan says so, and a job ends at once", async () => {
  await using service = await startService();
  await addAssets(service, "A");
  const plan = await bodyOf(await service.admin("/market/backfill-plan"));
  assert.deepEqual([plan["strategy"], plan["calls"]], ["none", 0]);
  assert.match(String(plan["disabled_because"]), /POLYGON_API_KEY/);
  assert.deepEqual(await itemsOf(await service.admin("/jobs")), []);
});

Deno.test("a new asset gets its history by itself: the job is there with it, and the asset says how far it reaches", async () => {
  const bars = barsOf(["A"], DAYS);
  await using test = await startPull({ provider: { bars } });
  const created = await test.admin("/assets", { method: "POST", body: { symbol: "A", name: "A" } });
  assert.equal(created.headers.get("link"), '</jobs/backfill:asset:A>; rel="status"');
  assert.deepEqual((await bodyOf<Json>(created, 201)).history, { from: null, to: null, asked: [] });
  await rest(test);
  const job = await test.read("/jobs/backfill:asset:A");
  assert.deepEqual([job.state, job.result.written], ["succeeded", 10]);
  // Two years before the Saturday in New York.
  const asked = [{ from: "2022-03-09", to: TO }];
  assert.deepEqual((await test.read("/assets/A")).history, { from: FROM, to: TO, asked });
  const ofHistory = callsOf(test).filter((call) => !call.includes("/reference/"));
  assert.deepEqual(ofHistory, ["A 2022-03-09/2024-03-08", "/stocks/v1/splits", "/stocks/v1/dividends"]);
});

Deno.test("splits and dividends of a new asset's past come with its history: bars stay raw, and nothing jumps", async () => {
  const closes = DAYS.map((date, i) => bar("A", date, i < 5 ? 400 : 100));
  const provider = {
    bars: closes,
    splits: [{ symbol: "A", date: "2024-03-04", ratio: 4 }],
    dividends: [{ symbol: "A", date: "2024-02-28", cash: 0.5 }],
  };
  await using test = await startPull({ provider });
  await addAsset(test, { symbol: "A" });
  const plan = await planOf(test, "?asset=A");
  // Its details and its symbols come first: five calls, each 12.4 s after the one before.
  assert.deepEqual([plan.calls, plan.action_calls, plan.symbol_calls, plan.expected_seconds], [1, 2, 2, 62]);
  await rest(test);
  const { state, result } = await test.read("/jobs/backfill:asset:A");
  // One call more than planned: the splits are asked for before the prices that jump are stored.
  assert.deepEqual([state, result.written, result.actions, result.quarantined, result.provider_calls], [
    "succeeded",
    10,
    2,
    0,
    6,
  ]);
  await assertStored(test, closes, ["A"]);
  const { items } = await test.read("/assets/A/historic-values?adjust=splits");
  assert.deepEqual(new Set(items.map(({ close }: { close: string }) => close)), new Set(["100"]));
  assert.equal((await test.read("/assets/A/dividends")).items.length, 1);
  assert.deepEqual((await planOf(test)).action_calls, 0);
  await test.clock.advance(3 * 86_400_000);
  assert.deepEqual((await planOf(test)).action_calls, 0, "From then on the night fetches them");
});

Deno.test("splits and dividends of many new assets are asked for by the month", async () => {
  const symbols = ["A", "B", "C", "D"];
  const bars = barsOf(symbols, DAYS);
  const dividends = symbols.map((symbol) => ({ symbol, date: "2024-03-05", cash: 0.1 }));
  await using test = await startPull({ provider: { bars, dividends }, now: "2024-03-09T10:00:00.000Z" });
  for (const symbol of symbols) await addAsset(test, { symbol });
  for (const { id } of (await test.read("/jobs")).items) await test.admin(`/jobs/${id}/cancel`, { method: "POST" });
  // Of 12 days one month: two calls, not eight. And two of each asset, for what it is and since when it has its symbol.
  const plan = await planOf(test, QUERY);
  assert.deepEqual([plan.calls, plan.action_calls, plan.symbol_calls], [4, 2, 8]);
  const { result } = await backfill(test, SPAN);
  assert.deepEqual([result.provider_calls, result.actions], [14, 4]);
  assert.equal((await planOf(test, QUERY)).action_calls, 0);
  await assertAgrees(test.services);
});

Deno.test("an asset that no market prices gets no job", async () => {
  await using test = await startPull();
  for (const facts of [{ symbol: "I:SPX", kind: "index" }, { symbol: "EURO", currency: "EUR" }]) {
    const created = await test.admin("/assets", { method: "POST", body: { name: "N", ...facts } });
    assert.equal(created.headers.get("link"), null);
  }
  assert.deepEqual((await test.read("/jobs?name=backfill")).items, []);
});
