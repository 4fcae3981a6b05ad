/**
 * The timetable: what comes round by the clock.
 *
 * @module
 */
import type { DailySchedule } from "./lib/jobs/daily.ts";
import { dayIn } from "./lib/day.ts";
import { NIGHT } from "./lib/market/night.ts";
import { PULL_MARKET_DAY } from "./lib/market/pull_market_day.ts";
import { CLEAN_UP } from "./lib/retention/clean_up.ts";
import type { ScheduleEntry } from "./lib/jobs/schedule.ts";

export interface TimetableOptions {
  /** `HH:MM` in `timeZone`. */
  readonly pullAt: DailySchedule["at"];
  readonly timeZone: DailySchedule["timeZone"];
  /** Why the nightly pull does not run. */
  readonly disabledBecause: string | undefined;
}

export const timetable = (
  { pullAt, timeZone, disabledBecause }: TimetableOptions,
): readonly [ScheduleEntry, ScheduleEntry, ScheduleEntry] => [
  {
    name: "nightly-pull",
    schedule: { timeZone, at: pullAt },
    // Without a date: the newest session that should be there.
    job: { name: PULL_MARKET_DAY, args: () => ({}) },
    disabledBecause,
  },
  {
    name: "night",
    schedule: { timeZone, at: pullAt },
    job: { name: NIGHT, args: (slot) => ({ date: dayIn(timeZone, slot) }) },
    disabledBecause,
  },
  {
    name: "clean-up",
    schedule: { timeZone, at: pullAt },
    job: { name: CLEAN_UP, args: () => ({}) },
  },
];
