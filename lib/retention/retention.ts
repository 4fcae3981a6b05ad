/**
 * For how long is kept what is over.
 *
 * @module
 */
import { DAY_MS } from "../day.ts";

export interface Retention {
  /** Jobs that have ended, from their end. */
  readonly jobsDays: number;
  /** What administrators did; for ever, where this is 0. */
  readonly auditDays: number;
  /** What bars said before they were corrected, from their correction; for ever, where this is 0. */
  readonly correctionsDays: number;
}

/** Before then it is too old; `undefined` where nothing ever is. */
export const cutoffOf = (days: number, now: Date): Date | undefined =>
  days === 0 ? undefined : new Date(now.getTime() - days * DAY_MS);
