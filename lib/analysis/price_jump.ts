/**
 * Whether prices and splits bear each other out: a split without its jump, a jump without its split. Heuristics of this
 * project, without a source: a price alone cannot prove a split, so that a doubt is a reason to look, never a proof.
 *
 * @module
 */
import { type SplitFact, splitFactor } from "./adjustment.ts";
import { quotient } from "./ratio.ts";

/** Raw prices around a split's execution date; `null` for what is not known. */
export interface PricesAround {
  /** The close of the last session before the date. */
  readonly closeBefore: number | null;
  /** The open of the first session on or after the date: nearer to the split than its close. */
  readonly openOn: number | null;
  /** Used where the open is not known. */
  readonly closeOn: number | null;
}

/** Why a split is doubtful. */
export type SplitDoubt =
  /** Prices go on as before: nothing happened on that date, or the prices before it are adjusted already. */
  | "no_jump"
  /** Prices jump by as much the other way: old and new shares were taken for one another. */
  | "reversed_ratio"
  /** Prices jump, but not by this ratio. */
  | "other_ratio"
  /** There is no price before the date, or none from it on. */
  | "no_prices";

/** What prices say of a split. */
export type SplitVerdict =
  | { readonly verdict: "plausible" }
  | { readonly verdict: "doubtful"; readonly reason: SplitDoubt };

/** A quarter in logarithms: 28 % more or 22 % less than the split alone would have made of the price. */
export const SPLIT_TOLERANCE = 0.25;

/** A tenth in logarithms: the jump of a smaller split drowns in the day's own move. */
const SMALLEST_VISIBLE = 0.1;

/**
 * Whether the jump of prices is that of a split.
 *
 * With `j = ln(before / on)` and `s = ln(splitTo / splitFrom)` a split is plausible where `|j - s| <= tolerance` and `j`
 * is nearer to `s` than to 0. A split below 11 % (most spin-offs) cannot be told from a day without one: there the
 * tolerance alone decides.
 *
 * @param tolerance In natural logarithms.
 * @example A split of 4 for 1, as it was and with its shares the wrong way round
 * ```ts
 * import assert from "node:assert/strict";
 * const prices = { closeBefore: 499.23, openOn: 127.58, closeOn: 129.04 };
 * assert.deepEqual(checkSplit({ splitFrom: "1", splitTo: "4" }, prices), { verdict: "plausible" });
 * assert.deepEqual(checkSplit({ splitFrom: "4", splitTo: "1" }, prices), {
 *   verdict: "doubtful",
 *   reason: "reversed_ratio",
 * });
 * ```
 */
export function checkSplit(
  { splitFrom, splitTo }: Pick<SplitFact, "splitFrom" | "splitTo">,
  { closeBefore, openOn, closeOn }: PricesAround,
  tolerance = SPLIT_TOLERANCE,
): SplitVerdict {
  const priceOn = openOn ?? closeOn;
  if (closeBefore === null || priceOn === null) return { verdict: "doubtful", reason: "no_prices" };
  const jump = Math.log(closeBefore / priceOn);
  const split = Math.log(Number(splitTo) / Number(splitFrom));
  const isVisible = Math.abs(split) >= SMALLEST_VISIBLE;
  const isNearer = Math.abs(jump - split) <= Math.abs(jump);
  if (Math.abs(jump - split) <= tolerance && (isNearer || !isVisible)) return { verdict: "plausible" };
  return { verdict: "doubtful", reason: isVisible ? doubtOf(jump, split, tolerance) : "other_ratio" };
}

function doubtOf(jump: number, split: number, tolerance: number): SplitDoubt {
  const isReversed = Math.abs(jump + split) <= Math.abs(jump) && Math.abs(jump + split) <= tolerance;
  if (isReversed) return "reversed_ratio";
  return Math.abs(jump) <= tolerance ? "no_jump" : "other_ratio";
}

/** A close and the one before it, raw. */
export interface SuccessiveCloses {
  /** Above 0. */
  readonly previousClose: number;
  /** `YYYY-MM-DD`. */
  readonly previousDate: string;
  /** Above 0. */
  readonly close: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

/** Half the price. */
export const JUMP_LIMIT = 0.5;

/**
 * Whether a price moved by more than a share of itself, up or down, without a split that says why: a split that nobody
 * told of, or a wrong price. A fall is bounded by the price and a rise is not, so that the limit is harder on rises: at
 * one half, a split of 2 for 1 that is missing shows only where the day falls too, one of 3 for 1 always, and the like
 * the other way round always. Real moves of that size are rare, but there are some.
 *
 * @param splits Those executed after `previousDate` and up to `date` explain their part of the move.
 * @param limit Share of the close before, above which a change is a jump.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const closes = { previousClose: 499.23, previousDate: "2020-08-28", close: 129.04, date: "2020-08-31" };
 * assert.equal(isUnexplainedJump(closes, []), true);
 * assert.equal(isUnexplainedJump(closes, [{ executionDate: "2020-08-31", splitFrom: "1", splitTo: "4" }]), false);
 * ```
 */
export function isUnexplainedJump(
  { previousClose, previousDate, close, date }: SuccessiveCloses,
  splits: readonly SplitFact[],
  limit = JUMP_LIMIT,
): boolean {
  const factor = quotient(splitFactor(splits, previousDate, date)).toNumber();
  return Math.abs(close * factor / previousClose - 1) > limit;
}
