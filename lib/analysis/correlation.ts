/**
 * Pearson's correlation, of two series and of many.
 *
 * @module
 */
import { comomentsOf, correlationOf } from "./comoments.ts";
import { known, type Metric, missing } from "./metric.ts";

/**
 * Pearson's correlation on common dates.
 *
 * @param first One return a date.
 * @param second Those of the same dates.
 * @returns -1 to 1, from 2 observations on; none where one of the two does not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = correlation(Float64Array.of(0.02, 0.04, 0.06), Float64Array.of(0.03, 0.02, 0.01));
 * assert.ok(value !== null && Math.abs(value + 1) < 1e-15);
 * ```
 */
export function correlation(first: Float64Array, second: Float64Array): Metric {
  if (first.length < 2) return missing("too_few_observations");
  const value = correlationOf(comomentsOf(first, second));
  return Number.isNaN(value) ? missing("zero_variance") : known(value);
}
