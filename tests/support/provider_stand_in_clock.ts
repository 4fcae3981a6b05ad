/** The provider's calendar: New York days and hours, whatever the machine's zone. */

export const NEW_YORK = "America/New_York";

export function inNewYork(now: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(NEW_YORK);
}

/** Milliseconds of a New York wall time, `HH:MM`, on `date`. */
export function newYorkMs(date: string, plainTime: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: NEW_YORK, plainTime }).epochMilliseconds;
}

/** Whether `text` is `YYYY-MM-DD` and a day that exists. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" }).toString() === text;
  } catch {
    return false;
  }
}

export function isWeekend(date: string): boolean {
  return Temporal.PlainDate.from(date).dayOfWeek > 5;
}
