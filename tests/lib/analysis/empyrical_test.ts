/**
 * Expected numbers of stefan-jansen/empyrical-reloaded, tests/test_stats.py at commit efe6066, by the names of its tests.
 * Its losses are negative; ours are positive. Its `mixed_returns` begins with a NaN, which it leaves out but for the count
 * of days in `annual_return`: there 0 stands first.
 *
 * @module
 */
import assert from "node:assert/strict";
import { alphaGeometric, beta, downCapture, informationRatio, upCapture } from "../../../lib/analysis/benchmark.ts";
import { maxDrawdown } from "../../../lib/analysis/drawdown.ts";
import type { Metric } from "../../../lib/analysis/metric.ts";
import { calmar, omega, sharpe, sortino } from "../../../lib/analysis/performance_ratios.ts";
import { quantile } from "../../../lib/analysis/quantile.ts";
import { cagr, growthOf, periodicRate, totalReturn } from "../../../lib/analysis/returns.ts";
import { rolling } from "../../../lib/analysis/rolling.ts";
import { downsideDeviation, volatility } from "../../../lib/analysis/volatility.ts";
import { assertMissing, assertNear, series, valueOf } from "./metric_assertions.ts";

const [DAILY, WEEKLY, MONTHLY] = [252, 52, 12];
/** numpy's `assert_almost_equal` to eight places, and to four. */
const [EIGHT_PLACES, FOUR_PLACES] = [1.5e-8, 1.5e-4];

const mixed = series(0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1);
const mixedFromNaN = series(0, ...mixed);
const monthly = mixedFromNaN;
const weekly = mixedFromNaN;
const simpleBenchmark = series(0, 0.01, 0, 0.01, 0, 0.01, 0, 0.01, 0);
const positive = series(0.01, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01);
const negative = series(0, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05);
const allNegative = series(-0.02, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05);
const one = series(0.01);
const empty = series();
const flatLine = series(...Array(9).fill(0.01));
const two = series(0.01846232, 0.00793951, -0.01448395, 0.00422537, -0.00339611, 0.03756813, 0.0151531, 0.03549769);

const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - (b[i] ?? NaN));

Deno.test("empyrical: test_cum_returns", () => {
  const expected = [0, 0.01, 0.111, 0.066559, 0.08789, 0.12052, 0.14293, 0.15436, 0.03893];
  const grown = growthOf(mixed);
  assert.equal(grown.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((grown[i] ?? NaN) - 1 - value) <= FOUR_PLACES, `${i}: ${grown[i]}`);
  }
});

Deno.test("empyrical: test_cum_returns_final", () => {
  assertNear(totalReturn(one), 0.01, FOUR_PLACES);
  assertNear(totalReturn(negative), -0.3659, FOUR_PLACES);
});

Deno.test("empyrical: test_max_drawdown, the starting value a peak too", () => {
  assertMissing(maxDrawdown(empty), "too_few_observations");
  assertNear(maxDrawdown(simpleBenchmark), 0, EIGHT_PLACES);
  assertNear(maxDrawdown(positive), 0, EIGHT_PLACES);
  assertNear(maxDrawdown(allNegative), 0.378589157, EIGHT_PLACES);
});

Deno.test("empyrical: test_annual_ret and test_cagr", () => {
  assertNear(cagr(mixedFromNaN, DAILY), 1.9135925373194231, EIGHT_PLACES);
  assertNear(cagr(monthly, MONTHLY), 0.052242061386048144, EIGHT_PLACES);
  assertNear(cagr(one, DAILY), 11.274002099240244, EIGHT_PLACES);
});

Deno.test("empyrical: test_annual_volatility", () => {
  assertNear(volatility(flatLine, DAILY), 0, EIGHT_PLACES);
  assertNear(volatility(weekly, WEEKLY), 0.38851569394870583, EIGHT_PLACES);
});

Deno.test("empyrical: test_calmar", () => {
  assertMissing(calmar(empty, DAILY), "too_few_observations");
  assertNear(calmar(mixedFromNaN, DAILY), 19.135925373194233, EIGHT_PLACES);
  assertNear(calmar(monthly, MONTHLY), 0.5224206138604814, EIGHT_PLACES);
});

Deno.test("empyrical: test_omega, its risk-free rate and required return together ours", () => {
  assertNear(omega(mixed, periodicRate(10, DAILY)), 0.8335426349755793, EIGHT_PLACES);
  assertMissing(omega(positive, 0.01), "no_downside");
  assertNear(omega(positive, 0.02), 0, EIGHT_PLACES);
  assertNear(omega(minus(mixed, flatLine)), 0.8125, EIGHT_PLACES);
});

Deno.test("empyrical: test_sharpe_ratio", () => {
  assertMissing(sharpe(empty), "too_few_observations");
  assertNear(sharpe(mixed), 1.7238613961706866, EIGHT_PLACES);
  assertNear(sharpe(negative), -24.406808633910085, EIGHT_PLACES);
  assertNear(sharpe(minus(mixed, simpleBenchmark.subarray(1))), 0.34111411441060574, EIGHT_PLACES);
});

Deno.test("empyrical: test_downside_risk, over all observations", () => {
  const cases: [returns: Float64Array, minimumAcceptableReturn: number, periodsPerYear: number, expected: number][] = [
    [one, 0, DAILY, 0],
    [mixed, 0.1, DAILY, 1.7161730681956295],
    [weekly, 0.1, WEEKLY, 0.7733045971672482],
    [monthly, 0.1, MONTHLY, 0.3714835124201342],
    [two, 0, DAILY, 0.08349568059570447],
    [two, 0, MONTHLY, 0.018220251263412916],
  ];
  for (const [returns, minimumAcceptableReturn, periodsPerYear, expected] of cases) {
    const metric = downsideDeviation(returns, { minimumAcceptableReturn, periodsPerYear });
    assertNear(metric, expected, EIGHT_PLACES);
  }
});

Deno.test("empyrical: test_sortino, NaN and Infinity each with their reason", () => {
  assertMissing(sortino(one), "too_few_observations");
  assertMissing(sortino(positive), "no_downside");
  assertMissing(sortino(simpleBenchmark), "no_downside");
  assertNear(sortino(monthly, { periodsPerYear: MONTHLY }), 0.5360562674188976, EIGHT_PLACES);
  assertNear(sortino(two, { periodsPerYear: DAILY }), 38.090963117002495, EIGHT_PLACES);
  assertNear(sortino(two, { periodsPerYear: WEEKLY }), 17.303077589064618, EIGHT_PLACES);
  assertNear(sortino(two, { periodsPerYear: MONTHLY }), 8.312129608449284, EIGHT_PLACES);
});

Deno.test("empyrical: test_excess_sharpe, which is not made annual", () => {
  assertNear(informationRatio(mixed, mixed.map(() => 0), 1), 0.10859306069076737, EIGHT_PLACES);
});

Deno.test("empyrical: test_alpha_beta", () => {
  const lagged = negative.subarray(1);
  assertNear(alphaGeometric(mixed, lagged), -0.9997853834885004, EIGHT_PLACES);
  assertNear(beta(mixed, lagged), -0.7129629629629631, EIGHT_PLACES);
  const opposite = mixed.map((r) => -r);
  assertNear(alphaGeometric(mixed, opposite), 0, EIGHT_PLACES);
  assertNear(beta(mixed, opposite), -1, EIGHT_PLACES);
});

Deno.test("empyrical: test_value_at_risk, the quantile of a return", () => {
  assert.equal(quantile(series(1, 2), 0), 1);
  assert.equal(quantile(series(1, 2), 1), 2);
  assert.ok(Math.abs(quantile(series(1, 81, 82, 83, 84, 85), 0.2) - 81) <= 1e-7);
});

Deno.test("empyrical: test_up_capture, test_down_capture, test_up_down_capture", () => {
  const rest = positive.subarray(1);
  assertNear(downCapture(allNegative.subarray(1), mixed), 0.9995602570379863, EIGHT_PLACES);
  assertNear(upCapture(rest, mixed), 0.0076167762, EIGHT_PLACES);
  const ratio = valueOf(upCapture(rest, mixed)) / valueOf(downCapture(rest, mixed));
  assert.ok(Math.abs(ratio - -0.0006756053495) <= EIGHT_PLACES, String(ratio));
});

Deno.test("empyrical: test_roll_max_drawdown and test_roll_sharpe_ratio", () => {
  const cases: [metricOf: (returns: Float64Array) => Metric, expected: number[], tolerance: number][] = [
    [maxDrawdown, [0.2282, 0.2745, 0.2899, 0.2747], FOUR_PLACES],
    [sharpe, [-18.09162052, -26.79897486, -26.69138263, -25.72298838], EIGHT_PLACES],
  ];
  for (const [metricOf, expected, tolerance] of cases) {
    const rolled = rolling(negative, 6, (window) => metricOf(window));
    assert.equal(rolled.length, expected.length);
    for (const [i, metric] of rolled.entries()) assertNear(metric, expected[i] ?? NaN, tolerance, `${i}`);
  }
});
