/**
 * Expected numbers of portfolio-performance/portfolio: snapshot/ClientIndexTest.java, snapshot/GroupByTaxonomyTest.java and
 * math/RiskTest.java; of ghostfolio's calculation-helper.spec.ts and portfolio-calculator-stock-split.spec.ts; of
 * ohduran/portfolio-analysis-tool; and what wealthfolio's performance_service.rs refuses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { splitFactor } from "../../../lib/analysis/adjustment.ts";
import { plain } from "../../../lib/analysis/decimal.ts";
import { maxDrawdownOf } from "../../../lib/analysis/drawdown.ts";
import { fixedPoint, plainFixed, timesFixed } from "../../../lib/analysis/fixed_point.ts";
import { inverse, quotient, scaled } from "../../../lib/analysis/ratio.ts";
import { annualisedReturn, growthOf } from "../../../lib/analysis/returns.ts";
import { allocate, type Position } from "../../../lib/analysis/sector_allocation.ts";
import { timeWeightedReturn, timeWeightedReturns } from "../../../lib/analysis/time_weighted_return.ts";
import { assertMissing, assertNear, series } from "./metric_assertions.ts";

Deno.test("Portfolio Performance: ClientIndexTest.testExcelSample", () => {
  const returns = timeWeightedReturns({
    values: series(10000, 10230, 10630, 9995.59, 10289.58, 10583.57, 16179.56, 11600, 10596.15),
    inflows: series(10000, 0, 200, 0, 0, 0, 5400, 0, 0),
    outflows: series(0, 0, 0, 400, 0, 0, 0, 3697.04, 0),
  });
  assert.ok(!("reason" in returns));
  const daily = [
    ...[0, 0.023, 0.019175455, -0.0220517, 0.0294117647, 0.0285714286, 0.012261967, -0.0545454545, -0.0865384615],
  ];
  const accumulated = [
    ...[0, 0.023, 0.042616491, 0.019624983, 0.049614163, 0.079603343, 0.092841403, 0.03323197, -0.056182678],
  ];
  assert.equal(returns.length, daily.length);
  const grown = growthOf(returns).subarray(1);
  for (let i = 0; i < daily.length; i++) {
    assert.ok(Math.abs((returns[i] ?? NaN) - (daily[i] ?? NaN)) <= 1e-5, `${i}: ${returns[i]}`);
    assert.ok(Math.abs((grown[i] ?? NaN) - 1 - (accumulated[i] ?? NaN)) <= 1e-5, `${i}: ${grown[i]}`);
  }
});

Deno.test("Portfolio Performance: ClientIndexTest.testThatDepositsOnTheLastDayArePerformanceNeutral", () => {
  const days = {
    values: series(10000, 11000, 11000, 11000, 11000, 11000, 11000, 11000, 11000, 21000),
    inflows: series(10000, 0, 0, 0, 0, 0, 0, 0, 0, 10000),
    outflows: new Float64Array(10),
  };
  assertNear(timeWeightedReturn(days), 0.1, 1e-5);
});

Deno.test("Portfolio Performance: RiskTest.testDrawdownSimplePeak and testDrawdownNoDrawdown", () => {
  const values = (accumulated: number[]) => Float64Array.from(accumulated, (r) => 1 + r);
  assertNear(maxDrawdownOf(values([0, 0.1, 0.2, -1.4])), 4 / 3, 1e-11);
  assertNear(maxDrawdownOf(values([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])), 0, 1e-11);
});

Deno.test("Wealthfolio: perf_rejects_negative_portfolio_value", () => {
  const days = { values: series(100, -50), inflows: series(100, 0), outflows: series(0, 0) };
  assertMissing(timeWeightedReturn(days), "value_not_positive");
});

Deno.test("Ghostfolio: getAnnualizedPerformancePercent", () => {
  assertNear(annualisedReturn(0.1025, 65), 0.729705, 0.005);
  assertNear(annualisedReturn(0.2374, 575), 0.145, 0.005);
});

Deno.test("Portfolio Performance: GroupByTaxonomyTest.single and testSecuritiesWithoutAssignment", () => {
  const position = (marketValue: string, sector: string): Position => ({
    asset: { sector, sectorWeights: null },
    marketValue: fixedPoint(marketValue),
  });
  const valuesOf = (positions: Position[]) =>
    Object.fromEntries(allocate(positions).sectors.map(({ sector, marketValue }) => [sector, plainFixed(marketValue)]));
  assert.deepEqual(
    valuesOf([
      position("100", "debt"),
      position("120", "equity"),
      position("120", "equity"),
    ]),
    { equity: "240", debt: "100" },
  );
  const unassigned = { asset: { sector: "equity", sectorWeights: {} }, marketValue: fixedPoint("100") };
  assert.deepEqual(valuesOf([unassigned]), { unclassified: "100" });
});

Deno.test("ohduran/portfolio-analysis-tool: test_list_portfolios, shares times the latest close by sector", () => {
  const held: [sector: string, shares: number, close: number][] = [
    ...[["IT", 1, 1], ["IT", 2, 2], ["RE", 7, 3], ["RE", 11, 5], ["FI", 17, 13]] as [string, number, number][],
  ];
  const positions = held.map(([sector, shares, close]) => ({
    asset: { sector, sectorWeights: null },
    marketValue: timesFixed(fixedPoint(shares), fixedPoint(close)),
  }));
  const totals = allocate(positions).sectors.map(({ sector, marketValue }) => [sector, plainFixed(marketValue)]);
  assert.deepEqual(totals, [["FI", "221"], ["RE", "76"], ["IT", "5"]]);
});

Deno.test("Ghostfolio: a split of 2 for 1 after 10 shares were bought at 100", () => {
  const factor = splitFactor(
    [{ executionDate: "2021-07-01", splitFrom: "1", splitTo: "2" }],
    "2021-01-04",
    "2021-12-31",
  );
  assert.equal(scaled(10, factor), "20");
  assert.equal(scaled(100, inverse(factor)), "50");
  assert.equal(plain(quotient(factor).times(10).minus(5)), "15");
});

Deno.test("nothing held earns nothing; something that comes of nothing has no return", () => {
  assert.deepEqual(
    timeWeightedReturns({
      values: series(0, 100, 0, 0),
      inflows: series(0, 100, 0, 0),
      outflows: series(0, 0, 150, 0),
    }),
    series(0, 0, 0.5, 0),
  );
  const given = { values: series(0, 100), inflows: series(0, 0), outflows: series(0, 0) };
  assertMissing(timeWeightedReturn(given), "value_not_positive");
});
