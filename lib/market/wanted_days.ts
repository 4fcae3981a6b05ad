/**
 * Which days of a market the night has to ask for.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type Market, type MarketDate, marketDayCollection } from "../store/market_days.ts";
import { type RecentDay, recentDays } from "./calendar.ts";

/** Newest first. */
export interface WantedDays {
  /** The newest day, but for that of stocks, for which the timetable asks; and what was missed while nothing ran. */
  readonly missed: readonly MarketDate[];
  /** What late trades may have changed since; and what was taken for closed after one answer without rows. */
  readonly young: readonly MarketDate[];
}

/** How far back days that were missed are asked for; what is older is left to a backfill. */
const MISSED_CALENDAR_DAYS = 30;
const YOUNG_SESSIONS = 5;

export async function wantedDays(ctx: Context, market: Market): Promise<WantedDays> {
  const days = await recentDays(ctx, market, MISSED_CALENDAR_DAYS);
  const newest = days.find(({ status }) => status !== "closed");
  const rest = market === "stocks" ? days.filter((day) => day !== newest) : days;
  const since = await firstKnownDay(ctx, market);
  const isMissed = (day: RecentDay) => day === newest || since !== undefined && day.date > since;
  return { missed: rest.filter((day) => isMissing(day) && isMissed(day)).map(bare), young: youngest(rest) };
}

/** The last sessions, as far as they are there; and between them the days that were closed. */
function youngest(days: readonly RecentDay[]): MarketDate[] {
  const sessions = days.filter(({ status }) => status !== "closed");
  const oldest = sessions[YOUNG_SESSIONS - 1] ?? sessions.at(-1);
  return days.filter((day) => !isMissing(day) && (oldest === undefined || day.date >= oldest.date)).map(bare);
}

async function firstKnownDay(ctx: Context, market: Market): Promise<string | undefined> {
  const { items } = await marketDayCollection(ctx.store).list({ by: "market", value: [market], limit: 1 });
  return items[0]?.value.date;
}

const isMissing = ({ status }: RecentDay): boolean => status === undefined || status === "pending";

const bare = ({ market, date }: RecentDay): MarketDate => ({ market, date });
