/**
 * Splits and dividends: facts of their own, beside bars that are never changed for them.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { type Decimal, decimal, ONE, rounded } from "../analysis/decimal.ts";
import type { Change } from "../store/change.ts";

const splitSchema = z.object({
  v: z.literal(1),
  executionDate: z.string(),
  /** `splitFrom` old shares became `splitTo` new ones; plain decimals. */
  splitFrom: z.string(),
  splitTo: z.string(),
  source: z.string(),
  recordedAt: z.string(),
});

const dividendSchema = z.object({
  v: z.literal(1),
  exDividendDate: z.string(),
  /** A share, in the asset's currency; plain decimal. */
  cashAmount: z.string(),
  source: z.string(),
  recordedAt: z.string(),
});

export type Split = Omit<z.infer<typeof splitSchema>, "v">;
export type Dividend = Omit<z.infer<typeof dividendSchema>, "v">;

/** By rising date. */
export function splitsOf(ctx: Context, assetNo: number): Promise<readonly Split[]> {
  return ctx.store.cachedAll(["splits", assetNo], (entries) => entries.map(({ value }) => splitSchema.parse(value)));
}

/** By rising date. */
export function dividendsOf(ctx: Context, assetNo: number): Promise<readonly Dividend[]> {
  return ctx.store.cachedAll(
    ["dividends", assetNo],
    (entries) => entries.map(({ value }) => dividendSchema.parse(value)),
  );
}

/** Stages a split in the place of what was known for its date. */
export const setSplit = (change: Change, assetNo: number, split: Split): Change =>
  change.set(["splits", assetNo, split.executionDate], { v: 1, ...split });

/** Stages a dividend in the place of what was known for its date. */
export const setDividend = (change: Change, assetNo: number, dividend: Dividend): Change =>
  change.set(["dividends", assetNo, dividend.exDividendDate], { v: 1, ...dividend });

/** New shares for one old one, by the splits executed after a day and up to another: 4 for a split of 4 for 1. */
export function splitFactor(splits: readonly Split[], after: string, upTo: string): Decimal {
  return splits
    .filter(({ executionDate }) => executionDate > after && executionDate <= upTo)
    .reduce((factor, { splitFrom, splitTo }) => factor.times(splitTo).div(splitFrom), ONE);
}

/** A price in today's shares, rounded half-even to 8 places where there was a split at all. */
export const adjustedForSplits = (rawClose: number, factor: Decimal): Decimal =>
  factor.eq(ONE) ? decimal(rawClose) : rounded(decimal(rawClose).div(factor));
