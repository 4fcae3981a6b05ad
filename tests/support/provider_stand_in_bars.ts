/** Where the stand-in's bars come from: a list, a function of the day, or as many as a test wants. */

import type { Market } from "../../lib/market/provider.ts";
import { isWeekend } from "./provider_stand_in_clock.ts";

export interface StandInBar {
  readonly symbol: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly vwap?: number;
  readonly trades?: number;
  /** Traded over the counter: given only to those who ask with `include_otc=true`. */
  readonly otc?: boolean;
}

export interface DatedStandInBar extends StandInBar {
  readonly date: string;
}

/** The raw bars of one market's day; none on a day without trading. */
export type BarSource = (market: Market, date: string) => readonly StandInBar[];

/** From `date` on there are `ratio` shares for each one before: 4 for a 4-for-1 split. */
export interface StandInSplit {
  readonly symbol: string;
  readonly date: string;
  readonly ratio: number;
}

export function marketOf(symbol: string): Market {
  if (symbol.startsWith("X:")) return "crypto";
  return symbol.startsWith("C:") ? "fx" : "stocks";
}

export function barsFromList(list: readonly DatedStandInBar[]): BarSource {
  const byDay = Map.groupBy(list, (bar) => `${marketOf(bar.symbol)} ${bar.date}`);
  return (market, date) => byDay.get(`${market} ${date}`) ?? [];
}

/**
 * `count` stocks on every weekday, the same ones at each call: symbols from `AAAAA` on, prices that move with the
 * date, fractional volumes on most rows, and now and then a row without the optional fields.
 */
export function generatedBars(count: number): BarSource {
  return (market, date) => {
    if (market !== "stocks" || isWeekend(date)) return [];
    const day = Math.floor(Date.parse(date) / 86_400_000);
    return Array.from({ length: count }, (_, index) => generatedBar(index, day));
  };
}

function generatedBar(index: number, day: number): StandInBar {
  const open = cents(5 + index % 500 + 2 * Math.sin(day / 20 + index));
  const close = cents(open * (1 + 0.02 * Math.sin(day + index)));
  const high = cents(Math.max(open, close) * 1.01);
  const low = cents(Math.min(open, close) * 0.99);
  const volume = 1000 * (index + 1) + (index % 5 === 0 ? 0 : (day % 997) / 1000);
  const bar = { symbol: generatedSymbol(index), open, high, low, close, volume };
  return index % 50 === 0 ? bar : { ...bar, vwap: cents((high + low + close) / 3), trades: 10 + index };
}

/** The `index`-th symbol of {@link generatedBars}. */
export function generatedSymbol(index: number): string {
  let symbol = "";
  for (let rest = index; symbol.length < 5; rest = Math.floor(rest / 26)) {
    symbol = String.fromCharCode(65 + rest % 26) + symbol;
  }
  return symbol;
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}
