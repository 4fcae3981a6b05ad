/**
 * Every metric of a series of returns at once, each by the function of its own name.
 *
 * @module
 */
import {
  alphaArithmetic,
  alphaGeometric,
  beta,
  downCapture,
  informationRatio,
  trackingError,
  upCapture,
} from "./benchmark.ts";
import { FEW_OBSERVATIONS } from "./confidence.ts";
import { correlation } from "./correlation.ts";
import { maxDrawdown } from "./drawdown.ts";
import { gaussianEs, historicalEs } from "./expected_shortfall.ts";
import type { Metric } from "./metric.ts";
import { excessKurtosis, skewness } from "./moments.ts";
import { calmar, omega, sharpe, sortino, stability, tailRatio } from "./performance_ratios.ts";
import { cagr, meanReturn, totalReturn } from "./returns.ts";
import { cornishFisherVar, ewmaVar, gaussianVar, historicalVar, isCornishFisherMonotone } from "./value_at_risk.ts";
import { downsideDeviation, volatility } from "./volatility.ts";

/** The names of the metrics of a series, as they are told. */
export const METRIC_NAMES = [
  "mean",
  "total_return",
  "cagr",
  "volatility",
  "downside_deviation",
  "sharpe",
  "sortino",
  "calmar",
  "omega",
  "max_drawdown",
  "tail_ratio",
  "stability",
  "skewness",
  "excess_kurtosis",
  "var_historical",
  "var_gaussian",
  "var_cornish_fisher",
  "var_ewma",
  "es_historical",
  "es_gaussian",
] as const;

/** The names of the metrics against a benchmark. */
export const BENCHMARK_METRIC_NAMES = [
  "beta",
  "alpha_arithmetic",
  "alpha_geometric",
  "tracking_error",
  "information_ratio",
  "correlation",
  "up_capture",
  "down_capture",
] as const;

/** A metric of a series. */
export type MetricName = typeof METRIC_NAMES[number];

/** A metric against a benchmark. */
export type BenchmarkMetricName = typeof BENCHMARK_METRIC_NAMES[number];

/** What the metrics are told by. */
export interface MetricsOptions {
  /** 252 for daily returns. */
  readonly periodsPerYear: number;
  /** A period. See `periodicRate` for a yearly one. */
  readonly riskFree: number;
  /** A period: below it is loss, for Sortino and the downside deviation. */
  readonly minimumAcceptableReturn: number;
  /** A period: below it is loss, for omega. */
  readonly requiredReturn: number;
  /** Of value at risk and expected shortfall; between 0 and 1. */
  readonly confidence: number;
}

/**
 * The metrics of a series.
 *
 * @param returns Simple returns, one a period; finite.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { max_drawdown, var_historical } = metricsOf(Float64Array.of(0.25, -0.5), {
 *   ...{ periodsPerYear: 252, riskFree: 0, minimumAcceptableReturn: 0, requiredReturn: 0, confidence: 0.95 },
 * });
 * assert.deepEqual(max_drawdown, { value: 0.5 });
 * assert.deepEqual(var_historical, { value: null, reason: "too_few_observations" });
 * ```
 */
export function metricsOf(returns: Float64Array, options: MetricsOptions): Record<MetricName, Metric> {
  const { periodsPerYear, riskFree, minimumAcceptableReturn, requiredReturn, confidence } = options;
  const downside = { minimumAcceptableReturn, periodsPerYear };
  return {
    mean: meanReturn(returns),
    total_return: totalReturn(returns),
    cagr: cagr(returns, periodsPerYear),
    volatility: volatility(returns, periodsPerYear),
    downside_deviation: downsideDeviation(returns, downside),
    sharpe: sharpe(returns, { riskFree, periodsPerYear }),
    sortino: sortino(returns, downside),
    calmar: calmar(returns, periodsPerYear),
    omega: omega(returns, requiredReturn),
    max_drawdown: maxDrawdown(returns),
    tail_ratio: tailRatio(returns),
    stability: stability(returns),
    skewness: skewness(returns),
    excess_kurtosis: excessKurtosis(returns),
    var_historical: historicalVar(returns, confidence),
    var_gaussian: gaussianVar(returns, confidence),
    var_cornish_fisher: cornishFisherVar(returns, confidence),
    var_ewma: ewmaVar(returns, confidence),
    es_historical: historicalEs(returns, confidence),
    es_gaussian: gaussianEs(returns, confidence),
  };
}

/**
 * The metrics of a series against a benchmark.
 *
 * @param returns Simple returns, one a period; finite.
 * @param benchmark As many, of the same periods.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const [returns, benchmark] = [Float64Array.of(2, 4, 6), Float64Array.of(1, 2, 3)];
 * assert.deepEqual(benchmarkMetricsOf(returns, benchmark, { periodsPerYear: 252, riskFree: 0 }).beta, { value: 2 });
 * ```
 */
export function benchmarkMetricsOf(
  returns: Float64Array,
  benchmark: Float64Array,
  { periodsPerYear, riskFree }: Pick<MetricsOptions, "periodsPerYear" | "riskFree">,
): Record<BenchmarkMetricName, Metric> {
  return {
    beta: beta(returns, benchmark),
    alpha_arithmetic: alphaArithmetic(returns, benchmark, { riskFree, periodsPerYear }),
    alpha_geometric: alphaGeometric(returns, benchmark, { riskFree, periodsPerYear }),
    tracking_error: trackingError(returns, benchmark, periodsPerYear),
    information_ratio: informationRatio(returns, benchmark, periodsPerYear),
    correlation: correlation(returns, benchmark),
    up_capture: upCapture(returns, benchmark, periodsPerYear),
    down_capture: downCapture(returns, benchmark, periodsPerYear),
  };
}

/** What a reader of tail metrics should know. */
export type TailWarning =
  /** The tail is told by fewer than 250 observations. */
  | "few_observations"
  /** The Cornish-Fisher expansion is no distribution's quantile at this level. */
  | "not_monotone";

/**
 * What a reader of value at risk and expected shortfall at a level should know.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param confidence Between 0 and 1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(tailWarnings(Float64Array.of(0.01, -0.02), 0.95), ["few_observations"]);
 * ```
 */
export function tailWarnings(returns: Float64Array, confidence: number): TailWarning[] {
  const [skew, kurtosis] = [skewness(returns).value, excessKurtosis(returns).value];
  const isMonotone = skew === null || kurtosis === null || isCornishFisherMonotone(skew, kurtosis, confidence);
  return [
    ...(returns.length < FEW_OBSERVATIONS ? ["few_observations" as const] : []),
    ...(isMonotone ? [] : ["not_monotone" as const]),
  ];
}
