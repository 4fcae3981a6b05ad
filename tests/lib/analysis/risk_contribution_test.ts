import assert from "node:assert/strict";
import fc from "fast-check";
import { momentsOf } from "../../../lib/analysis/moments.ts";
import { riskContributions, varContributions, weightedReturns } from "../../../lib/analysis/risk_contribution.ts";
import { gaussianVar } from "../../../lib/analysis/value_at_risk.ts";
import { market } from "./arbitraries.ts";
import { assertNear, series } from "./metric_assertions.ts";

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

Deno.test("two assets, worked by hand from their covariance matrix", () => {
  // Variances 2e-4 and 8e-4, covariance -4e-4: of weights 3/4 and 1/4 the portfolio's variance is 1.125e-4 + 0.5e-4 - 1.5e-4.
  const split = riskContributions([series(0.01, 0.03), series(0.04, 0)], series(0.75, 0.25));
  assert.ok("components" in split);
  const deviation = Math.sqrt(0.125e-4);
  assert.ok(Math.abs(split.deviation - deviation) < 1e-16);
  const expected = [0.75 * (0.75 * 2e-4 - 0.25 * 4e-4), 0.25 * (-0.75 * 4e-4 + 0.25 * 8e-4)];
  for (const [i, covariance] of expected.entries()) {
    assert.ok(Math.abs((split.components[i] ?? NaN) - covariance / deviation) < 1e-16, String(i));
  }
  assert.ok(
    Math.abs(split.diversificationRatio - (0.75 * Math.sqrt(2e-4) + 0.25 * Math.sqrt(8e-4)) / deviation) < 1e-12,
  );
});

Deno.test("no risk to split: no assets, one date, a perfect hedge", () => {
  const none = (reason: string) => ({ value: null, reason });
  assert.deepEqual(riskContributions([], series()), none("too_few_observations"));
  assert.deepEqual(riskContributions([series(0.1)], series(1)), none("too_few_observations"));
  const r = series(0.1, 0.03, -0.07);
  assert.deepEqual(riskContributions([r, r.map((x) => x / 3)], series(1, -3)), none("zero_variance"));
  assert.deepEqual(riskContributions([series(1e308, -1e308, 1e308)], series(10)), none("overflow"));
});

Deno.test("property: the parts add up to the portfolio's deviation and value at risk, with shorts too", () => {
  fc.assert(fc.property(market(-100), ({ assets, weights }) => {
    const split = riskContributions(assets, weights);
    if (!("components" in split)) return;
    const returns = weightedReturns(assets, weights);
    const gross = sum(weights.map(Math.abs));
    assert.ok(Math.abs(sum(split.components) - momentsOf(returns).deviation) < 1e-13 * gross);
    const { total, components } = varContributions(split, weights, 0.99);
    assert.ok(Math.abs(sum(components) - total) < 1e-13 * gross);
    assertNear(gaussianVar(returns, 0.99), total, 1e-13 * gross);
  }));
});

Deno.test("property: long assets never have more risk together than apart", () => {
  fc.assert(fc.property(market(0), ({ assets, weights }) => {
    const split = riskContributions(assets, weights);
    if ("components" in split) assert.ok(split.diversificationRatio >= 1 - 1e-12);
  }));
});

Deno.test("property: a constant long asset that is added to a long portfolio never raises its volatility", () => {
  const added = fc.record({ weight: fc.integer({ min: 1, max: 100 }), r: fc.integer({ min: -50, max: 50 }) });
  fc.assert(fc.property(market(1), added, ({ assets, weights }, { weight, r }) => {
    const shares = (values: Float64Array) => values.map((value) => value / sum(values));
    const before = momentsOf(weightedReturns(assets, shares(weights))).deviation;
    const constant = new Float64Array(assets[0]?.length ?? 0).fill(r / 1_000);
    const after = weightedReturns([...assets, constant], shares(Float64Array.of(...weights, weight / 100)));
    assert.ok(momentsOf(after).deviation <= before * (1 + 1e-12));
  }));
});
