/**
 * Which days are sessions of a market. Stocks trade on the weekdays of their own zone, but for closed days; crypto assets on
 * every day of UTC; currencies on days of UTC too, at weekends hardly.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayIn, isWeekend } from "../day.ts";
import { type Market, marketDayCollection, marketDayId } from "../store/market_days.ts";
import type { Span } from "./provider.ts";

/** Long enough for any closing; then the newest day that may be a session is as good a guess as any. */
const MAX_CLOSED_DAYS = 30;

/** The day that goes on in a market. */
export const marketToday = ({ marketTimeZone }: Context, market: Market, now: Date): string =>
  dayIn(market === "stocks" ? marketTimeZone : "UTC", now);

/** Whether the provider may have rows of a day, as far as the calendar tells. */
export const mayBeSession = (market: Market, day: string): boolean => market !== "stocks" || !isWeekend(day);

/** Whether there should be rows of a day: not of a currency's weekend, though there may be. */
export const shouldBeSession = (market: Market, day: string): boolean => market === "crypto" || !isWeekend(day);

/** The newest session whose day is over in the market's zone: none that is known to have been closed. */
export async function newestSession(ctx: Context, market: Market, now: Date): Promise<string> {
  const days = marketDayCollection(ctx.store);
  const newest = newestPossible(market, newestDayOver(ctx, market, now));
  let date = newest;
  for (let back = 0; back < MAX_CLOSED_DAYS; back++) {
    if ((await days.get(marketDayId({ market, date })))?.value.status !== "closed") return date;
    date = newestPossible(market, addDays(date, -1));
  }
  return newest;
}

/** The sessions of a span whose days are over, by rising date: all that should be, and what was traded beside them. */
export async function sessionsOver(ctx: Context, market: Market, { from, to }: Span): Promise<string[]> {
  const newest = newestDayOver(ctx, market, ctx.now());
  const last = to < newest ? to : newest;
  if (from > last) return [];
  const known = await statusesOf(ctx, market, { from, to: last });
  const sessions: string[] = [];
  for (let day = from; day <= last; day = addDays(day, 1)) {
    const status = known.get(day);
    if (status === undefined ? shouldBeSession(market, day) : status !== "closed") sessions.push(day);
  }
  return sessions;
}

const newestPossible = (market: Market, day: string): string =>
  mayBeSession(market, day) ? day : newestPossible(market, addDays(day, -1));

const newestDayOver = (ctx: Context, market: Market, now: Date): string => addDays(marketToday(ctx, market, now), -1);

/** What became of the days that were asked for. */
async function statusesOf(ctx: Context, market: Market, { from, to }: Span) {
  const bounds = { from: marketDayId({ market, date: from }), before: marketDayId({ market, date: addDays(to, 1) }) };
  const days = await Array.fromAsync(marketDayCollection(ctx.store).each(bounds), ({ value }) => value);
  return new Map(days.map(({ date, status }) => [date, status]));
}
