/**
 * The series that a timeline makes: what the portfolio is worth, its sectors, and the returns of each.
 *
 * @module
 */
import { type Metric, type Missing, missing } from "../analysis/metric.ts";
import { returnsOf, TRADING_DAYS } from "../analysis/returns.ts";
import { sharesOf } from "../analysis/sector_allocation.ts";
import { isCash } from "../store/assets.ts";
import { type Line, newestValue } from "./line.ts";
import type { Timeline } from "./timeline.ts";

/** By session, in the portfolio's currency. */
export function valuesOf({ lines, sessions }: Pick<Timeline, "lines" | "sessions">): Float64Array {
  const values = new Float64Array(sessions.length);
  for (const { held, prices } of lines) addTimes(values, prices, Number(held.amount));
  return values;
}

/** By sector code, then by session. */
export function sectorValues({ lines, sessions }: Timeline): Map<string, Float64Array> {
  const bySector = new Map<string, Float64Array>();
  for (const { held, prices } of lines) {
    for (const [sector, share] of sharesOf(held.asset)) {
      const values = bySector.get(sector) ?? new Float64Array(sessions.length);
      addTimes(values, prices, share.times(held.amount).toNumber());
      bySector.set(sector, values);
    }
  }
  return bySector;
}

/** Of the day that the analysis is of, by sector code. */
export function newestSectorValues({ lines }: Timeline): Map<string, number> {
  const bySector = new Map<string, number>();
  for (const line of lines) {
    for (const [sector, share] of sharesOf(line.held.asset)) {
      bySector.set(sector, (bySector.get(sector) ?? 0) + newestValue(line) * share.toNumber());
    }
  }
  return bySector;
}

/** One a session but the first; where a value is zero or below, there are none. */
export const returnsIn = (values: Float64Array): Float64Array | Missing =>
  returnsOf(values) ?? missing("value_not_positive");

/** What of returns that are missing cannot be told. */
export const allMissing = <T extends string>(names: readonly T[], reason: Missing): Record<T, Metric> =>
  Object.fromEntries(names.map((name) => [name, reason])) as Record<T, Metric>;

/** An asset's own returns in the portfolio's currency, whatever the amount is. */
export const assetReturns = ({ prices }: Line): Float64Array => returnsOf(prices) ?? new Float64Array();

/** Sessions in a year: stocks trade on 252 days, what trades on all of them on 365. */
export const periodsPerYear = ({ lines }: Timeline): number => {
  const traded = lines.map(({ held }) => held.asset).filter((asset) => !isCash(asset));
  return traded.length > 0 && traded.every(({ kind }) => kind === "crypto") ? CALENDAR_DAYS : TRADING_DAYS;
};

const CALENDAR_DAYS = 365;

function addTimes(sums: Float64Array, values: Float64Array, factor: number): void {
  for (let s = 0; s < sums.length; s++) sums[s] = (sums[s] ?? 0) + factor * (values[s] ?? NaN);
}
