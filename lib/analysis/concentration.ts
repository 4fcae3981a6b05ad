/**
 * How concentrated a portfolio is.
 *
 * @module
 */
import { known, mapMetric, type Metric, missing } from "./metric.ts";
import { reachOf, scaleOf } from "./moments.ts";

/**
 * The Herfindahl-Hirschman index, `sum w^2` with `w = abs(value) / gross`: by asset, or by sector.
 *
 * @param values Money or weights, negative for what is short; any unit.
 * @returns `1/n` where all of `n` are alike, to 1 where all is in one; none where there is nothing.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(herfindahl(Float64Array.of(300, -100)), { value: 0.625 });
 * ```
 */
export function herfindahl(values: Float64Array): Metric {
  const scale = scaleOf(reachOf(values));
  let gross = 0;
  for (const value of values) gross += Math.abs(value) / scale;
  if (gross === 0) return missing("zero_denominator");
  let squares = 0;
  for (const value of values) squares += (value / scale / gross) ** 2;
  return known(squares);
}

/**
 * The effective number, `1 / HHI`: how many holdings of one size would be as concentrated.
 *
 * @param values Money or weights, negative for what is short; any unit.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(effectiveNumber(Float64Array.of(300, -100)), { value: 1.6 });
 * ```
 */
export const effectiveNumber = (values: Float64Array): Metric => mapMetric(herfindahl(values), (index) => 1 / index);
