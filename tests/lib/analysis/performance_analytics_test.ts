/**
 * Expected numbers of braverock/PerformanceAnalytics at commit c079aea, tests/testthat/test-VaR_archive_baseline.R, on the
 * first 100 months of its `edhec` data. Its losses are negative; ours are positive.
 *
 * @module
 */
import assert from "node:assert/strict";
import { historicalEs } from "../../../lib/analysis/expected_shortfall.ts";
import { riskContributions, varContributions } from "../../../lib/analysis/risk_contribution.ts";
import { gaussianVar } from "../../../lib/analysis/value_at_risk.ts";
import { convertibleArbitrage, ctaGlobal, distressed } from "./edhec.ts";
import { assertNear, series } from "./metric_assertions.ts";

/** Six places after the point. */
const TOLERANCE = 6e-7;

Deno.test("PerformanceAnalytics: VaR, gaussian, of one asset with ddof 0", () => {
  assertNear(gaussianVar(convertibleArbitrage, 0.95, { ddof: 0 }), 0.012133, TOLERANCE);
  assertNear(gaussianVar(convertibleArbitrage, 0.95), 0.012232, TOLERANCE);
});

Deno.test("PerformanceAnalytics: ES, historical", () => {
  assertNear(historicalEs(convertibleArbitrage, 0.95), 0.02408, TOLERANCE);
});

Deno.test("PerformanceAnalytics: VaR, gaussian, component", () => {
  const weights = series(0.3, 0.4, 0.3);
  const split = riskContributions([convertibleArbitrage, ctaGlobal, distressed], weights);
  assert.ok("components" in split);
  const { total, components } = varContributions(split, weights, 0.95);
  assert.ok(Math.abs(total - 0.012916) <= TOLERANCE, String(total));
  assert.ok(Math.abs(components.reduce((sum, part) => sum + part) - total) < 1e-16);
  // Computed with numpy from the whole covariance matrix.
  for (const [i, expected] of [0.0004723555914517085, 0.011889028651442627, 0.0005542559757534062].entries()) {
    assert.ok(Math.abs((components[i] ?? NaN) - expected) < 1e-14, `${i}: ${components[i]}`);
  }
});
