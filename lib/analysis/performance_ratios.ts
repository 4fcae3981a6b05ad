/**
 * Return for risk taken: Sharpe, Sortino, Calmar, omega, the tail ratio, stability.
 *
 * @module
 */
import { comomentsOf, correlationOf } from "./comoments.ts";
import { maxDrawdown } from "./drawdown.ts";
import { known, mapMetric, type Metric, missing, quotientOf } from "./metric.ts";
import { isRounding, momentsOf, reachOf } from "./moments.ts";
import { quantileOfSorted, sorted } from "./quantile.ts";
import { cagr, meanReturn, TRADING_DAYS } from "./returns.ts";
import { downsideDeviation, type DownsideOptions } from "./volatility.ts";

/** What a period earns without risk, and how many periods make a year. */
export interface ExcessOptions {
  /** A period; 0 by default. See `periodicRate` for a yearly one. */
  readonly riskFree?: number;
  /** 252 by default. */
  readonly periodsPerYear?: number;
}

/**
 * Annual Sharpe ratio, `mean(r - rf) / std(r - rf, ddof 1) * sqrt(n)`; after empyrical's `sharpe_ratio`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns From 2 observations on; none where the returns do not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = sharpe(Float64Array.of(0.01, 0.03), { periodsPerYear: 2 });
 * assert.ok(value !== null && Math.abs(value - 2) < 1e-14);
 * assert.deepEqual(sharpe(Float64Array.of(0.1, 0.1, 0.1)), { value: null, reason: "zero_variance" });
 * ```
 */
export function sharpe(
  returns: Float64Array,
  { riskFree = 0, periodsPerYear = TRADING_DAYS }: ExcessOptions = {},
): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const { mean, deviation } = momentsOf(returns, Math.abs(riskFree));
  const annual = Math.sqrt(periodsPerYear);
  return mapMetric(quotientOf(known(mean - riskFree), known(deviation), "zero_variance"), (ratio) => ratio * annual);
}

/**
 * Annual Sortino ratio, `mean(r - MAR) * n / downside deviation (annual)`; after empyrical's `sortino_ratio`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns From 2 observations on; none where nothing fell below the acceptable return.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = sortino(Float64Array.of(0.5, -0.2), { periodsPerYear: 2 });
 * assert.ok(value !== null && Math.abs(value - 1.5) < 1e-14);
 * ```
 */
export function sortino(returns: Float64Array, options: DownsideOptions = {}): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const { minimumAcceptableReturn = 0, periodsPerYear = TRADING_DAYS } = options;
  const excess = mapMetric(meanReturn(returns), (mean) => (mean - minimumAcceptableReturn) * periodsPerYear);
  return quotientOf(excess, downsideDeviation(returns, options), "no_downside");
}

/**
 * Calmar ratio, `CAGR / max drawdown`; after empyrical's `calmar_ratio`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns From 1 observation on; none without a drawdown.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = calmar(Float64Array.of(-0.5, 1.5), 2);
 * assert.ok(value !== null && Math.abs(value - 0.5) < 1e-14);
 * ```
 */
export const calmar = (returns: Float64Array, periodsPerYear = TRADING_DAYS): Metric =>
  quotientOf(cagr(returns, periodsPerYear), maxDrawdown(returns), "no_drawdown");

/**
 * Omega ratio, `sum(max(r - L, 0)) / sum(max(L - r, 0))`; after empyrical's `omega_ratio`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param requiredReturn `L`, a period.
 * @returns From 2 observations on; none where nothing fell below the required return.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(omega(Float64Array.of(0.75, -0.25)), { value: 3 });
 * ```
 */
export function omega(returns: Float64Array, requiredReturn = 0): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const reach = Math.max(reachOf(returns), Math.abs(requiredReturn));
  let [gains, losses] = [0, 0];
  for (const r of returns) {
    const excess = r - requiredReturn;
    if (isRounding(Math.abs(excess), reach)) continue;
    if (excess > 0) gains += excess;
    else losses -= excess;
  }
  return quotientOf(known(gains), known(losses), "no_downside");
}

/**
 * Tail ratio, `abs(q95) / abs(q5)`, quantiles of type 7; after empyrical's `tail_ratio`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns From 2 observations on.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = tailRatio(Float64Array.of(-0.1, 0, 0.1, 0.2));
 * assert.ok(value !== null && Math.abs(value - 0.185 / 0.085) < 1e-14);
 * ```
 */
export function tailRatio(returns: Float64Array): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const rising = sorted(returns);
  const [high, low] = [quantileOfSorted(rising, 0.95), quantileOfSorted(rising, 0.05)];
  return quotientOf(known(Math.abs(high)), known(Math.abs(low)), "zero_denominator");
}

/**
 * Stability: R^2 of a straight line through the cumulative log returns; after empyrical's `stability_of_timeseries`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns 0 to 1, from 2 observations on; none where a return is -1 or below, or nothing ever changed.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = stability(Float64Array.of(0.1, 0.1, 0.1));
 * assert.ok(value !== null && Math.abs(value - 1) < 1e-12);
 * ```
 */
export function stability(returns: Float64Array): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  if (returns.some((r) => r <= -1)) return missing("value_not_positive");
  let sum = 0;
  const path = returns.map((r) => sum += Math.log1p(r));
  const along = correlationOf(comomentsOf(path, path.map((_, i) => i)));
  return Number.isNaN(along) ? missing("zero_variance") : known(along * along);
}
