/**
 * Expected shortfall (conditional value at risk): the mean loss in the worst `a = 1 - confidence` of periods. Positive
 * numbers are losses, as fractions of value.
 *
 * @module
 */
import { fewestForTail, tailShare } from "./confidence.ts";
import { known, type Metric, missing } from "./metric.ts";
import { momentsOf } from "./moments.ts";
import { normalDensity, normalQuantile } from "./normal.ts";
import { quantileOfSorted, sorted } from "./quantile.ts";
import type { DeviationOptions } from "./value_at_risk.ts";

/**
 * `-mean(r where r <= quantile(r, a))`, type 7; PerformanceAnalytics' `ES(method = "historical")`, and empyrical's
 * `conditional_value_at_risk`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param confidence Between 0 and 1.
 * @returns From `1/a` observations on: 40 at 97.5 %.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const returns = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 100);
 * const { value } = historicalEs(returns, 0.95);
 * assert.ok(value !== null && Math.abs(value - 0.095) < 1e-16);
 * ```
 */
export function historicalEs(returns: Float64Array, confidence: number): Metric {
  if (returns.length < fewestForTail(confidence)) return missing("too_few_observations");
  const rising = sorted(returns);
  const limit = quantileOfSorted(rising, tailShare(confidence));
  const beyond = rising.findIndex((r) => r > limit);
  return known(-momentsOf(beyond < 0 ? rising : rising.subarray(0, beyond)).mean);
}

/**
 * `-mean + std * phi(z) / a`, of the normal distribution; PerformanceAnalytics' `ES(method = "gaussian")`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param confidence Between 0 and 1.
 * @returns From 2 observations on.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = gaussianEs(Float64Array.of(-0.01, 0.01), 0.95, { ddof: 0 });
 * assert.ok(value !== null && Math.abs(value - 0.0206271280750743) < 1e-15);
 * ```
 */
export function gaussianEs(returns: Float64Array, confidence: number, { ddof = 1 }: DeviationOptions = {}): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const { mean, deviation, populationDeviation } = momentsOf(returns);
  const share = tailShare(confidence);
  const size = ddof === 1 ? deviation : populationDeviation;
  return known(-mean + size * normalDensity(normalQuantile(share)) / share);
}
