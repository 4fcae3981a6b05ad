/**
 * Which days an analysis looks at.
 *
 * @module
 */
import { addDays, addMonths, dayNumber, dayOf } from "../day.ts";
import { countUpTo } from "../history/closes.ts";

/** `sessions` counts returns, so that one price more is looked at; the others are times of the calendar. */
export const WINDOW_UNITS = { d: "sessions", w: "weeks", m: "months", y: "years" } as const;
export type WindowUnit = typeof WINDOW_UNITS[keyof typeof WINDOW_UNITS];

export interface WindowLength {
  readonly count: number;
  readonly unit: WindowUnit;
}

export const ONE_YEAR: WindowLength = { count: 1, unit: "years" };

/** Where a window begins: on a day, or so many sessions before its end. */
export type WindowStart = { readonly from: string } | { readonly last: WindowLength };

/** The first day of the calendar here. */
export const FIRST_DAY = "1970-01-01";

/** The day on which a window begins that ends on another; of sessions, a day that is early enough. */
export function firstDayOf(start: WindowStart, end: string): string {
  if ("from" in start) return start.from;
  const { count, unit } = start.last;
  const day = dayBefore(end, count, unit);
  return day < FIRST_DAY ? FIRST_DAY : day;
}

/**
 * The sessions of a window, out of all that there are, and before them up to `lead` that lead up to it; as days since
 * 1970-01-01.
 */
export function windowOf(
  sessions: Int32Array,
  start: WindowStart,
  to: string | undefined,
  lead = 0,
): { readonly window: Int32Array; readonly lead: number } {
  const end = to === undefined ? sessions.length : countUpTo(sessions, dayNumber(to));
  const last = sessions[end - 1];
  if (last === undefined) return { window: sessions.subarray(0, 0), lead: 0 };
  const first = "last" in start && start.last.unit === "sessions"
    ? Math.max(0, end - start.last.count - 1)
    : countUpTo(sessions, dayNumber(firstDayOf(start, dayOf(last))) - 1);
  const read = Math.max(0, first - lead);
  return { window: sessions.subarray(read, end), lead: first - read };
}

/** Whether a window begins before the first session of all. */
export function isCutShort(window: Int32Array, start: WindowStart): boolean {
  const [first, last] = [window[0], window.at(-1)];
  if (first === undefined || last === undefined) return false;
  if ("last" in start && start.last.unit === "sessions") return window.length <= start.last.count;
  return first > dayNumber(firstDayOf(start, dayOf(last))) + LONGEST_REST_DAYS;
}

/** Over the holidays, hardly a market rests longer. */
const LONGEST_REST_DAYS = 5;

function dayBefore(end: string, count: number, unit: WindowUnit): string {
  if (count === 0) return end;
  if (unit === "sessions") return addDays(end, -Math.ceil(count * CALENDAR_DAYS_PER_SESSION) - MARGIN_DAYS);
  if (unit === "weeks") return addDays(end, -7 * count);
  return addMonths(end, -count * (unit === "years" ? 12 : 1));
}

/** Five sessions in seven days and holidays besides; where a market rests more often, all of its history is looked at. */
const CALENDAR_DAYS_PER_SESSION = 3 / 2;
const MARGIN_DAYS = 30;
