/** The long run in small: a made-up market followed for weeks, with trouble; the store is what the market was. */
import assert from "node:assert/strict";
import { addDays, isWeekend } from "../lib/day.ts";
import { uniformStream } from "../fixtures/random.ts";
import { simulate, type SimulatedMarket } from "./support/market_simulation.ts";
import type { DatedStandInBar } from "./support/provider_stand_in_bars.ts";

const HOLIDAYS = new Set(["2020-12-25", "2021-01-01", "2021-01-18"]);
const [FIRST, LAST] = ["2020-10-05", "2021-01-29"];
const SPLIT = { symbol: "SPLIT", date: "2020-11-16", ratio: 4 };
const LATE_SPLIT = { symbol: "LATER", date: "2021-01-12", ratio: 3 };

const cents = (price: number): number => Math.round(price * 100) / 100;

/** Prices that wander, one that is listed later, splits before and after the assets are posted, dividends, holidays. */
function madeUpMarket(): SimulatedMarket {
  const bars: DatedStandInBar[] = [];
  for (const symbol of ["CALM", "SPLIT", "LATER", "LISTED"]) {
    const random = uniformStream(symbol);
    let price = 100 + 50 * random();
    for (let date = FIRST; date <= LAST; date = addDays(date, 1)) {
      if (isWeekend(date) || HOLIDAYS.has(date)) continue;
      price *= 1 + (random() - 0.5) / 25;
      for (const { symbol: of, date: on, ratio } of [SPLIT, LATE_SPLIT]) {
        if (of === symbol && on === date) price /= ratio;
      }
      const [low, high] = [cents(price * 0.99), cents(price * 1.01)];
      const bar = { symbol, date, open: cents(price), high, low, close: cents(price), volume: 1_000 + random() };
      if (symbol !== "LISTED" || date >= "2020-11-02") bars.push(bar);
    }
  }
  const dividends = ["2020-10-20", "2021-01-20"].map((date) => ({ symbol: "CALM", date, cash: 0.4 }));
  return { bars, splits: [SPLIT, LATE_SPLIT], dividends };
}

Deno.test("a market is followed from an empty store through its nights: bar for bar, within the limit of calls", async () => {
  const report = await simulate({
    ...{ market: madeUpMarket(), start: "2020-12-28T14:00:00.000Z", nights: 14, seed: 7 },
    ...{ troubleShare: 0.4, correctedShare: 0.5 },
  });
  assert.equal(report.plannedCalls, 4);
  assert.ok(report.mostCallsAMinute <= 5, `${report.mostCallsAMinute} calls in a minute`);
  assert.ok(report.corrections > 3 && report.faults > 5, JSON.stringify(report));
  assert.deepEqual(report.accepted, []);
});
