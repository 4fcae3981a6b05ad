/** The night as the timetable asks for it: the newest day, what was missed, and the last sessions again. */
import assert from "node:assert/strict";
import { addDays, isWeekend } from "../../../lib/day.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { assertAgrees, bar, type Json, type PullTest, startPull } from "./pull_harness.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Six weeks of weekdays from a Monday on. */
const WEEKDAYS = Array.from({ length: 42 }, (_, i) => addDays("2024-01-22", i)).filter((day) => !isWeekend(day));

/** One bar of each asset a weekday; rows may be changed at any time. */
function rows(...symbols: string[]): DatedStandInBar[] {
  return WEEKDAYS.flatMap((date, i) => symbols.map((symbol) => bar(symbol, date, 100 + i)));
}

const byDay = (bars: readonly DatedStandInBar[]) => (market: string, date: string) =>
  bars.filter((one) => one.date === date && market === (one.symbol.startsWith("X:") ? "crypto" : "stocks"));

interface NightTest {
  readonly test: PullTest;
  readonly bars: DatedStandInBar[];
}

/** At 03:00 in New York on a Tuesday. */
const TUESDAY = "2024-02-06T08:00:00.000Z";

async function startNights(now = TUESDAY, symbols = ["AAA"]): Promise<NightTest> {
  const bars = rows(...symbols);
  return { test: await startPull({ now, provider: { bars: byDay(bars) }, assets: symbols }), bars };
}

/** What was asked of the provider in a night, in order, and then it is a day later. */
async function night(test: PullTest): Promise<string[]> {
  const before = test.provider.calls.length;
  await test.keepTime();
  await test.live(DAY_MS);
  return test.provider.calls.slice(before).map(({ path }) => path).filter((path) => path.includes("grouped"))
    .map((path) => path.replace(/.*market\/(stocks\/)?/, ""));
}

const day = (test: PullTest, date: string): Promise<Json> => test.read(`/market/days/${date}`);

const jobsOf = async (test: PullTest, name: string): Promise<Json[]> =>
  (await test.read(`/jobs?name=${name}&limit=200`)).items;

Deno.test("the first night asks for the newest session alone, and each one after it for the last five again", async () => {
  const { test } = await startNights();
  await using _test = test;
  const asked: string[][] = [];
  for (let nights = 0; nights < 8; nights++) asked.push(await night(test));
  assert.deepEqual(asked, [
    ["2024-02-05"],
    // What the backfill of the first night has brought is young too.
    ["2024-02-06", "2024-02-02", "2024-02-01", "2024-01-31", "2024-01-30", "2024-02-05"],
    ["2024-02-07", "2024-02-06", "2024-02-05", "2024-02-02", "2024-02-01", "2024-01-31"],
    ["2024-02-08", "2024-02-07", "2024-02-06", "2024-02-05", "2024-02-02", "2024-02-01"],
    ["2024-02-09", "2024-02-08", "2024-02-07", "2024-02-06", "2024-02-05", "2024-02-02"],
    // On Sunday and Monday nothing is new.
    ["2024-02-09", "2024-02-08", "2024-02-07", "2024-02-06", "2024-02-05", "2024-02-02"],
    ["2024-02-09", "2024-02-08", "2024-02-07", "2024-02-06", "2024-02-05", "2024-02-02"],
    ["2024-02-12", "2024-02-09", "2024-02-08", "2024-02-07", "2024-02-06", "2024-02-05"],
  ]);
  assert.equal((await night(test)).at(-1), "2024-02-06");
  for (const { state } of await jobsOf(test, "refetch-market-day")) assert.equal(state, "succeeded");
  await assertAgrees(test.services);
});

Deno.test("the newest session's job is there with the tick, before anything of the night has run", async () => {
  const { test } = await startNights();
  await using _test = test;
  await test.keepTime();
  assert.deepEqual((await test.read("/jobs")).items.map(({ id }: Json) => id).toSorted(), [
    "clean-up:store",
    "night:2024-02-06",
    "pull-market-day:2024-02-05",
  ]);
  assert.equal((await test.read("/market/status")).nightly_pull.last_job_id, "pull-market-day:2024-02-05");
});

Deno.test("a correction of the volume alone, five sessions back, is found at night; six back it is not", async () => {
  const { test, bars } = await startNights();
  await using _test = test;
  for (let nights = 0; nights < 10; nights++) await night(test);
  // It is Friday 16 February; the newest session is Thursday's, the fifth before it that of Thursday 8 February.
  for (const date of ["2024-02-07", "2024-02-08"]) {
    const i = bars.findIndex((one) => one.date === date);
    bars[i] = { ...bar("AAA", date, 1), ...bars[i], volume: 777.25 };
  }
  await night(test);
  const [before, after] = [await day(test, "2024-02-07"), await day(test, "2024-02-08")];
  assert.deepEqual([before.revision, after.revision, after.status], [1, 2, "complete"]);
  const { items } = await test.read("/assets/AAA/historic-values?from=2024-02-07&to=2024-02-08");
  assert.deepEqual(items.map(({ volume }: Json) => volume), ["1234.5", "777.25"]);
  const job = await test.job("refetch-market-day:2024-02-16:stocks:2024-02-08");
  assert.deepEqual(job.result, { written: 1, unchanged: 0, corrected: 1, quarantined: 0, provider_calls: 1 });
});

Deno.test("the same night asked for twice changes nothing and asks nobody", async () => {
  const { test, bars } = await startNights();
  await using _test = test;
  for (let nights = 0; nights < 3; nights++) await night(test);
  bars.splice(0, bars.length, ...bars.map((one) => ({ ...one, volume: 5 })));
  await test.keepTime();
  await test.live(30 * MINUTE_MS);
  const [stored, calls] = [await test.stored(), test.provider.calls.length];
  const again = { name: "night", args: { date: "2024-02-09" } };
  assert.equal((await test.admin("/jobs", { method: "POST", body: again })).status, 202);
  await test.live(30 * MINUTE_MS);
  assert.equal((await test.job("night:2024-02-09")).state, "succeeded");
  assert.deepEqual(await test.stored(), stored);
  const grouped = test.provider.calls.slice(calls).filter(({ path }) => path.includes("grouped"));
  assert.deepEqual(grouped, []);
});

Deno.test("after two weeks without a process the missed sessions are asked for, newest first", async () => {
  const { test } = await startNights();
  await using _test = test;
  await night(test);
  await test.clock.skip(14 * DAY_MS);
  const missed = WEEKDAYS.filter((date) => date > "2024-02-05" && date <= "2024-02-20");
  assert.deepEqual(await night(test), [...missed.toReversed(), "2024-02-19"].slice(0, missed.length));
  const { items } = await test.read("/market/days");
  assert.deepEqual(items.map(({ date, status }: Json) => [date, status]), [
    ...missed.toReversed().map((date) => [date, "complete"]),
    ["2024-02-05", "complete"],
  ]);
});

Deno.test("a session that was taken for closed after one empty answer is asked for again, and is healed", async () => {
  const { test } = await startNights();
  await using _test = test;
  await night(test);
  const nothing = { status: "OK", resultsCount: 0, queryCount: 0 };
  test.provider.faults.add({ type: "status", status: 200, body: nothing }, { path: "/v2/aggs/grouped" });
  await test.pull("2024-02-06");
  assert.equal((await day(test, "2024-02-06")).status, "closed");
  await test.clock.advance(DAY_MS);
  await night(test);
  assert.deepEqual([(await day(test, "2024-02-06")).status, (await day(test, "2024-02-07")).status], [
    "complete",
    "complete",
  ]);
  // And nothing that is there is ever taken back.
  test.provider.faults.add({ type: "status", status: 200, body: nothing }, { path: "/v2/aggs/grouped", times: 9 });
  const before = await test.stored();
  await night(test);
  for (const date of ["2024-02-05", "2024-02-06", "2024-02-07"]) {
    assert.equal((await day(test, date)).status, "complete", date);
  }
  assert.deepEqual(
    [...(await test.stored()).keys()].filter((key) => !before.has(key) && !key.includes("2024-02-08")),
    [],
  );
});

Deno.test("crypto assets and currencies are asked for where they are held, at weekends too", async () => {
  const coins = Array.from({ length: 14 }, (_, i) => bar("X:BTCUSD", addDays("2024-02-01", i), 43_000 + i));
  const bars = [...coins, ...rows("AAA")];
  // Sunday.
  const now = "2024-02-11T08:00:00.000Z";
  await using test = await startPull({ now, provider: { bars: byDay(bars) }, assets: ["X:BTCUSD"] });
  assert.deepEqual(await night(test), ["2024-02-09", "crypto/2024-02-10"]);
  const brought = ["2024-02-09", "2024-02-08", "2024-02-07"];
  assert.deepEqual(await night(test), [
    ...["2024-02-09", "crypto/2024-02-11", ...brought.map((day) => `crypto/${day}`)],
    "crypto/2024-02-10",
  ]);
  const { items } = await test.read("/market/days?market=crypto");
  assert.deepEqual(items.map(({ date, status }: Json) => [date, status]), [
    ["2024-02-11", "complete"],
    ["2024-02-10", "complete"],
    ...brought.map((day) => [day, "complete"]),
  ]);
  await assertAgrees(test.services);
});

const FAULTS = [
  { type: "status", status: 500 },
  { type: "garbage_rows" },
  { type: "duplicate_rows" },
  { type: "status", status: 429 },
  {
    type: "status",
    status: 403,
    body: { status: "NOT_AUTHORIZED", message: "Your plan doesn't include this data timeframe" },
  },
] as const;

for (const fault of FAULTS) {
  Deno.test(`${JSON.stringify(fault)} to a session that is asked for again: it stays, and the others are asked for`, async () => {
    const { test, bars } = await startNights();
    await using _test = test;
    for (let nights = 0; nights < 3; nights++) await night(test);
    test.provider.faults.add(fault, { path: "/v2/aggs/grouped/locale/us/market/stocks/2024-02-06" });
    bars[bars.findIndex(({ date }) => date === "2024-02-05")] = bar("AAA", "2024-02-05", 111.5);
    const before = await day(test, "2024-02-06");
    const asked = await night(test);
    assert.deepEqual(await day(test, "2024-02-06"), before);
    assert.ok(asked.includes("2024-02-05"));
    assert.equal((await day(test, "2024-02-05")).revision, 2);
    await assertAgrees(test.services);
  });
}

Deno.test("DELAYED is an answer like any other", async () => {
  const { test } = await startNights();
  await using _test = test;
  test.provider.switches.status = "DELAYED";
  for (let nights = 0; nights < 2; nights++) await night(test);
  assert.deepEqual(
    (await test.read("/market/days")).items.map(({ status }: Json) => status),
    Array(6).fill("complete"),
  );
});

Deno.test("a night has its own name on the nights when the clocks change", async () => {
  for (const now of ["2024-03-09T12:00:00Z", "2024-11-02T12:00:00Z"]) {
    await using test = await startPull({ now });
    for (let halfHours = 0; halfHours < 2 * 46; halfHours++) {
      await test.keepTime();
      await test.live(30 * MINUTE_MS);
    }
    const first = now.slice(0, 10);
    const nights = [2, 1, 0].map((days) => `night:${addDays(first, days)}`);
    assert.deepEqual((await jobsOf(test, "night")).map(({ id }) => id), nights);
  }
});

Deno.test("a pull by hand asks for its day alone, and is always tried", async () => {
  const { test } = await startNights();
  await using _test = test;
  for (let nights = 0; nights < 2; nights++) await night(test);
  const before = test.provider.calls.length;
  await test.pull("2024-02-06");
  await test.pull("2010-01-04");
  assert.deepEqual(test.provider.calls.slice(before).map(({ path }) => path.slice(-10)), ["2024-02-06", "2010-01-04"]);
});
