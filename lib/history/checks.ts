/**
 * What a bar must be before it is stored. A row that fails waits in quarantine with its reason; it never costs the rows beside it.
 *
 * @module
 */
import { isDay } from "../day.ts";
import type { Bar } from "./bar.ts";

export const REASONS = [
  "bad_date",
  "in_future",
  "not_finite",
  "not_positive",
  "negative_volume",
  "high_below_low",
  "open_outside_range",
  "close_outside_range",
  "duplicate_date",
  "unreadable",
] as const;
export type Reason = typeof REASONS[number];

/** Why a bar cannot be stored, or `undefined` where it can. `newestDay` is the last day that has begun. */
export function faultOf(bar: Bar, newestDay: string): Reason | undefined {
  if (!isDay(bar.date)) return "bad_date";
  if (bar.date > newestDay) return "in_future";
  return valueFaultOf(bar);
}

/** Why a bar's values cannot be stored, whatever its date. */
export function valueFaultOf(bar: Bar): Reason | undefined {
  const prices = [bar.open, bar.high, bar.low, bar.close, bar.vwap, bar.preMarket, bar.afterHours];
  const known = prices.filter((price) => price !== null);
  if (known.some((price) => !Number.isFinite(price)) || bar.volume !== null && !Number.isFinite(bar.volume)) {
    return "not_finite";
  }
  if (known.some((price) => price <= 0)) return "not_positive";
  if (bar.volume !== null && bar.volume < 0) return "negative_volume";
  return rangeFaultOf(bar);
}

/** What is not given bounds nothing. */
function rangeFaultOf({ open, high, low, close }: Bar): Reason | undefined {
  const [top, bottom] = [high ?? Infinity, low ?? -Infinity];
  if (top < bottom) return "high_below_low";
  if (open !== null && (open < bottom || open > top)) return "open_outside_range";
  if (close < bottom || close > top) return "close_outside_range";
  return undefined;
}
