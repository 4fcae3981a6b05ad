import { type Benchmark } from "./benchmark.ts";
import { benchmarkReturn, type PeriodReturn, returnBetween } from "./period_returns.ts";

export interface MonthReturn extends PeriodReturn {
  /** `YYYY-MM` */
  readonly month: string;
}

/** By calendar month: from the last close of the month before, or the first of all, to the last of the month. */
export function monthlyReturns(
  values: Float64Array,
  sessions: readonly string[],
  benchmark: Benchmark | undefined,
): MonthReturn[] {
  const ends = sessions.flatMap((day, s) => day.slice(0, 7) === sessions[s + 1]?.slice(0, 7) ? [] : [s]);
  return ends.flatMap((end, i) => {
    const start = ends[i - 1] ?? 0;
    const [from, to] = [sessions[start], sessions[end]];
    if (from === undefined || to === undefined || start === end) return [];
    return [{
      month: to.slice(0, 7),
      ...{ from, to, return: returnBetween(values[start], values[end]) },
      ...(benchmark && { benchmark: benchmarkReturn(benchmark, from, to) }),
    }];
  });
}
