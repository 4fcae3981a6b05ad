/**
 * Value at risk: the loss of one period that is exceeded with a probability of `a = 1 - confidence`, by four methods. A
 * positive number is a loss, as a fraction of value; a negative one says that even the bad case is a gain.
 *
 * @module
 */
import { fewestForTail, tailShare } from "./confidence.ts";
import { known, mapMetric, type Metric, missing } from "./metric.ts";
import { momentsOf } from "./moments.ts";
import { normalQuantile } from "./normal.ts";
import { quantile } from "./quantile.ts";
import { ewmaDeviation } from "./volatility.ts";

/**
 * `-quantile(r, a)`, type 7; after empyrical's `value_at_risk`, and PerformanceAnalytics' `VaR(method = "historical")`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param confidence Between 0 and 1.
 * @returns From `1/a` observations on: 20 at 95 %, 100 at 99 %.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const returns = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 100);
 * const { value } = historicalVar(returns, 0.95);
 * assert.ok(value !== null && Math.abs(value - 0.09) < 1e-16);
 * ```
 */
export const historicalVar = (returns: Float64Array, confidence: number): Metric =>
  returns.length < fewestForTail(confidence)
    ? missing("too_few_observations")
    : known(-quantile(returns, tailShare(confidence)));

/** How a deviation is counted. */
export interface DeviationOptions {
  /** 1 by default; 0 for the population's. */
  readonly ddof?: 0 | 1;
}

/**
 * `-(mean + z * std)`, of the normal distribution; RiskMetrics 1996, and PerformanceAnalytics' `VaR(method = "gaussian")`,
 * whose univariate form has ddof 0.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param confidence Between 0 and 1.
 * @returns From 2 observations on.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = gaussianVar(Float64Array.of(-0.01, 0.01), 0.95, { ddof: 0 });
 * assert.ok(value !== null && Math.abs(value - 0.016448536269514722) < 1e-16);
 * ```
 */
export function gaussianVar(returns: Float64Array, confidence: number, { ddof = 1 }: DeviationOptions = {}): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const { mean, deviation, populationDeviation } = momentsOf(returns);
  return known(-(mean + normalQuantile(tailShare(confidence)) * (ddof === 1 ? deviation : populationDeviation)));
}

/**
 * `-(mean + zc * std)`, with the normal quantile expanded by skewness `S` and excess kurtosis `K`:
 * `zc = z + (z^2 - 1)S/6 + (z^3 - 3z)K/24 - (2z^3 - 5z)S^2/36`. Zangari, A VaR methodology for portfolios that include
 * options (RiskMetrics Monitor, 1996); PerformanceAnalytics' `VaR(method = "modified")`. See {@link isCornishFisherMonotone}.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param confidence Between 0 and 1.
 * @returns From 2 observations on; none where the returns do not vary, for they have no skewness then.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * // Without skewness, with an excess kurtosis of -2.
 * const { value } = cornishFisherVar(Float64Array.of(-0.01, 0.01), 0.95, { ddof: 0 });
 * const z = -1.6448536269514722;
 * assert.ok(value !== null && Math.abs(value + 0.01 * (z - (z ** 3 - 3 * z) / 12)) < 1e-16);
 * ```
 */
export function cornishFisherVar(
  returns: Float64Array,
  confidence: number,
  { ddof = 1 }: DeviationOptions = {},
): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const { mean, deviation, populationDeviation, skewness, excessKurtosis } = momentsOf(returns);
  if (deviation === 0) return missing("zero_variance");
  const z = normalQuantile(tailShare(confidence));
  const expanded = z + (z ** 2 - 1) * skewness / 6 + (z ** 3 - 3 * z) * excessKurtosis / 24 -
    (2 * z ** 3 - 5 * z) * skewness ** 2 / 36;
  return known(-(mean + expanded * (ddof === 1 ? deviation : populationDeviation)));
}

/**
 * Whether the Cornish-Fisher expansion rises all the way between the two levels `a` and `1 - a`. Where it does not, it is
 * no distribution's quantile: a higher confidence would have a lower value at risk (Maillard, A user's guide to the
 * Cornish Fisher expansion, 2012).
 *
 * @param skewness Of the population.
 * @param excessKurtosis Of the population.
 * @param confidence Between 0 and 1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(isCornishFisherMonotone(0, 0, 0.99), true);
 * assert.equal(isCornishFisherMonotone(-3, 1, 0.99), false);
 * ```
 */
export function isCornishFisherMonotone(skewness: number, excessKurtosis: number, confidence: number): boolean {
  // The derivative by z, as square * z^2 + linear * z + constant.
  const square = excessKurtosis / 8 - skewness ** 2 / 6;
  const linear = skewness / 3;
  const constant = 1 - excessKurtosis / 8 + 5 * skewness ** 2 / 36;
  const edge = Math.abs(normalQuantile(tailShare(confidence)));
  const lowest = square > 0 ? Math.min(edge, Math.max(-edge, -linear / (2 * square))) : 0;
  return [-edge, lowest, edge].every((z) => (square * z + linear) * z + constant >= 0);
}

/**
 * `-z * s`, with `s` the exponentially weighted deviation that is expected of the next period, and a mean of zero;
 * RiskMetrics 1996.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param confidence Between 0 and 1.
 * @returns From 1 observation on.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = ewmaVar(Float64Array.of(0.01, -0.01), 0.95);
 * assert.ok(value !== null && Math.abs(value - 0.016448536269514722) < 1e-16);
 * ```
 */
export const ewmaVar = (returns: Float64Array, confidence: number): Metric =>
  mapMetric(ewmaDeviation(returns), (deviation) => -normalQuantile(tailShare(confidence)) * deviation);

/**
 * A loss of one day as one of several, by `sqrt(h)`: right only for independent returns of mean zero, so an answer that
 * uses it says `scaled: "sqrt_time"`; RiskMetrics 1996.
 *
 * @param horizonDays 1 or above.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(overHorizon({ value: 0.02 }, 4), { value: 0.04 });
 * ```
 */
export const overHorizon = (dayLoss: Metric, horizonDays: number): Metric =>
  mapMetric(dayLoss, (loss) => loss * Math.sqrt(horizonDays));
