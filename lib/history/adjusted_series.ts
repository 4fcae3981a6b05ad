/**
 * An asset's bars, adjusted while they are read for what happened to its shares since. What is stored stays as it was traded.
 *
 * @module
 */
import { type Adjustment, adjustmentsOn, backAdjustment, type LeftOutDividend } from "../analysis/adjustment.ts";
import { type Ratio, scaled } from "../analysis/ratio.ts";
import type { Context } from "../context.ts";
import { dayIn, dayOf } from "../day.ts";
import type { Bar } from "./bar.ts";
import { dividendsOf, splitsOf } from "./corporate_actions.ts";
import { type Range, readSeries, spanOf } from "./read.ts";

/** For splits alone, so that past and present prices count in the same shares; or for all that a holder got. */
export const ADJUSTMENT_KINDS = ["splits", "total"] as const;
export type AdjustmentKind = typeof ADJUSTMENT_KINDS[number];

/** A bar in today's shares, as plain decimals. */
export interface AdjustedBar {
  readonly date: string;
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly close: string;
  readonly volume: string | null;
  readonly vwap: string | null;
  readonly preMarket: string | null;
  readonly afterHours: string | null;
  readonly source: string;
}

export interface AdjustedSeries {
  /** By rising date. */
  readonly bars: readonly AdjustedBar[];
  /** Dividends after `from` that the bars are not adjusted for. */
  readonly leftOut: readonly LeftOutDividend[];
}

/** By what took effect up to today, in the market's zone. */
export async function readAdjustedSeries(
  ctx: Context,
  assetNo: number,
  { from, to }: Range,
  kind: AdjustmentKind,
): Promise<AdjustedSeries> {
  const splits = await splitsOf(ctx, assetNo);
  const dividends = kind === "splits" ? [] : await dividendsOf(ctx, assetNo);
  // A dividend adjusts the bars before it by a close that may lie behind the end of the range.
  const closes = await readSeries(ctx, assetNo, dividends.length === 0 ? { from, to } : { from });
  const since = dividends.filter(({ exDividendDate }) => from === undefined || exDividendDate > from);
  const today = dayIn(ctx.marketTimeZone, ctx.now());
  const { adjustments, leftOut } = backAdjustment({ splits, dividends: since, closes }, today);
  const bars = to === undefined ? closes : closes.filter(({ date }) => date <= to);
  const each = adjustmentsOn(bars.map(({ date }) => date), adjustments);
  return {
    bars: bars.map((bar, i) => adjusted(bar, each[i])),
    leftOut: leftOut.filter(await isFaultOf(ctx, assetNo)),
  };
}

/** A range without a session before an ex-dividend date has nothing to adjust: a fault only where history has none either. */
async function isFaultOf(ctx: Context, assetNo: number): Promise<(dividend: LeftOutDividend) => boolean> {
  const span = await spanOf(ctx, assetNo);
  const first = span && dayOf(span.firstDay);
  return ({ exDividendDate, reason }) =>
    first !== undefined && (reason !== "no_earlier_close" || exDividendDate <= first);
}

function adjusted(bar: Bar, adjustment: Adjustment | undefined): AdjustedBar {
  if (adjustment === undefined) throw new Error(`The bar of ${bar.date} has no adjustment`);
  const { price, volume } = adjustment;
  return {
    date: bar.date,
    open: times(bar.open, price),
    high: times(bar.high, price),
    low: times(bar.low, price),
    close: scaled(bar.close, price),
    volume: times(bar.volume, volume),
    vwap: times(bar.vwap, price),
    preMarket: times(bar.preMarket, price),
    afterHours: times(bar.afterHours, price),
    source: bar.source,
  };
}

const times = (value: number | null, by: Ratio): string | null => value === null ? null : scaled(value, by);
