/**
 * A market that is followed from an empty store: assets are posted, their history comes by itself, and then night follows night
 * on a clock that is moved, with faults and corrections by a seed. In the end the store is what the market was, bar for bar.
 *
 * @module
 */
import assert from "node:assert/strict";
import { uniformStream } from "../../fixtures/random.ts";
import { addDays, dayIn, isWeekend } from "../../lib/day.ts";
import { assertAgrees, type Json, type PullTest, startPull } from "../lib/market/pull_harness.ts";
import { bodyOf } from "./answers.ts";
import {
  barsFromList,
  type BarSource,
  type DatedStandInBar,
  type StandInBar,
  type StandInDividend,
  type StandInSplit,
} from "./provider_stand_in_bars.ts";
import type { Fault } from "./provider_stand_in_faults.ts";
import type { Holiday } from "./provider_stand_in_route.ts";

export interface SimulatedMarket {
  /** By any order; weekdays between the first and the last on which there is none are holidays. */
  readonly bars: readonly DatedStandInBar[];
  readonly splits: readonly StandInSplit[];
  readonly dividends: readonly StandInDividend[];
}

export interface SimulationOptions {
  readonly market: SimulatedMarket;
  /** When the assets are posted; then a night a day from there. */
  readonly start: string;
  readonly nights: number;
  readonly seed: number;
  /** How likely a night has trouble, and how likely a bar is corrected within its first days. */
  readonly troubleShare: number;
  readonly correctedShare: number;
  readonly onNight?: (night: number, test: PullTest) => void;
}

export interface SimulationReport {
  readonly bars: number;
  readonly calls: number;
  readonly refused: number;
  /** Of any 60 seconds the most. */
  readonly mostCallsAMinute: number;
  readonly callsByKind: Readonly<Record<string, number>>;
  readonly faults: number;
  readonly corrections: number;
  readonly plannedCalls: number;
  /** Rows that waited at the end of the backfill and were accepted. */
  readonly accepted: readonly string[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const CALLS_PER_MINUTE = 5;
const SETTLING_DAYS = 8;
/** Long enough for a few outages. */
const [FIRST_HOURS, NIGHT_HOURS] = [10, 3];

/** Throws where the store does not come to what the market was. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { market, start, nights, seed } = options;
  const random = uniformStream(`trouble ${seed}`);
  let nowOf = () => new Date(start);
  // What is corrected in the last nights would still be wrong when they are over.
  const correctedUpTo = addDays(start.slice(0, 10), nights - SETTLING_DAYS);
  const source = correcting(market.bars, { ...options, correctedUpTo }, () => nowOf());
  await using test = await startPull({
    now: start,
    mayLogErrors: true,
    provider: {
      ...{ bars: source.bars, splits: market.splits, dividends: market.dividends, holidays: holidaysOf(market.bars) },
      switches: { historyYears: 2, callsPerMinute: CALLS_PER_MINUTE, retryAfter: "seconds" },
    },
  });
  nowOf = test.clock.now;
  const symbols = [...new Set(market.bars.map(({ symbol }) => symbol))].sort();
  for (const symbol of symbols) {
    await bodyOf(await test.admin("/assets", { method: "POST", body: { symbol, name: symbol } }), 201);
  }
  const plan = await test.read("/market/backfill-plan");
  let faults = addTrouble(test, random, options.troubleShare);
  await test.live(FIRST_HOURS * 60 * MINUTE_MS);
  const accepted: string[] = [];
  for (let night = 0; night < nights; night++) {
    await test.live(msTo(test, "09:00"));
    await test.keepTime();
    faults += addTrouble(test, random, options.troubleShare);
    await test.live(NIGHT_HOURS * 60 * MINUTE_MS);
    accepted.push(...await acceptWaiting(test));
    options.onNight?.(night, test);
  }
  const last = dayIn("America/New_York", new Date(test.clock.now().getTime() - DAY_MS));
  await assertAllIsThere(test, market, symbols, last);
  return {
    bars: market.bars.filter(({ date }) => date <= last).length,
    ...callsOf(test),
    ...{ faults, corrections: source.corrected(), plannedCalls: plan.calls, accepted },
  };
}

const msTo = ({ clock }: PullTest, time: string): number => {
  const now = clock.now().getTime();
  const today = Date.parse(`${clock.now().toISOString().slice(0, 10)}T${time}:00Z`);
  return today > now ? today - now : today + DAY_MS - now;
};

/** Weekdays without a bar, as the provider tells of them before they come. */
function holidaysOf(bars: readonly DatedStandInBar[]): Holiday[] {
  const dates = new Set(bars.map(({ date }) => date));
  const [first, last] = [[...dates].sort()[0] ?? "", [...dates].sort().at(-1) ?? ""];
  const holidays: Holiday[] = [];
  for (let ms = Date.parse(first); ms <= Date.parse(last); ms += DAY_MS) {
    const date = new Date(ms).toISOString().slice(0, 10);
    if (!isWeekend(date) && !dates.has(date)) holidays.push({ date, name: "Closed", status: "closed" });
  }
  return holidays;
}

/** Some bars are sent with another volume at first, and some of those with another close; up to four days after their own. */
function correcting(
  list: readonly DatedStandInBar[],
  { correctedShare, correctedUpTo, seed }: Pick<SimulationOptions, "correctedShare" | "seed"> & {
    correctedUpTo: string;
  },
  now: () => Date,
) {
  const final = barsFromList(list);
  const sentEarly = new Set<string>();
  function sent(bar: StandInBar, date: string): StandInBar {
    const draw = uniformStream(`correction ${seed} ${bar.symbol} ${date}`);
    const [isCorrected, isClose, days] = [
      date <= correctedUpTo && draw() < correctedShare,
      draw() < 0.3,
      1 + Math.floor(draw() * 3),
    ];
    if (!isCorrected || now().getTime() >= Date.parse(date) + (days + 2) * DAY_MS) return bar;
    sentEarly.add(`${bar.symbol} ${date}`);
    const close = isClose ? bar.low : bar.close;
    return { ...bar, close, volume: Math.floor(bar.volume * 0.9) + 1 };
  }
  const bars: BarSource = Object.assign(
    (market: Parameters<BarSource>[0], date: string) => final(market, date).map((bar) => sent(bar, date)),
    {},
  );
  return { bars, corrected: () => sentEarly.size };
}

const FAULTS: readonly Fault[] = [
  { type: "status", status: 500 },
  { type: "status", status: 503, body: "" },
  { type: "html" },
  { type: "truncated_json" },
  { type: "broken_connection" },
  { type: "wrong_content_type" },
  { type: "duplicate_rows" },
  { type: "garbage_rows" },
  { type: "status", status: 429, body: "" },
  { type: "status", status: 429, headers: { "retry-after": "90" } },
  { type: "redirect", location: "http://127.0.0.1:1/" },
];

/** None, one or several kinds at once, now and then as long as an outage. Answers how many answers it will spoil. */
function addTrouble({ provider }: PullTest, random: () => number, share: number): number {
  let spoilt = 0;
  provider.faults.clear();
  while (random() < share) {
    const fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? { type: "html" };
    const times = random() < 0.15 ? 12 : 1 + Math.floor(random() * 3);
    provider.faults.add(fault, { times });
    spoilt += times;
  }
  return spoilt;
}

/** What an administrator does who has looked: the market is as it is. */
async function acceptWaiting(test: PullTest): Promise<string[]> {
  const waiting: Json[] = (await test.read("/market/quarantine?state=waiting&limit=200")).items;
  // What was announced before its day waits for prices, and comes out by itself.
  const items = waiting.filter(({ reason }) => reason !== "no_prices");
  for (const { id } of items) {
    await bodyOf(await test.admin(`/market/quarantine/${encodeURIComponent(id)}/accept`, { method: "POST", body: {} }));
  }
  return items.map(({ id, reason }: Json) => `${id} ${reason}`);
}

async function assertAllIsThere(test: PullTest, market: SimulatedMarket, symbols: readonly string[], last: string) {
  const bySymbol = Map.groupBy(market.bars, ({ symbol }) => symbol);
  for (const symbol of symbols) {
    const expected = (bySymbol.get(symbol) ?? []).filter(({ date }) => date <= last)
      .toSorted((a, b) => a.date < b.date ? -1 : 1)
      .map(({ date, open, high, low, close, volume }) => [date, ...[open, high, low, close, volume].map(String)]);
    const { items } = await test.read(`/assets/${encodeURIComponent(symbol)}/historic-values`);
    const stored = items.map((
      { date, open, high, low, close, volume }: Json,
    ) => [date, open, high, low, close, volume]);
    assert.deepEqual(stored, expected, symbol);
    const splits = market.splits.filter((split) => split.symbol === symbol && split.date <= last);
    const known = (await test.read(`/assets/${encodeURIComponent(symbol)}/splits`)).items;
    assert.deepEqual(
      known.map(({ execution_date }: Json) => execution_date),
      splits.map(({ date }) => date).sort(),
      `${symbol}'s splits`,
    );
    const dividends = market.dividends.filter((dividend) => dividend.symbol === symbol && dividend.date <= last);
    assert.equal((await test.read(`/assets/${encodeURIComponent(symbol)}/dividends`)).items.length, dividends.length);
  }
  await assertAgrees(test.services);
  const { items } = await test.read("/jobs?state=dead&limit=200");
  assert.deepEqual(items.map(({ id, error }: Json) => [id, error]), []);
  assert.equal((await test.read("/market/backfill-plan")).calls, 0, "Nothing that can be had is missing");
}

function callsOf({ provider: { calls } }: PullTest) {
  const times = calls.map(({ at }) => at.getTime()).sort((a, b) => a - b);
  let [mostCallsAMinute, first] = [0, 0];
  for (const [i, ms] of times.entries()) {
    while ((times[first] ?? 0) <= ms - MINUTE_MS) first += 1;
    mostCallsAMinute = Math.max(mostCallsAMinute, i - first + 1);
  }
  const kinds = calls.map(({ path }) => /grouped|ticker|splits|dividends|upcoming/.exec(path)?.[0] ?? path);
  const callsByKind = Object.fromEntries(
    Array.from(Map.groupBy(kinds, (kind) => kind), ([kind, all]) => [kind, all.length]),
  );
  return {
    calls: calls.length,
    refused: calls.filter(({ status }) => status === 429).length,
    mostCallsAMinute,
    callsByKind,
  };
}
