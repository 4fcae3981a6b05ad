/**
 * How a portfolio did: over the window, over the usual periods up to its end, month by month, and against an asset.
 *
 * @module
 */
import { type Metric, type Missing, missing } from "../analysis/metric.ts";
import { cagr } from "../analysis/returns.ts";
import { addDays } from "../day.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { type Benchmark, readBenchmark } from "./benchmark.ts";
import { type DatedDrawdown, datedDrawdowns } from "./dated_drawdown.ts";
import { explainedBenchmark, explainedEnds, type OtherInputs } from "./explained.ts";
import { monthlyReturns, type MonthReturn } from "./monthly_returns.ts";
import {
  beginningOf,
  benchmarkReturn,
  growth,
  type Period,
  periodIn,
  type PeriodReturn,
  periodReturns,
  PERIODS,
} from "./period_returns.ts";
import { periodsPerYear, returnsIn, valuesOf } from "./portfolio_series.ts";
import { alignedOf, type Timeline } from "./timeline.ts";

export interface DayReturn {
  readonly date: string;
  readonly return: number;
}

export interface Extremes {
  readonly day: DayReturn | null;
  readonly month: MonthReturn | null;
}

export interface Performance {
  readonly observations: number;
  readonly periodsPerYear: number;
  readonly span: PeriodReturn & { readonly cagr: Metric };
  readonly periods: Readonly<Record<Period, PeriodReturn>>;
  /** By rising month. */
  readonly months: readonly MonthReturn[];
  readonly best: Extremes;
  readonly worst: Extremes;
  /** The deepest first. */
  readonly drawdowns: readonly DatedDrawdown[];
  /** The asset's symbol that the portfolio is measured against. */
  readonly benchmark: string | undefined;
}

export const performanceOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
  benchmark: string | undefined,
): Promise<Analysis<Performance>> =>
  analysed(ctx, portfolio, question, {
    ...{ name: "performance", parameters: { benchmark } },
    compute: (timeline) => performanceIn(ctx, timeline, benchmark),
    explain: (timeline) => inputsIn(ctx, timeline, benchmark),
  });

const MAX_DRAWDOWNS = 5;
/** No market rests longer. */
const MARGIN_DAYS = 14;

/** What is looked at of the past before the window: as far back as the longest period goes. */
async function readFarBack(ctx: AnalysisContext, timeline: Timeline, symbol: string | undefined) {
  const { sessions, portfolio, question } = timeline;
  const end = sessions.at(-1);
  const threeYears = end === undefined ? undefined : addDays(beginningOf("3y", end), -MARGIN_DAYS);
  const long = await alignedOf(ctx, portfolio, {
    ...question,
    to: end,
    ...(threeYears !== undefined && { start: { from: threeYears } }),
  });
  const reach = [threeYears, sessions[0]].filter((day) => day !== undefined).sort().slice(0, 1);
  const benchmark = symbol === undefined
    ? undefined
    : await readBenchmark(ctx, symbol, { portfolio, question, sessions: [...reach, ...sessions.slice(-1)] });
  return { long, benchmark };
}

async function inputsIn(
  ctx: AnalysisContext,
  timeline: Timeline,
  symbol: string | undefined,
): Promise<OtherInputs> {
  const { long, benchmark } = await readFarBack(ctx, timeline, symbol);
  const told = PERIODS.map((period) => [period, periodIn(long, period)] as const);
  const days = [...timeline.sessions, ...told.flatMap(([, { from, to }]) => [from, to]).filter((day) => day !== null)];
  return {
    benchmark: benchmark && explainedBenchmark(benchmark, days),
    spans: new Map(
      told.flatMap(([period, of]) => "lines" in of ? [[period, explainedEnds(of.lines, of.sessions)]] : []),
    ),
  };
}

async function performanceIn(
  ctx: AnalysisContext,
  timeline: Timeline,
  symbol: string | undefined,
): Promise<Performance> {
  const { sessions } = timeline;
  const { long, benchmark } = await readFarBack(ctx, timeline, symbol);
  const values = valuesOf(timeline);
  const returns = returnsIn(values);
  const months = monthlyReturns(values, sessions, benchmark);
  return {
    observations: Math.max(0, sessions.length - 1),
    periodsPerYear: periodsPerYear(timeline),
    span: spanOf(timeline, values, returns, benchmark),
    periods: periodReturns(long, benchmark),
    months,
    best: extreme(returns, sessions, months, 1),
    worst: extreme(returns, sessions, months, -1),
    drawdowns: datedDrawdowns(values, sessions, MAX_DRAWDOWNS),
    benchmark: symbol,
  };
}

function spanOf(
  timeline: Timeline,
  values: Float64Array,
  returns: Float64Array | Missing,
  benchmark: Benchmark | undefined,
): Performance["span"] {
  const [from, to] = [timeline.sessions[0], timeline.sessions.at(-1)];
  if (from === undefined || to === undefined || from === to) {
    const none = missing("too_few_observations");
    return { from: from ?? null, to: to ?? null, return: none, cagr: none };
  }
  return {
    ...{ from, to, ...growth(values, from, to) },
    cagr: returns instanceof Float64Array ? cagr(returns, periodsPerYear(timeline)) : returns,
    ...(benchmark && { benchmark: benchmarkReturn(benchmark, from, to) }),
  };
}

/** The best where `sign` is 1, the worst where it is -1; of equal ones the first. */
function extreme(
  returns: Float64Array | Missing,
  sessions: readonly string[],
  months: readonly MonthReturn[],
  sign: 1 | -1,
): Extremes {
  const days = returns instanceof Float64Array ? returns : new Float64Array();
  let day = -1;
  for (const [i, value] of days.entries()) if (day < 0 || sign * value > sign * (days[day] ?? NaN)) day = i;
  const known = months.filter((month) => month.return.value !== null);
  const value = (month: MonthReturn) => sign * (month.return.value ?? NaN);
  return {
    day: day < 0 ? null : { date: sessions[day + 1] ?? "", return: days[day] ?? NaN },
    month: known.reduce<MonthReturn | null>((most, month) => most && value(most) >= value(month) ? most : month, null),
  };
}
