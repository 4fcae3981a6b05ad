/**
 * Levels of confidence, and how many observations their tail needs.
 *
 * @module
 */

/** 1 - 0.95 is not 0.05 in doubles; to this many parts of one, it is. */
const PARTS = 1e15;

/**
 * The share of the worst outcomes, `a = 1 - confidence`, without the rounding of that difference.
 *
 * @param confidence Between 0 and 1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(tailShare(0.95), 0.05);
 * ```
 */
export function tailShare(confidence: number): number {
  const share = 1 - confidence;
  return Math.round(share * PARTS) / PARTS || share;
}

/**
 * The fewest observations of which one is to be expected in the tail, `1/a`.
 *
 * @param confidence Between 0 and 1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([0.95, 0.975, 0.99].map(fewestForTail), [20, 40, 100]);
 * ```
 */
export const fewestForTail = (confidence: number): number =>
  Math.ceil(Number((1 / tailShare(confidence)).toPrecision(12)));

/** A tail of fewer observations than this is told with a warning: one year, as the Basel Committee asks for. */
export const FEW_OBSERVATIONS = 250;
