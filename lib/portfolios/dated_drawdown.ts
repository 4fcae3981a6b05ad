import { deepestDrawdowns, type Drawdown } from "../analysis/drawdown.ts";
import { dayNumber } from "../day.ts";

/** A fall from a peak, by its days. */
export interface DatedDrawdown {
  /** A positive fraction of the peak. */
  readonly depth: number;
  readonly peak: string;
  readonly trough: string;
  /** `null` where the peak has not been reached again. */
  readonly recovery: string | null;
  /** Days of the calendar from the peak to the recovery, or to the last session. */
  readonly days: number;
}

/** The deepest of a value's drawdowns, the deepest first; none where it does not begin above 0. */
export const datedDrawdowns = (values: Float64Array, sessions: readonly string[], count: number): DatedDrawdown[] =>
  deepestDrawdowns(values, count).map((drawdown) => dated(drawdown, sessions));

function dated({ depth, peak, trough, recovery }: Drawdown, sessions: readonly string[]): DatedDrawdown {
  const dayOf = (place: number) => sessions[place] ?? "";
  const recovered = recovery === null ? null : dayOf(recovery);
  const days = dayNumber(recovered ?? dayOf(sessions.length - 1)) - dayNumber(dayOf(peak));
  return { depth, peak: dayOf(peak), trough: dayOf(trough), recovery: recovered, days };
}
