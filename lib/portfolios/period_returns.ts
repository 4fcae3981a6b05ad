/**
 * Returns over the periods that everybody asks about, up to one day.
 *
 * @module
 */
import { type Metric, missing } from "../analysis/metric.ts";
import { annualisedReturn } from "../analysis/returns.ts";
import { addDays, addMonths, dayNumber, dayOf } from "../day.ts";
import { countUpTo } from "../history/closes.ts";
import { type Benchmark, benchmarkPrice } from "./benchmark.ts";
import { lineFrom } from "./line.ts";
import { applyRule } from "./missing.ts";
import { valuesOf } from "./portfolio_series.ts";
import type { Aligned, Timeline } from "./timeline.ts";

/** From one session's close to another's. */
export interface PeriodReturn {
  readonly from: string | null;
  readonly to: string | null;
  readonly return: Metric;
  /** What that comes to in a year of the calendar; of less than a year it is not told. */
  readonly annualised?: Metric;
  /** The same of the asset that the portfolio is measured against. */
  readonly benchmark?: Metric;
}

export const PERIODS = ["1d", "1w", "1m", "3m", "ytd", "1y", "3y"] as const;
export type Period = typeof PERIODS[number];

/** A period's return is from the last close on or before this day. */
const BEGINNINGS: Readonly<Record<Period, (end: string) => string>> = {
  "1d": (end) => addDays(end, -1),
  "1w": (end) => addDays(end, -7),
  "1m": (end) => addMonths(end, -1),
  "3m": (end) => addMonths(end, -3),
  "ytd": (end) => `${Number(end.slice(0, 4)) - 1}-12-31`,
  "1y": (end) => addMonths(end, -12),
  "3y": (end) => addMonths(end, -36),
};

export const beginningOf = (period: Period, end: string): string => BEGINNINGS[period](end);

/** Of a portfolio that was read far enough back; each period by the question's rule about what is missing. */
export function periodReturns(aligned: Aligned, benchmark: Benchmark | undefined): Record<Period, PeriodReturn> {
  return Object.fromEntries(PERIODS.map((period) => [period, periodReturn(aligned, period, benchmark)])) as Record<
    Period,
    PeriodReturn
  >;
}

function periodReturn(aligned: Aligned, period: Period, benchmark: Benchmark | undefined): PeriodReturn {
  const told = periodIn(aligned, period);
  if ("return" in told) return told;
  const { from, to } = told;
  return {
    from,
    to,
    ...growth(valuesOf(told), from, to),
    ...(benchmark && { benchmark: benchmarkReturn(benchmark, from, to) }),
  };
}

/** A period's sessions and what is held on each; or why it has no return. */
export function periodIn(
  aligned: Aligned,
  period: Period,
): PeriodReturn | { readonly from: string; readonly to: string } & Pick<Timeline, "lines" | "sessions"> {
  const last = aligned.sessions.at(-1);
  if (last === undefined) return { from: null, to: null, return: missing("too_few_observations") };
  const to = dayOf(last);
  const first = countUpTo(aligned.sessions, dayNumber(beginningOf(period, to))) - 1;
  if (first < 0) return { from: null, to, return: missing("short_history") };
  const asked = aligned.sessions.subarray(first);
  const ruled = applyRule(aligned.question.missing, aligned.lines.map((line) => lineFrom(line, first)), asked);
  const from = dayOf(asked[0] ?? last);
  if (ruled.sessions.length < asked.length || ruled.lines.length === 0) {
    return { from, to, return: missing("short_history") };
  }
  return { from, to, lines: ruled.lines, sessions: Array.from(asked, dayOf) };
}

/** From the first value to the last. */
export function growth(values: Float64Array, from: string, to: string): Pick<PeriodReturn, "return" | "annualised"> {
  const total = returnBetween(values[0], values.at(-1));
  const isYear = addMonths(from, 12) <= to;
  if (!isYear || total.value === null) return { return: total };
  return { return: total, annualised: annualisedReturn(total.value, dayNumber(to) - dayNumber(from)) };
}

export const benchmarkReturn = (benchmark: Benchmark, from: string, to: string): Metric => {
  const [before, after] = [benchmarkPrice(benchmark, from), benchmarkPrice(benchmark, to)];
  return before === undefined ? missing("short_history") : returnBetween(before, after);
};

export function returnBetween(before: number | undefined, after: number | undefined): Metric {
  if (before === undefined || after === undefined) return missing("too_few_observations");
  return before > 0 ? { value: (after - before) / before } : missing("value_not_positive");
}
