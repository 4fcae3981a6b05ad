/**
 * A time of day in a zone, as instants: one each day, on the nights too when the clocks change.
 *
 * @module
 */
import { tzOffset } from "@date-fns/tz";

export interface DailySchedule {
  /** IANA name. */
  readonly timeZone: string;
  /** `HH:MM` on the clocks of that zone. */
  readonly at: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** The newest instant up to `now` at which the time of day came. */
export function newestDue(schedule: DailySchedule, now: Date): Date {
  for (let wallMs = wallTimeMs(schedule, now) + DAY_MS;; wallMs -= DAY_MS) {
    const dueMs = firstInstantMs(schedule.timeZone, wallMs);
    if (dueMs <= now.getTime()) return new Date(dueMs);
  }
}

/** The first instant after `now` at which the time of day comes. */
export function nextDue(schedule: DailySchedule, now: Date): Date {
  for (let wallMs = wallTimeMs(schedule, now) - DAY_MS;; wallMs += DAY_MS) {
    const dueMs = firstInstantMs(schedule.timeZone, wallMs);
    if (dueMs > now.getTime()) return new Date(dueMs);
  }
}

/** The time of day on the zone's present date, written as if the zone were UTC. */
function wallTimeMs({ timeZone, at }: DailySchedule, now: Date): number {
  const [, hours, minutes] = TIME_OF_DAY.exec(at) ?? [];
  if (hours === undefined) throw new RangeError(`"${at}" is no time of day: use HH:MM, such as 03:00`);
  const local = new Date(now.getTime() + offsetMs(timeZone, now.getTime()));
  return local.setUTCHours(Number(hours), Number(minutes), 0, 0);
}

/**
 * The first instant at which the zone's clocks show this time or a later one: so a time that the clocks skip comes when
 * they have skipped it, and of a time that they show twice the first counts.
 */
function firstInstantMs(timeZone: string, wallMs: number): number {
  let beforeMs = wallMs - DAY_MS;
  const oldOffsetMs = offsetMs(timeZone, beforeMs);
  let afterMs = wallMs - oldOffsetMs;
  if (offsetMs(timeZone, afterMs) === oldOffsetMs) return afterMs;
  // The library's own search for changes steps by months and whole hours, and misses some at a month's end.
  while (afterMs - beforeMs > 1) {
    const middleMs = Math.floor((beforeMs + afterMs) / 2);
    if (offsetMs(timeZone, middleMs) === oldOffsetMs) beforeMs = middleMs;
    else afterMs = middleMs;
  }
  return Math.max(afterMs, wallMs - offsetMs(timeZone, afterMs));
}

function offsetMs(timeZone: string, atMs: number): number {
  const minutes = tzOffset(timeZone, new Date(atMs));
  if (Number.isNaN(minutes)) throw new RangeError(`"${timeZone}" is no time zone: use an IANA name`);
  return minutes * MINUTE_MS;
}
