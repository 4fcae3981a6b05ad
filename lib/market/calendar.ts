/**
 * Which days are sessions.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayIn, isWeekend } from "../day.ts";
import { marketDayCollection } from "../store/market_days.ts";

/** Long enough for any closing; then the newest weekday is as good a guess as any. */
const MAX_CLOSED_DAYS = 30;

/** The newest session whose day is over in the market's zone: no weekend, and no day that is known to have been closed. */
export async function newestSession(ctx: Context, now: Date): Promise<string> {
  const days = marketDayCollection(ctx.store);
  const newest = lastWeekday(addDays(dayIn(ctx.marketTimeZone, now), -1));
  let day = newest;
  for (let back = 0; back < MAX_CLOSED_DAYS; back++) {
    if ((await days.get(day))?.value.status !== "closed") return day;
    day = lastWeekday(addDays(day, -1));
  }
  return newest;
}

function lastWeekday(day: string): string {
  return isWeekend(day) ? lastWeekday(addDays(day, -1)) : day;
}
