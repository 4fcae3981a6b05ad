/**
 * Calendar days as `YYYY-MM-DD`, the one way in which dates are said here.
 *
 * @module
 */
import { TZDate } from "@date-fns/tz";
import { addMonths as addMonthsTo, format, isValid, parseISO } from "date-fns";

export const DAY_MS = 86_400_000;
const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a day of the calendar, from the epoch on: 2021-02-29 is none. */
export const isDay = (text: string): boolean => FORM.test(text) && text >= "1970-01-01" && isValid(parseISO(text));

/** The last year has no next one: what counts days or months on from a day ends before it. */
export const canGoOn = (day: string): boolean => day < "9999";

/** Days since 1970-01-01. */
export const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY_MS;

export const dayOf = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);

const shared = new Map<number, string>();

/** The same, made once: bars of one day share it, since its text takes longer to make, and more memory, than all else of most. */
export function sharedDayOf(number: number): string {
  const known = shared.get(number);
  if (known !== undefined) return known;
  const made = dayOf(number);
  shared.set(number, made);
  return made;
}

export const addDays = (day: string, days: number): string => dayOf(dayNumber(day) + days);

/** The same day of another month, or that month's last day. */
export const addMonths = (day: string, months: number): string =>
  format(addMonthsTo(parseISO(day), months), "yyyy-MM-dd");

/** 0 is Sunday. */
export const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

export const isWeekend = (day: string): boolean => weekday(day) === 0 || weekday(day) === 6;

/** The newest weekday on or before a day. */
export const lastWeekday = (day: string): string => isWeekend(day) ? lastWeekday(addDays(day, -1)) : day;

/** Every zone's days begin with a whole minute; asking the calendar costs more than the rest of many an answer. */
const MINUTE_MS = 60_000;
const lastAsked = { minute: NaN, timeZone: "", day: "" };

/** The calendar day in a time zone. */
export function dayIn(timeZone: string, instant: Date): string {
  const minute = Math.floor(instant.getTime() / MINUTE_MS);
  if (minute !== lastAsked.minute || timeZone !== lastAsked.timeZone) {
    const day = format(new TZDate(instant.getTime(), timeZone), "yyyy-MM-dd");
    Object.assign(lastAsked, { minute, timeZone, day });
  }
  return lastAsked.day;
}

/** The newest day that has begun: in the market's zone or in UTC, by which currencies and crypto assets trade. */
export function newestDay(instant: Date, marketTimeZone: string): string {
  const [market, utc] = [dayIn(marketTimeZone, instant), instant.toISOString().slice(0, 10)];
  return market > utc ? market : utc;
}
