/**
 * Which days are sessions of a market. Stocks trade on the weekdays of their own zone, but for holidays; crypto assets on
 * every day of UTC; currencies on days of UTC too, at weekends hardly. What became of a day that was asked for counts before
 * what the calendar expects of it: rows on a holiday make it a session, and a weekday without any is none.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayIn, isWeekend } from "../day.ts";
import { holidayCollection } from "../store/holidays.ts";
import {
  type Market,
  type MarketDate,
  type MarketDay,
  marketDayCollection,
  marketDayId,
} from "../store/market_days.ts";
import type { Span } from "./provider.ts";

/** Long enough for any closing; then the newest day that may be a session is as good a guess as any. */
const MAX_CLOSED_DAYS = 30;

export interface RecentDay extends MarketDate {
  /** `undefined` of a day that nobody asked for. */
  readonly status: MarketDay["status"] | undefined;
}

/** The day that goes on in a market. */
export const marketToday = ({ marketTimeZone }: Context, market: Market, now: Date): string =>
  dayIn(market === "stocks" ? marketTimeZone : "UTC", now);

/** Whether the provider may have rows of a day, as far as the calendar tells. */
export const mayBeSession = (market: Market, day: string): boolean => market !== "stocks" || !isWeekend(day);

/** Whether there should be rows of a day: not of a currency's weekend, though there may be. */
export const shouldBeSession = (market: Market, day: string): boolean => market === "crypto" || !isWeekend(day);

/** The newest session whose day is over in the market's zone: none that is known to have been closed. */
export async function newestSession(ctx: Context, market: Market, now: Date): Promise<string> {
  const newest = newestPossible(market, newestDayOver(ctx, market, now));
  let date = newest;
  for (let back = 0; back < MAX_CLOSED_DAYS; back++) {
    if (!await isClosed(ctx, { market, date })) return date;
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
  const holidays = await holidaysOf(ctx, market, { from, to: last });
  const sessions: string[] = [];
  for (let day = from; day <= last; day = addDays(day, 1)) {
    const status = known.get(day);
    const isExpected = shouldBeSession(market, day) && !holidays.has(day);
    if (status === undefined ? isExpected : status !== "closed") sessions.push(day);
  }
  return sessions;
}

/**
 * The days before now that want to be looked at, newest first, with what became of those that were asked for: sessions that
 * should be and others that were, what was taken for closed without being a holiday, and of currencies the newest day.
 */
export async function recentDays(ctx: Context, market: Market, calendarDays: number): Promise<RecentDay[]> {
  const to = newestPossible(market, newestDayOver(ctx, market, ctx.now()));
  const span = { from: addDays(to, -calendarDays), to };
  const [known, holidays] = [await statusesOf(ctx, market, span), await holidaysOf(ctx, market, span)];
  return Array.from({ length: calendarDays + 1 }, (_, back) => addDays(to, -back))
    .map((date) => ({ market, date, status: known.get(date) }))
    .filter(({ date, status }) => {
      if (status === "complete" || status === "pending" || market === "fx" && date === to) return true;
      return shouldBeSession(market, date) && !holidays.has(date);
    });
}

const newestPossible = (market: Market, day: string): string =>
  mayBeSession(market, day) ? day : newestPossible(market, addDays(day, -1));

/** Whether a day is known not to be a session, so that nobody need be asked for it. */
async function isClosed(ctx: Context, day: MarketDate): Promise<boolean> {
  const asked = await marketDayCollection(ctx.store).get(marketDayId(day));
  if (asked !== undefined) return asked.value.status === "closed";
  return day.market === "stocks" && (await holidayCollection(ctx.store).get(day.date))?.value.status === "closed";
}

/** The days of a span on which a market is closed. */
async function holidaysOf(ctx: Context, market: Market, { from, to }: Span): Promise<ReadonlySet<string>> {
  if (market !== "stocks") return new Set();
  const bounds = { from, before: addDays(to, 1) };
  const holidays = await Array.fromAsync(holidayCollection(ctx.store).each(bounds), ({ value }) => value);
  return new Set(holidays.filter(({ status }) => status === "closed").map(({ date }) => date));
}

const newestDayOver = (ctx: Context, market: Market, now: Date): string => addDays(marketToday(ctx, market, now), -1);

/** What became of the days that were asked for. */
async function statusesOf(ctx: Context, market: Market, { from, to }: Span) {
  const bounds = { from: marketDayId({ market, date: from }), before: marketDayId({ market, date: addDays(to, 1) }) };
  const days = await Array.fromAsync(marketDayCollection(ctx.store).each(bounds), ({ value }) => value);
  return new Map(days.map(({ date, status }) => [date, status]));
}
