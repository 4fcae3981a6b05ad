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

export interface BarSource {
  /** The raw bars of one market's day; none on a day without trading. */
  (market: Market, date: string): readonly StandInBar[];
  /** One symbol's bar of a day, where that is cheaper than all of them. */
  readonly of?: (symbol: string, date: string) => StandInBar | undefined;
}

/** From `date` on there are `ratio` shares for each one before: 4 for a 4-for-1 split. */
export interface StandInSplit {
  readonly symbol: string;
  readonly date: string;
  readonly ratio: number;
}

/** Cash a share, in shares of that day. */
export interface StandInDividend {
  readonly symbol: string;
  readonly date: string;
  readonly cash: number;
  /** ISO 4217. Default `USD`. */
  readonly currency?: string;
}

export function marketOf(symbol: string): Market {
  if (symbol.startsWith("X:")) return "crypto";
  return symbol.startsWith("C:") ? "fx" : "stocks";
}

export function barsFromList(list: readonly DatedStandInBar[]): BarSource {
  const byDay = Map.groupBy(list, (bar) => `${marketOf(bar.symbol)} ${bar.date}`);
  return (market, date) => byDay.get(`${market} ${date}`) ?? [];
}

/** One symbol's bar of a day. */
export function barOf(bars: BarSource, symbol: string, date: string): StandInBar | undefined {
  return bars.of ? bars.of(symbol, date) : bars(marketOf(symbol), date).find((bar) => bar.symbol === symbol);
}

/**
 * `count` stocks on every weekday, the same ones at each call: symbols from `AAAAA` on, prices that move with the
 * date, fractional volumes on most rows, and now and then a row without the optional fields.
 */
export function generatedBars(count: number): BarSource {
  function day(market: Market, date: string): StandInBar[] {
    if (market !== "stocks" || isWeekend(date)) return [];
    return Array.from({ length: count }, (_, index) => generatedBar(index, dayNumber(date)));
  }

  function of(symbol: string, date: string): StandInBar | undefined {
    const index = indexOfGenerated(symbol);
    return index < count && !isWeekend(date) ? generatedBar(index, dayNumber(date)) : undefined;
  }

  return Object.assign(day, { of });
}

function dayNumber(date: string): number {
  return Math.floor(Date.parse(date) / 86_400_000);
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

/** `Infinity` for a symbol that {@link generatedSymbol} never gives. */
function indexOfGenerated(symbol: string): number {
  if (!/^[A-Z]{5}$/.test(symbol)) return Infinity;
  return [...symbol].reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 65, 0);
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}
