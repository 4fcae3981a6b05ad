/**
 * What a portfolio risks: every metric of its returns over a window, what may be lost of it, and how it is concentrated.
 *
 * @module
 */
import { effectiveNumber, herfindahl } from "../analysis/concentration.ts";
import { FEW_OBSERVATIONS } from "../analysis/confidence.ts";
import { type FixedPoint, plainFixed } from "../analysis/fixed_point.ts";
import type { Metric, Missing } from "../analysis/metric.ts";
import { METRIC_NAMES, type MetricName, metricsOf, tailWarnings } from "../analysis/metrics.ts";
import { periodicRate } from "../analysis/returns.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { type AgainstBenchmark, againstBenchmark } from "./against_benchmark.ts";
import { readBenchmark } from "./benchmark.ts";
import { type DatedDrawdown, datedDrawdowns } from "./dated_drawdown.ts";
import { newestMarketValue } from "./exact_values.ts";
import { explainedBenchmark } from "./explained.ts";
import { type AnalysisWarning, newestValue } from "./line.ts";
import { allMissing, newestSectorValues, periodsPerYear, returnsIn, valuesOf } from "./portfolio_series.ts";
import { type RollingRisk, rollingRisk } from "./rolling_risk.ts";
import { ES_METHODS, type EsMethod, type TailRisk, tailRisks, VAR_METHODS, type VarMethod } from "./tail_risk.ts";
import type { Timeline } from "./timeline.ts";

export interface RiskParameters {
  /** Levels of value at risk and of expected shortfall; the metrics are told by the first of the former. */
  readonly varConfidences: readonly [number, ...number[]];
  readonly esConfidences: readonly number[];
  readonly horizonDays: number;
  /** A year. */
  readonly riskFree: number;
  /** An asset's symbol. */
  readonly benchmark: string | undefined;
  /** Returns in each window of the rolling series. */
  readonly rollingSessions: number;
}

export interface Concentration {
  readonly herfindahl: Metric;
  readonly effectiveNumber: Metric;
}

export interface Risk {
  readonly observations: number;
  readonly periodsPerYear: number;
  /** On the day that the analysis is of; plain. */
  readonly marketValue: string;
  readonly metrics: Readonly<Record<MetricName, Metric>>;
  readonly valueAtRisk: readonly TailRisk<VarMethod>[];
  readonly expectedShortfall: readonly TailRisk<EsMethod>[];
  /** The deepest; `null` where the value never fell. */
  readonly drawdown: DatedDrawdown | null;
  readonly concentration: { readonly asset: Concentration; readonly sector: Concentration };
  readonly rolling: readonly RollingRisk[];
  readonly benchmark: AgainstBenchmark | undefined;
  readonly warnings: readonly AnalysisWarning[];
}

export const riskOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
  parameters: RiskParameters,
): Promise<Analysis<Risk>> =>
  analysed(ctx, portfolio, question, {
    ...{ name: "risk", parameters },
    compute: (timeline) => riskIn(ctx, timeline, parameters),
    explain: async (timeline) =>
      parameters.benchmark === undefined ? {} : {
        benchmark: explainedBenchmark(await readBenchmark(ctx, parameters.benchmark, timeline), timeline.sessions),
      },
    warningsOf: ({ warnings }) => warnings,
  });

async function riskIn(ctx: AnalysisContext, timeline: Timeline, parameters: RiskParameters): Promise<Risk> {
  const { varConfidences, esConfidences, horizonDays, rollingSessions, benchmark } = parameters;
  const { sessions, lines } = timeline;
  const values = valuesOf(timeline);
  const returns = returnsIn(values);
  const marketValue: FixedPoint = newestMarketValue(lines);
  const [confidence] = varConfidences;
  const periods = { periodsPerYear: periodsPerYear(timeline), confidence };
  const told = { ...periods, riskFree: periodicRate(parameters.riskFree, periods.periodsPerYear) };
  const tail = { returns, horizonDays, marketValue };
  const against = benchmark === undefined
    ? undefined
    : await againstBenchmark(ctx, benchmark, timeline, { values, ...told });
  const rolling = returns instanceof Float64Array
    ? await rollingRisk(ctx, returns, sessions, { ...told, sessions: rollingSessions })
    : [];
  await ctx.nextTurn();
  return {
    observations: Math.max(0, sessions.length - 1),
    periodsPerYear: periods.periodsPerYear,
    marketValue: plainFixed(marketValue),
    metrics: returns instanceof Float64Array
      ? metricsOf(returns, { ...told, minimumAcceptableReturn: 0, requiredReturn: 0 })
      : allMissing(METRIC_NAMES, returns),
    valueAtRisk: tailRisks(VAR_METHODS, varConfidences, tail),
    expectedShortfall: tailRisks(ES_METHODS, esConfidences, tail),
    drawdown: datedDrawdowns(values, sessions, 1)[0] ?? null,
    concentration: {
      asset: concentrationOf(lines.map(newestValue)),
      sector: concentrationOf([...newestSectorValues(timeline).values()]),
    },
    rolling,
    benchmark: against,
    warnings: [...riskWarnings(returns, varConfidences), ...against?.warnings ?? []],
  };
}

function concentrationOf(values: readonly number[]): Concentration {
  const all = Float64Array.from(values);
  return { herfindahl: herfindahl(all), effectiveNumber: effectiveNumber(all) };
}

function riskWarnings(returns: Float64Array | Missing, confidences: readonly number[]): AnalysisWarning[] {
  if (!(returns instanceof Float64Array)) return [];
  const warned = confidences.map((confidence) => ({ confidence, codes: tailWarnings(returns, confidence) }));
  const few = `Value at risk and expected shortfall are told by fewer than ${FEW_OBSERVATIONS} observations`;
  return [
    ...(returns.length < FEW_OBSERVATIONS ? [{ code: "few_observations", detail: few } as const] : []),
    ...warned.filter(({ codes }) => codes.includes("not_monotone")).map(({ confidence }) => ({
      code: "not_monotone" as const,
      detail:
        `The Cornish-Fisher expansion does not rise all the way to ${confidence}: its value at risk is no quantile`,
    })),
  ];
}
