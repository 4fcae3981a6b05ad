import assert from "node:assert/strict";
import fc from "fast-check";
import { effectiveNumber, herfindahl } from "../../../lib/analysis/concentration.ts";
import { maxDrawdown } from "../../../lib/analysis/drawdown.ts";
import { gaussianEs, historicalEs } from "../../../lib/analysis/expected_shortfall.ts";
import { type Metric, MISSING_REASONS } from "../../../lib/analysis/metric.ts";
import { benchmarkMetricsOf, metricsOf, tailWarnings } from "../../../lib/analysis/metrics.ts";
import { sharpe } from "../../../lib/analysis/performance_ratios.ts";
import { quantile } from "../../../lib/analysis/quantile.ts";
import { growthOf, returnsOf, totalReturn } from "../../../lib/analysis/returns.ts";
import { gaussianVar, historicalVar } from "../../../lib/analysis/value_at_risk.ts";
import { anySeries, returnsOfLength } from "./arbitraries.ts";
import { valueOf } from "./metric_assertions.ts";

const OPTIONS = {
  periodsPerYear: 252,
  riskFree: 0.0001,
  minimumAcceptableReturn: 0.0002,
  requiredReturn: 0.0003,
  confidence: 0.95,
};

const assertClose = (a: Metric, b: Metric, tolerance: number) =>
  assert.ok(Math.abs(valueOf(a) - valueOf(b)) <= tolerance * (1 + Math.abs(valueOf(a))), JSON.stringify([a, b]));

Deno.test("property: whatever the numbers, a metric is a finite value or a reason of the list", () => {
  fc.assert(
    fc.property(anySeries, anySeries, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (a, b, confidence) => {
      const length = Math.min(a.length, b.length);
      const [returns, benchmark] = [a.subarray(0, length), b.subarray(0, length)];
      const options = { ...OPTIONS, confidence };
      const metrics = { ...metricsOf(returns, options), ...benchmarkMetricsOf(returns, benchmark, options) };
      for (const [name, metric] of Object.entries(metrics)) {
        if (metric.value === null) assert.ok(MISSING_REASONS.includes(metric.reason), name);
        else assert.ok(Number.isFinite(metric.value) && !Object.is(metric.value, -0), `${name}: ${metric.value}`);
      }
      tailWarnings(returns, confidence);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("property: Sharpe knows no scale", () => {
  const scales = fc.integer({ min: -300, max: 300 }).map((exponent) => 10 ** exponent);
  fc.assert(fc.property(returnsOfLength(2, 60), scales, (returns, scale) => {
    const [plain, scaled] = [sharpe(returns), sharpe(returns.map((r) => r * scale))];
    if (plain.value === null) return assert.deepEqual(scaled, plain);
    assertClose(plain, scaled, 1e-9);
  }));
});

Deno.test("property: VaR rises with the confidence, and the expected shortfall is no smaller", () => {
  const levels = fc.tuple(...[0, 0].map(() => fc.integer({ min: 500, max: 990 }).map((level) => level / 1_000)));
  fc.assert(fc.property(returnsOfLength(100, 160), levels, (returns, [one = 0.5, other = 0.5]) => {
    const [low, high] = [Math.min(one, other), Math.max(one, other)];
    for (const [varOf, esOf] of [[historicalVar, historicalEs], [gaussianVar, gaussianEs]] as const) {
      assert.ok(valueOf(varOf(returns, low)) <= valueOf(varOf(returns, high)));
      assert.ok(valueOf(esOf(returns, high)) >= valueOf(varOf(returns, high)) - 1e-15);
    }
  }));
});

Deno.test("property: a drawdown of positive wealth is between 0 and 1, and none deeper than the worst return is shallow", () => {
  fc.assert(fc.property(returnsOfLength(1, 80), (returns) => {
    const depth = valueOf(maxDrawdown(returns));
    assert.ok(depth >= 0 && depth <= 1);
    assert.ok(depth >= -Math.min(...returns) - 1e-15);
  }));
});

Deno.test("property: a quantile is within the data, rises with its share, and meets the ends", () => {
  const shares = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(fc.property(anySeries.filter((values) => values.length > 0), shares, (values, [a, b]) => {
    const [low, high] = [quantile(values, Math.min(a, b)), quantile(values, Math.max(a, b))];
    assert.ok(Math.min(...values) <= low && low <= high && high <= Math.max(...values));
    assert.equal(quantile(values, 0), Math.min(...values));
    assert.equal(quantile(values, 1), Math.max(...values));
  }));
});

Deno.test("property: what does not look at time does not mind the order", () => {
  const names = [
    ...["mean", "total_return", "cagr", "volatility", "downside_deviation", "sharpe", "sortino", "omega", "tail_ratio"],
    ...["skewness", "excess_kurtosis", "var_historical", "var_gaussian", "var_cornish_fisher", "es_historical"],
    ...["es_gaussian"],
  ] as const;
  fc.assert(fc.property(returnsOfLength(2, 60), (returns) => {
    const [one, other] = [metricsOf(returns, OPTIONS), metricsOf(returns.toReversed(), OPTIONS)];
    for (const name of names as readonly (keyof typeof one)[]) {
      if (one[name].value === null) assert.deepEqual(other[name], one[name], name);
      else assertClose(one[name], other[name], 1e-9);
    }
  }));
});

Deno.test("property: returns and growth undo each other", () => {
  fc.assert(fc.property(returnsOfLength(1, 60), (returns) => {
    const growth = growthOf(returns);
    const again = returnsOf(growth) ?? assert.fail();
    for (const [i, r] of returns.entries()) assert.ok(Math.abs((again[i] ?? NaN) - r) < 1e-15 * 4);
    assert.ok(Math.abs(valueOf(totalReturn(returns)) - ((growth.at(-1) ?? NaN) - 1)) < 1e-13 * (growth.at(-1) ?? NaN));
  }));
});

Deno.test("property: HHI is between 1/n and 1, of shorts as of longs", () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 30 })
    .filter((each) => each.some((value) => value !== 0)).map((each) => Float64Array.from(each));
  fc.assert(fc.property(values, (values) => {
    const index = valueOf(herfindahl(values));
    assert.ok(index >= 1 / values.length - 1e-15 && index <= 1 + 1e-15, String(index));
    assertClose(herfindahl(values.map((value) => -value / 7)), { value: index }, 1e-14);
    assert.ok(Math.abs(valueOf(effectiveNumber(values)) * index - 1) < 1e-14);
  }));
});
