/**
 * Quantiles by linear interpolation between order statistics: type 7 of Hyndman and Fan (1996), the default of R and numpy.
 *
 * @module
 */

/**
 * A copy by rising value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(sorted(Float64Array.of(3, 1, 2)), Float64Array.of(1, 2, 3));
 * ```
 */
export const sorted = (values: Float64Array): Float64Array => values.toSorted();

/** Places nearer than this to an order statistic are meant to be it: 28.999999999999996 of 100 at 0.29. */
const PLACE_ROUNDING = 1e-12;

/**
 * The value below which a share of the values lies.
 *
 * @param rising Finite, by rising value, at least one.
 * @param share From 0 to 1.
 * @returns Never outside the values; NaN of none.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(quantileOfSorted(Float64Array.of(1, 2, 3, 5), 0.5), 2.5);
 * ```
 */
export function quantileOfSorted(rising: Float64Array, share: number): number {
  const exact = share * (rising.length - 1);
  const nearest = Math.round(exact);
  const place = Math.abs(exact - nearest) <= PLACE_ROUNDING * Math.max(1, exact) ? nearest : exact;
  const below = Math.floor(place);
  const [low, high] = [rising[below] ?? NaN, rising[Math.ceil(place)] ?? NaN];
  // Two products, as the difference may be beyond what a double holds.
  const between = low * (1 - (place - below)) + high * (place - below);
  return Math.min(Math.max(between, low), high);
}

/**
 * The same of values in any order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(quantile(Float64Array.of(5, 1, 3, 2), 0.5), 2.5);
 * ```
 */
export const quantile = (values: Float64Array, share: number): number => quantileOfSorted(sorted(values), share);
