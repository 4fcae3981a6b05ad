/**
 * Prices of the past, told in today's shares and, where that is wanted, as if every dividend had been reinvested. Bars
 * are kept as they were traded; what happened since is turned into factors, and a bar is adjusted when it is read.
 *
 * The method is back-adjustment by multipliers, after the standards of the Center for Research in Security Prices (CRSP),
 * as https://help.yahoo.com/kb/SLN28256.html says it with numbers. Over an ex-dividend date the adjusted series returns
 * `P / (C - D) - 1`, for the close `C` before, the dividend `D` and the close `P`; a holder's total return,
 * `(P + D) / C - 1`, is that times `1 - D / C`, so that they differ by less than a ten-thousandth on most such dates.
 *
 * @module
 */
import { inverse, product, type Ratio, ratio, UNITY } from "./ratio.ts";

/** Before trading begins on the date, `splitFrom` old shares become `splitTo` new ones. */
export interface SplitFact {
  /** `YYYY-MM-DD`. */
  readonly executionDate: string;
  /** Plain decimal above 0. */
  readonly splitFrom: string;
  /** Plain decimal above 0; below `splitFrom` where shares are put together. */
  readonly splitTo: string;
}

/** Whoever buys from the date on does not get it. */
export interface DividendFact {
  /** `YYYY-MM-DD`. */
  readonly exDividendDate: string;
  /** Money for one share as it is traded on that date; plain decimal above 0. */
  readonly cashAmount: string;
}

/** A close as it was traded. */
export interface DatedClose {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Money a share, above 0. */
  readonly close: number;
}

/** What a bar's numbers are multiplied with. */
export interface Adjustment {
  /** For every price of the bar. */
  readonly price: Ratio;
  /** For the count of shares that were traded: by splits alone, since a dividend changes no count. */
  readonly volume: Ratio;
}

/** An adjustment of all days before one, down to the day that the adjustment before it ends with. */
export interface DatedAdjustment extends Adjustment {
  /** The first day that it does not hold for, `YYYY-MM-DD`. */
  readonly before: string;
}

/** A dividend that no factor can be made of. */
export interface LeftOutDividend {
  /** `YYYY-MM-DD`. */
  readonly exDividendDate: string;
  /** There is no close before the date, or the dividend is as much as that close or more. */
  readonly reason: "no_earlier_close" | "not_below_close";
}

/** What happened to an asset's shares, in any order, and the closes that its dividends are measured by. */
export interface AssetHistory {
  /** At most one a date. */
  readonly splits: readonly SplitFact[];
  /** At most one a date; none for prices that are adjusted for splits alone. */
  readonly dividends: readonly DividendFact[];
  /** By rising date, raw; asked for nothing where there are no dividends. */
  readonly closes: readonly DatedClose[];
}

/** Adjustments by rising date, and the dividends that are not in them. */
export interface BackAdjustment {
  /** By rising date. A day that none of them holds for has had nothing happen since. */
  readonly adjustments: readonly DatedAdjustment[];
  /** By rising date. */
  readonly leftOut: readonly LeftOutDividend[];
}

/**
 * New shares for one old one, by the splits executed after a day and up to another: 4 for a split of 4 for 1.
 *
 * @example
 * ```ts
 * import { plain } from "./decimal.ts";
 * import { quotient } from "./ratio.ts";
 * import assert from "node:assert/strict";
 * const splits = [{ executionDate: "2020-08-31", splitFrom: "1", splitTo: "4" }];
 * assert.equal(plain(quotient(splitFactor(splits, "2020-08-28", "2020-08-31"))), "4");
 * assert.equal(plain(quotient(splitFactor(splits, "2020-08-31", "2021-01-04"))), "1");
 * ```
 */
export function splitFactor(splits: readonly SplitFact[], after: string, upTo: string): Ratio {
  let factor = UNITY;
  for (const { executionDate, splitFrom, splitTo } of splits) {
    if (executionDate > after && executionDate <= upTo) factor = product(factor, ratio(splitTo, splitFrom));
  }
  return factor;
}

/**
 * The factors that adjust an asset's bars for what took effect up to a day; what is announced for later does not count yet.
 *
 * A split divides earlier prices by its factor, and multiplies earlier volumes. A dividend multiplies earlier prices by
 * `1 - D / C`, with `C` the close of the last session before the ex-dividend date in the shares of that date.
 *
 * @example The close of 24.96 before a dividend of 0.08, and one before the split of 2 for 1 as well
 * ```ts
 * import { scaled } from "./ratio.ts";
 * import assert from "node:assert/strict";
 * const closes = [
 *   { date: "2003-02-14", close: 48.3 },
 *   { date: "2003-02-18", close: 24.96 },
 *   { date: "2003-02-19", close: 24.53 },
 * ];
 * const splits = [{ executionDate: "2003-02-18", splitFrom: "1", splitTo: "2" }];
 * const dividends = [{ exDividendDate: "2003-02-19", cashAmount: "0.08" }];
 * const { adjustments } = backAdjustment({ splits, dividends, closes }, "2003-02-19");
 * const days = closes.map(({ date }) => date);
 * const prices = adjustmentsOn(days, adjustments).map(({ price }, i) => scaled(closes[i]?.close ?? NaN, price));
 * assert.deepEqual(prices, ["24.07259615", "24.88", "24.53"]);
 * ```
 */
export function backAdjustment({ splits, dividends, closes }: AssetHistory, upTo: string): BackAdjustment {
  const events: DatedAdjustment[] = [];
  for (const { executionDate, splitFrom, splitTo } of splits) {
    const volume = ratio(splitTo, splitFrom);
    events.push({ before: executionDate, price: inverse(volume), volume });
  }
  const leftOut: LeftOutDividend[] = [];
  let sessions = 0;
  for (const dividend of byRisingDate(dividends, ({ exDividendDate }) => exDividendDate)) {
    const { exDividendDate: before } = dividend;
    while ((closes[sessions]?.date ?? before) < before) sessions++;
    if (before > upTo) break;
    const price = dividendMultiplier(dividend, closes[sessions - 1], splits);
    if (typeof price === "string") leftOut.push({ exDividendDate: before, reason: price });
    else events.push({ before, price, volume: UNITY });
  }
  return { adjustments: cumulated(events.filter(({ before }) => before <= upTo)), leftOut };
}

/**
 * The adjustment of each day.
 *
 * @param days By rising date.
 * @param adjustments By rising date.
 * @returns One a day; days of one interval have the very same.
 * @example
 * ```ts
 * import { ratio, UNITY } from "./ratio.ts";
 * import assert from "node:assert/strict";
 * const split = { before: "2020-08-31", price: ratio(1, 4), volume: ratio(4, 1) };
 * const [friday, monday] = adjustmentsOn(["2020-08-28", "2020-08-31"], [split]);
 * assert.deepEqual([friday?.price, monday?.price], [ratio(1, 4), UNITY]);
 * ```
 */
export function adjustmentsOn(days: readonly string[], adjustments: readonly DatedAdjustment[]): Adjustment[] {
  let next = 0;
  return days.map((day) => {
    while ((adjustments[next]?.before ?? END) <= day) next++;
    return adjustments[next] ?? UNADJUSTED;
  });
}

const UNADJUSTED: Adjustment = { price: UNITY, volume: UNITY };
/** Behind every day. */
const END = "~";

/** A dividend is money for a share of its own date, so the close before counts in those shares too. */
function dividendMultiplier(
  { exDividendDate, cashAmount }: DividendFact,
  last: DatedClose | undefined,
  splits: readonly SplitFact[],
): Ratio | LeftOutDividend["reason"] {
  if (last === undefined) return "no_earlier_close";
  const newShares = splitFactor(splits, last.date, exDividendDate);
  const { numerator, denominator } = product(ratio(cashAmount, last.close), newShares);
  return numerator < denominator ? { numerator: denominator - numerator, denominator } : "not_below_close";
}

/** From what each event does to the days before it, what all of them do that come after a day. */
function cumulated(events: readonly DatedAdjustment[]): DatedAdjustment[] {
  let { price, volume } = UNADJUSTED;
  return byRisingDate(events, ({ before }) => before).reverse().map((event) => {
    price = product(price, event.price);
    volume = product(volume, event.volume);
    return { before: event.before, price, volume };
  }).reverse();
}

const byRisingDate = <T>(facts: readonly T[], dateOf: (fact: T) => string): T[] =>
  [...facts].sort((a, b) => dateOf(a) < dateOf(b) ? -1 : dateOf(a) > dateOf(b) ? 1 : 0);
