import type { Metric } from "../analysis/metric.ts";
import { sharpe } from "../analysis/performance_ratios.ts";
import { rolling } from "../analysis/rolling.ts";
import { historicalVar } from "../analysis/value_at_risk.ts";
import { volatility } from "../analysis/volatility.ts";

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
  returns: Float64Array,
  dates: readonly string[],
  { sessions, periodsPerYear, riskFree, confidence }: RollingOptions,
): RollingRisk[] {
  const told = rolling(returns, sessions, (some) => ({
    volatility: volatility(some, periodsPerYear),
    sharpe: sharpe(some, { riskFree, periodsPerYear }),
    varHistorical: historicalVar(some, confidence),
  }));
  return told.map((risk, i) => ({ date: dates[i + sessions] ?? "", ...risk }));
}
