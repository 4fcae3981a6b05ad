/**
 * Returns against those of a benchmark on the same dates.
 *
 * @module
 */
import { comomentsOf } from "./comoments.ts";
import { known, mapMetric, type Metric, missing, quotientOf } from "./metric.ts";
import { momentsOf, reachOf } from "./moments.ts";
import type { ExcessOptions } from "./performance_ratios.ts";
import { cagr, TRADING_DAYS } from "./returns.ts";

/**
 * `cov(r, b) / var(b)`; after empyrical's `beta`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param benchmark As many returns, of the same dates.
 * @returns From 2 observations on; none where the benchmark does not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(beta(Float64Array.of(2, 4, 6), Float64Array.of(1, 2, 3)), { value: 2 });
 * ```
 */
export function beta(returns: Float64Array, benchmark: Float64Array): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const { cross, second, unit } = comomentsOf(returns, benchmark);
  return mapMetric(quotientOf(known(cross), known(second), "zero_variance"), (slope) => slope * unit);
}

/**
 * Arithmetic alpha a year, `(mean(r - rf) - beta * mean(b - rf)) * n`; quantstats' `greeks`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param benchmark As many returns, of the same dates.
 * @returns From 2 observations on; none where the benchmark does not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = alphaArithmetic(Float64Array.of(0.03, 0.05), Float64Array.of(0.01, 0.02), { periodsPerYear: 2 });
 * assert.ok(value !== null && Math.abs(value - 0.02) < 1e-15);
 * ```
 */
export function alphaArithmetic(
  returns: Float64Array,
  benchmark: Float64Array,
  { riskFree = 0, periodsPerYear = TRADING_DAYS }: ExcessOptions = {},
): Metric {
  return mapMetric(periodicAlpha(returns, benchmark, riskFree), (alpha) => alpha * periodsPerYear);
}

/**
 * Geometric alpha a year, `(1 + mean(r - rf - beta (b - rf)))^n - 1`; empyrical's `alpha`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param benchmark As many returns, of the same dates.
 * @returns From 2 observations on; none where the benchmark does not vary, or a period's alpha is below -1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = alphaGeometric(Float64Array.of(0.03, 0.05), Float64Array.of(0.01, 0.02), { periodsPerYear: 2 });
 * assert.ok(value !== null && Math.abs(value - 0.0201) < 1e-15);
 * ```
 */
export function alphaGeometric(
  returns: Float64Array,
  benchmark: Float64Array,
  { riskFree = 0, periodsPerYear = TRADING_DAYS }: ExcessOptions = {},
): Metric {
  const alpha = periodicAlpha(returns, benchmark, riskFree);
  if (alpha.value !== null && alpha.value < -1) return missing("value_not_positive");
  return mapMetric(alpha, (value) => Math.expm1(Math.log1p(value) * periodsPerYear));
}

/**
 * Tracking error a year, `std(r - b, ddof 1) * sqrt(n)`; PerformanceAnalytics' `TrackingError`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param benchmark As many returns, of the same dates.
 * @returns A fraction, from 2 observations on; 0 where the difference is always the same.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = trackingError(Float64Array.of(0.02, 0.05), Float64Array.of(0.01, 0.02), 2);
 * assert.ok(value !== null && Math.abs(value - 0.02) < 1e-16);
 * ```
 */
export const trackingError = (
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear = TRADING_DAYS,
): Metric =>
  returns.length < 2
    ? missing("too_few_observations")
    : known(activeMoments(returns, benchmark).deviation * Math.sqrt(periodsPerYear));

/**
 * Information ratio a year, `mean(r - b) * n / tracking error`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param benchmark As many returns, of the same dates.
 * @returns From 2 observations on; none where the difference is always the same.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = informationRatio(Float64Array.of(0.02, 0.05), Float64Array.of(0.01, 0.02), 2);
 * assert.ok(value !== null && Math.abs(value - 2) < 1e-14);
 * ```
 */
export function informationRatio(
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear = TRADING_DAYS,
): Metric {
  if (returns.length < 2) return missing("too_few_observations");
  const { mean } = activeMoments(returns, benchmark);
  return quotientOf(known(mean * periodsPerYear), trackingError(returns, benchmark, periodsPerYear), "zero_variance");
}

/**
 * CAGR over the benchmark's CAGR, on the periods when the benchmark rose; after empyrical's `up_capture`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param benchmark As many returns, of the same dates.
 * @returns 1 for as much as the benchmark; none where it never rose.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = upCapture(Float64Array.of(0.5, 0.7), Float64Array.of(0.25, -0.1), 1);
 * assert.ok(value !== null && Math.abs(value - 2) < 1e-15);
 * ```
 */
export const upCapture = (returns: Float64Array, benchmark: Float64Array, periodsPerYear = TRADING_DAYS): Metric =>
  capture(returns, benchmark, periodsPerYear, 1);

/**
 * CAGR over the benchmark's CAGR, on the periods when the benchmark fell; after empyrical's `down_capture`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param benchmark As many returns, of the same dates.
 * @returns 1 for as much as the benchmark; none where it never fell.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = downCapture(Float64Array.of(0.5, -0.25), Float64Array.of(0.25, -0.5), 1);
 * assert.ok(value !== null && Math.abs(value - 0.5) < 1e-15);
 * ```
 */
export const downCapture = (returns: Float64Array, benchmark: Float64Array, periodsPerYear = TRADING_DAYS): Metric =>
  capture(returns, benchmark, periodsPerYear, -1);

/** `mean(r - rf - beta (b - rf))`. */
function periodicAlpha(returns: Float64Array, benchmark: Float64Array, riskFree: number): Metric {
  const [mean, benchmarkMean] = [momentsOf(returns).mean, momentsOf(benchmark).mean];
  return mapMetric(beta(returns, benchmark), (slope) => mean - riskFree - slope * (benchmarkMean - riskFree));
}

function activeMoments(returns: Float64Array, benchmark: Float64Array) {
  const active = returns.map((r, i) => r - (benchmark[i] as number));
  return momentsOf(active, Math.max(reachOf(returns), reachOf(benchmark)));
}

function capture(returns: Float64Array, benchmark: Float64Array, periodsPerYear: number, sign: 1 | -1): Metric {
  if (returns.length === 0) return missing("too_few_observations");
  const isOnSide = (_: number, i: number) => Math.sign(benchmark[i] as number) === sign;
  const captured = cagr(returns.filter(isOnSide), periodsPerYear);
  const whole = cagr(benchmark.filter(isOnSide), periodsPerYear);
  if (!benchmark.some((_, i) => isOnSide(_, i))) return missing(sign === 1 ? "no_up_periods" : "no_down_periods");
  return quotientOf(captured, whole, "zero_denominator");
}
