/**
 * Every metric of two of PerformanceAnalytics' series, by numpy 2.4.6 and scipy 1.17.1 from the definitions in
 * docs/metrics.md: two computations that share no code.
 *
 * @module
 */
import assert from "node:assert/strict";
import { benchmarkMetricsOf, metricsOf } from "../../../lib/analysis/metrics.ts";
import { normalQuantile } from "../../../lib/analysis/normal.ts";
import { periodicRate } from "../../../lib/analysis/returns.ts";
import { ctaGlobal, distressed } from "./edhec.ts";
import { assertNear } from "./metric_assertions.ts";

const EXPECTED = {
  mean: 0.006265999999999999,
  total_return: 0.8010445435178137,
  cagr: 0.073156188852465,
  volatility: 0.09440873380244975,
  downside_deviation: 0.056791619100004534,
  sharpe: 0.4829718702484345,
  sortino: 0.9014006082456614,
  calmar: 0.6265081422754598,
  omega: 1.2346970481615742,
  max_drawdown: 0.1167681374207904,
  tail_ratio: 1.2976787127407015,
  stability: 0.9431114685766587,
  skewness: 0.10393108783663513,
  excess_kurtosis: -0.23924842519778444,
  var_historical: 0.03791,
  var_gaussian: 0.03856194255580183,
  var_cornish_fisher: 0.0378828454243968,
  var_ewma: 0.04839770235357391,
  es_historical: 0.048620000000000003,
  es_gaussian: 0.04995004848538148,
  beta: -0.21694064890623843,
  alpha_arithmetic: 0.06499836431299069,
  alpha_geometric: 0.06697011617424975,
  tracking_error: 0.11630003470647492,
  information_ratio: -0.37692164160256664,
  correlation: -0.1303314573404326,
  up_capture: 0.27059740777570707,
  down_capture: -1.1254525267392892,
};

Deno.test("numpy and scipy: every metric, to twelve digits", () => {
  const options = {
    periodsPerYear: 12,
    riskFree: periodicRate(0.03, 12),
    minimumAcceptableReturn: 0.002,
    requiredReturn: 0.004,
    confidence: 0.95,
  };
  const metrics = { ...metricsOf(ctaGlobal, options), ...benchmarkMetricsOf(ctaGlobal, distressed, options) };
  assert.deepEqual(Object.keys(metrics), Object.keys(EXPECTED));
  for (const [name, expected] of Object.entries(EXPECTED)) {
    assertNear(metrics[name as keyof typeof EXPECTED], expected, 1e-12 * Math.max(1, Math.abs(expected)), name);
  }
});

Deno.test("scipy: the normal quantile, far into the tail", () => {
  const expected = { 0.3: -0.5244005127080409, 0.05: -1.6448536269514729, 0.01: -2.3263478740408408 };
  for (const [share, z] of Object.entries(expected)) assert.ok(Math.abs(normalQuantile(Number(share)) - z) < 1e-14);
  assert.ok(Math.abs(normalQuantile(2 ** -40) - -7.047700256664409) < 1e-14);
});
