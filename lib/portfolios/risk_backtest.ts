/**
 * Whether a portfolio's value at risk would have been right: that of each day, told from the days before it alone, against
 * what the day brought.
 *
 * @module
 */
import { kupiecTest, type TestResult, type TrafficLight, trafficLight } from "../analysis/kupiec.ts";
import type { Missing, MissingReason } from "../analysis/metric.ts";
import { tailShare } from "../analysis/confidence.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { returnsIn, valuesOf } from "./portfolio_series.ts";
import { VAR_METHODS, type VarMethod } from "./tail_risk.ts";
import type { Timeline } from "./timeline.ts";

export interface BacktestParameters {
  readonly method: VarMethod;
  readonly confidence: number;
  /** Returns before a day that its value at risk is told from. */
  readonly lookback: number;
}

export interface TestedDay {
  readonly date: string;
  readonly return: number;
  /** Positive for a loss. */
  readonly valueAtRisk: number;
  readonly isException: boolean;
}

export interface RiskBacktest {
  readonly observations: number;
  readonly exceptions: number;
  readonly expectedExceptions: number;
  readonly kupiec: TestResult | Missing;
  readonly light: TrafficLight;
  /** By rising date. */
  readonly days: readonly TestedDay[];
  /** Why no day could be tested. */
  readonly reason: MissingReason | undefined;
}

export const riskBacktestOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
  parameters: BacktestParameters,
): Promise<Analysis<RiskBacktest>> =>
  analysed(ctx, portfolio, question, {
    ...{ name: "risk backtest", parameters, lead: parameters.lookback },
    compute: (timeline) => backtestIn(ctx, timeline, parameters),
  });

/** Days that are tested in one turn. */
const DAYS_A_TURN = 250;

async function backtestIn(
  ctx: AnalysisContext,
  timeline: Timeline,
  { method, confidence, lookback }: BacktestParameters,
): Promise<RiskBacktest> {
  const returns = returnsIn(valuesOf(timeline));
  const days: TestedDay[] = [];
  let reason: MissingReason | undefined = returns instanceof Float64Array ? undefined : returns.reason;
  const known = returns instanceof Float64Array ? returns : new Float64Array();
  // A return stands one place before its session; the window's first session is where its first return begins.
  for (let i = Math.max(lookback, timeline.lead); i < known.length; i++) {
    if (days.length % DAYS_A_TURN === DAYS_A_TURN - 1) await ctx.nextTurn();
    const told = VAR_METHODS[method](known.subarray(i - lookback, i), confidence);
    if (told.value === null) {
      reason = told.reason;
      continue;
    }
    const brought = known[i] ?? NaN;
    days.push({
      ...{ date: timeline.sessions[i + 1] ?? "", return: brought, valueAtRisk: told.value },
      isException: -brought > told.value,
    });
  }
  if (days.length === 0) reason ??= "too_few_observations";
  const exceptions = days.filter(({ isException }) => isException).length;
  const counted = { observations: days.length, exceptions, confidence };
  return {
    ...{ observations: days.length, exceptions, days },
    expectedExceptions: days.length * tailShare(confidence),
    ...{ kupiec: kupiecTest(counted), light: trafficLight(counted) },
    reason: days.length === 0 ? reason : undefined,
  };
}
