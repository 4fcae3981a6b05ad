import type { Metric } from "../analysis/metric.ts";
import { sharpe } from "../analysis/performance_ratios.ts";
import { rolling } from "../analysis/rolling.ts";
import { historicalVar } from "../analysis/value_at_risk.ts";
import { volatility } from "../analysis/volatility.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { inTurns } from "./in_turns.ts";

/** Risk as it was told by the sessions up to a day. */
export interface RollingRisk {
  readonly date: string;
  readonly volatility: Metric;
  readonly sharpe: Metric;
  readonly varHistorical: Metric;
}

export interface RollingOptions {
  /** Returns in each of the windows. */
  readonly sessions: number;
  readonly periodsPerYear: number;
  /** A period. */
  readonly riskFree: number;
  readonly confidence: number;
}

/** By rising date, from the first day that has enough returns. */
export function rollingRisk(
  ctx: AnalysisContext,
  returns: Float64Array,
  dates: readonly string[],
  { sessions, periodsPerYear, riskFree, confidence }: RollingOptions,
): Promise<RollingRisk[]> {
  return inTurns(ctx, rolling(returns, sessions, (window) => window), (window, i) => ({
    date: dates[i + sessions] ?? "",
    volatility: volatility(window, periodsPerYear),
    sharpe: sharpe(window, { riskFree, periodsPerYear }),
    varHistorical: historicalVar(window, confidence),
  }));
}
