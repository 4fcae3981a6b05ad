/**
 * Which days are sessions of the stock market: weekdays on which it was not closed.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayIn, isWeekend, lastWeekday } from "../day.ts";
import { marketDayCollection } from "../store/market_days.ts";
import type { Span } from "./provider.ts";

/** Long enough for any closing; then the newest weekday is as good a guess as any. */
const MAX_CLOSED_DAYS = 30;

/** The newest session whose day is over in the market's zone: no weekend, and no day that is known to have been closed. */
export async function newestSession(ctx: Context, now: Date): Promise<string> {
  const days = marketDayCollection(ctx.store);
  const newest = lastWeekday(newestDayOver(ctx, now));
  let day = newest;
  for (let back = 0; back < MAX_CLOSED_DAYS; back++) {
    if ((await days.get(day))?.value.status !== "closed") return day;
    day = lastWeekday(addDays(day, -1));
  }
  return newest;
}

/** The sessions of a span whose days are over, by rising date. */
export async function sessionsOver(ctx: Context, { from, to }: Span): Promise<string[]> {
  const newest = newestDayOver(ctx, ctx.now());
  const last = to < newest ? to : newest;
  const closed = await closedDays(ctx, { from, to: last });
  const sessions: string[] = [];
  for (let day = from; day <= last; day = addDays(day, 1)) {
    if (!isWeekend(day) && !closed.has(day)) sessions.push(day);
  }
  return sessions;
}

const newestDayOver = ({ marketTimeZone }: Context, now: Date): string => addDays(dayIn(marketTimeZone, now), -1);

/** Those of which the provider had nothing. */
async function closedDays(ctx: Context, { from, to }: Span): Promise<ReadonlySet<string>> {
  const closed = new Set<string>();
  for await (const { value } of marketDayCollection(ctx.store).each({ from, before: addDays(to, 1) })) {
    if (value.status === "closed") closed.add(value.date);
  }
  return closed;
}
