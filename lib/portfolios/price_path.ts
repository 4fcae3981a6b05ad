/**
 * An asset's prices over time, each of its own day: as traded, what they are multiplied with to count in today's shares,
 * and what they are worth in a portfolio's currency.
 *
 * @module
 */
import { backAdjustment, type DatedAdjustment, type LeftOutDividend } from "../analysis/adjustment.ts";
import { doubleOf, type Ratio, UNITY } from "../analysis/ratio.ts";
import type { Context } from "../context.ts";
import { dayIn, dayNumber, dayOf } from "../day.ts";
import { actionsKnownAt } from "../history/action_versions.ts";
import type { AdjustmentKind } from "../history/adjusted_series.ts";
import { type Closes, countUpTo, type Days, readCloses } from "../history/closes.ts";
import { type ActionKind, actionsOf, type Dividend, DIVIDENDS, SPLITS } from "../history/corporate_actions.ts";
import type { FxPath } from "../history/fx_path.ts";
import type { FxRate } from "../history/fx_rates.ts";
import type { Asset } from "../store/assets.ts";

/** In the asset's own currency. */
export interface RawPath {
  /** Days since 1970-01-01, rising. */
  readonly days: Int32Array;
  /** As traded. */
  readonly closes: Float64Array;
  /** A price in today's shares is the close times this. */
  readonly factors: readonly Ratio[];
  readonly leftOutDividends: readonly LeftOutDividend[];
}

/** Of those days on which there is a rate. */
export interface PricePath extends RawPath {
  /** `undefined` where asset and portfolio have one currency. */
  readonly rates: readonly FxRate[] | undefined;
  /** In today's shares and the portfolio's currency. */
  readonly prices: Float64Array;
}

export interface PathOptions {
  readonly adjust: AdjustmentKind;
  /** Nothing that was recorded later counts. */
  readonly knownAt: Date | undefined;
  /** Amounts are share counts of this day, whatever the day that is looked at: of now, or of when an old report was made. */
  readonly today: string;
}

export const pathOptions = (ctx: Context, adjust: AdjustmentKind, knownAt: Date | undefined): PathOptions => ({
  ...{ adjust, knownAt, today: dayIn(ctx.marketTimeZone, knownAt ?? ctx.now()) },
});

/** The prices of a span of days in the shares of today, and before them the last one that there was when it began. */
export async function readRawPath(
  ctx: Context,
  { no }: Asset,
  span: Days,
  { adjust, knownAt, today }: PathOptions,
): Promise<RawPath> {
  const closes = await readCloses(ctx, no, span, knownAt);
  const known = <T>(kind: ActionKind<T>) =>
    knownAt === undefined ? actionsOf(ctx, kind, no) : actionsKnownAt(ctx, kind, no, knownAt);
  const splits = await known(SPLITS);
  const paid = adjust === "total" ? await known(DIVIDENDS) : [];
  const dividends = within(paid, closes, span.to);
  const history = { splits, dividends, closes: closesBefore(dividends, closes) };
  const { adjustments, leftOut } = backAdjustment(history, today);
  return { ...closes, factors: factorsOn(closes.days, adjustments), leftOutDividends: leftOut };
}

/** One of a currency is worth one of it on every day. */
export const cashPath = (sessions: Int32Array): RawPath => ({
  days: sessions,
  closes: new Float64Array(sessions.length).fill(1),
  factors: new Array<Ratio>(sessions.length).fill(UNITY),
  leftOutDividends: [],
});

/** In the portfolio's currency, by a rate of each day; `fx` is `undefined` where the asset has that currency. */
export function convertedPath(raw: RawPath, fx: FxPath | undefined): PricePath {
  const multipliers = doublesOf(raw.factors);
  const prices = raw.closes.map((close, i) => close * (multipliers[i] ?? NaN));
  if (fx === undefined) return { ...raw, rates: undefined, prices };
  const known = Array.from(raw.days, (day) => fx(day));
  // A rate that is known once stays known: only the first days can be without one.
  const found = known.findIndex((rate) => rate !== undefined);
  const first = found < 0 ? known.length : found;
  const rates = known.slice(first).filter((rate) => rate !== undefined);
  const perUnit = doublesOf(rates.map(({ rate }) => rate));
  return {
    days: raw.days.subarray(first),
    closes: raw.closes.subarray(first),
    factors: raw.factors.slice(first),
    leftOutDividends: raw.leftOutDividends,
    rates,
    prices: prices.subarray(first).map((price, i) => price * (perUnit[i] ?? NaN)),
  };
}

/** Those that adjust a close of the span, and that are known of at its end. */
const within = (dividends: readonly Dividend[], { days }: Closes, to: string): Dividend[] =>
  dividends.filter(({ exDividendDate }) => dayNumber(exDividendDate) > (days[0] ?? Infinity) && exDividendDate <= to);

/** The closes that dividends are measured by. */
function closesBefore(dividends: readonly Dividend[], { days, closes }: Closes): { date: string; close: number }[] {
  const places = dividends.map(({ exDividendDate }) => countUpTo(days, dayNumber(exDividendDate) - 1) - 1);
  return [...new Set(places)].sort((a, b) => a - b)
    .map((place) => ({ date: dayOf(days[place] ?? 0), close: closes[place] ?? NaN }));
}

/** The same ratio, not an equal one, for all days between two events. */
function factorsOn(days: Int32Array, adjustments: readonly DatedAdjustment[]): Ratio[] {
  if (adjustments.length === 0) return new Array<Ratio>(days.length).fill(UNITY);
  const steps = adjustments.map(({ before, price }) => ({ before: dayNumber(before), price }));
  let next = 0;
  return Array.from(days, (day) => {
    while ((steps[next]?.before ?? Infinity) <= day) next++;
    return steps[next]?.price ?? UNITY;
  });
}

/** Equal neighbours are turned into a double once. */
function doublesOf(ratios: readonly Ratio[]): Float64Array {
  const doubles = new Float64Array(ratios.length);
  let [last, value] = [UNITY, 1];
  for (let i = 0; i < ratios.length; i++) {
    const ratio = ratios[i] ?? UNITY;
    if (ratio !== last) [last, value] = [ratio, doubleOf(ratio)];
    doubles[i] = value;
  }
  return doubles;
}
