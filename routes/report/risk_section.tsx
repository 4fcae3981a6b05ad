import type { MetricName } from "../../lib/analysis/metrics.ts";
import type { PortfolioReport } from "../../lib/portfolios/report.ts";
import type { RiskPart } from "../../lib/portfolios/risk_contributions.ts";
import { sectorName } from "../sectors.ts";
import { change, fraction, level, money, ratio, reasonText, told } from "./format.ts";
import { Table } from "./table.tsx";

const METRICS: readonly [name: MetricName, label: string, as: (value: number) => string][] = [
  ["cagr", "Compound annual growth", fraction],
  ["volatility", "Volatility, a year", fraction],
  ["downside_deviation", "Downside deviation, a year", fraction],
  ["max_drawdown", "Deepest drawdown", fraction],
  ["sharpe", "Sharpe ratio", ratio],
  ["sortino", "Sortino ratio", ratio],
  ["calmar", "Calmar ratio", ratio],
  ["omega", "Omega ratio", ratio],
  ["tail_ratio", "Tail ratio", ratio],
  ["stability", "Stability (R²)", ratio],
  ["skewness", "Skewness", ratio],
  ["excess_kurtosis", "Excess kurtosis", ratio],
];

const METHOD_NAMES = {
  ...{ historical: "historical", gaussian: "Gaussian", cornish_fisher: "Cornish-Fisher", ewma: "EWMA" },
};

export function MetricTable({ report: { risk } }: { report: PortfolioReport }) {
  const { metrics, concentration, benchmark } = risk.result;
  const rows = [
    ...METRICS.map(([name, label, as]) => [label, told(metrics[name], (value) => as(value))]),
    ["Effective number of assets", told(concentration.asset.effectiveNumber, ratio)],
    ["Effective number of sectors", told(concentration.sector.effectiveNumber, ratio)],
    ...(benchmark === undefined ? [] : [
      [`Beta against ${benchmark.asset}`, told(benchmark.metrics.beta, ratio)],
      [`Correlation with ${benchmark.asset}`, told(benchmark.metrics.correlation, ratio)],
      [`Tracking error, a year`, told(benchmark.metrics.tracking_error, (value) => fraction(value))],
    ]),
  ];
  return <Table caption="Metrics" head={["Metric", "Value"]} rows={rows} />;
}

export function TailTable({ report: { risk } }: { report: PortfolioReport }) {
  const { valueAtRisk, expectedShortfall } = risk.result;
  const row =
    (kind: string) =>
    ({ method, confidence, value, amount, reason }: typeof valueAtRisk[number] | typeof expectedShortfall[number]) => [
      `${kind}, ${METHOD_NAMES[method]}, ${level(confidence)}`,
      value === null ? reason === undefined ? "–" : reasonText(reason) : fraction(value),
      amount === null ? "–" : money(amount),
    ];
  const rows = [...valueAtRisk.map(row("VaR")), ...expectedShortfall.map(row("ES"))];
  return (
    <Table
      caption="Value at risk and expected shortfall of one day"
      head={["Measure", "Of value", risk.portfolio.currency]}
      rows={rows}
    />
  );
}

const MAX_ASSETS = 20;

/** The largest parts by asset, and every sector's. */
export function ContributionTables({ report: { contributions } }: { report: PortfolioReport }) {
  const { split } = contributions.result;
  if ("reason" in split) return <p>Risk is not split: {reasonText(split.reason)}.</p>;
  const row = (name: string, part: RiskPart) => [
    ...[name, fraction(part.weight), fraction(part.volatility), fraction(part.valueAtRisk)],
    split.valueAtRisk === 0 ? "–" : fraction(part.valueAtRisk / split.valueAtRisk, 1),
  ];
  const total = ["Total", fraction(1), fraction(split.volatility), fraction(split.valueAtRisk), fraction(1, 1)];
  const largest = [...split.assets].sort((a, b) => Math.abs(b.valueAtRisk) - Math.abs(a.valueAtRisk));
  const head = (first: string) => [first, "Weight", "Volatility", "Value at risk, 95 %", "Share"];
  return (
    <>
      <Table
        caption="Risk by sector"
        head={head("Sector")}
        rows={[...split.sectors.map((part) => row(sectorName(part.sector), part)), total]}
        hasTotal
      />
      <Table
        caption={largest.length > MAX_ASSETS ? `Risk by asset, the ${MAX_ASSETS} largest parts` : "Risk by asset"}
        head={head("Asset")}
        rows={largest.slice(0, MAX_ASSETS).map((part) => row(part.asset, part))}
      />
      <p>
        Apart, the assets would be {ratio(split.diversificationRatio)}{" "}
        times as volatile as they are together (diversification ratio).
      </p>
    </>
  );
}

export function Backtest({ report: { backtest } }: { report: PortfolioReport }) {
  const { observations, exceptions, expectedExceptions, kupiec, light, reason } = backtest.result;
  if (observations === 0) {
    return <p>Value at risk was not tested: {reason === undefined ? "no day" : reasonText(reason)}.</p>;
  }
  const likelihood = "pValue" in kupiec ? ` (Kupiec: p = ${kupiec.pValue.toPrecision(3)})` : "";
  return (
    <p>
      On {exceptions} of {observations}{" "}
      days more was lost than the historical value at risk of 99 % that was told by the 250 returns before them;{" "}
      {ratio(expectedExceptions)} were to be expected{likelihood}. The Basel Committee's light is{" "}
      <strong class={`zone ${light.zone}`}>{light.zone}</strong>.
    </p>
  );
}

export function ScenarioTable({ report: { scenarios } }: { report: PortfolioReport }) {
  if (scenarios.result.length === 0) return null;
  const rows = scenarios.result.map((scenario) => {
    const span = scenario.span === undefined ? "–" : `${scenario.span.from} to ${scenario.span.to}`;
    if ("reason" in scenario) return [scenario.name, span, reasonText(scenario.reason), "–"];
    return [scenario.name, span, change(scenario.fraction), money(scenario.change)];
  });
  const head = ["Fall", "Span", "Change", scenarios.portfolio.currency];
  return <Table caption="Falls of the past, over again" head={head} rows={rows} words={2} />;
}
