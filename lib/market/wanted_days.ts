/**
 * Which days of a market the night has to ask for.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { readDay } from "../history/read.ts";
import { type Market, type MarketDate, marketDayCollection } from "../store/market_days.ts";
import { type RecentDay, recentDays } from "./calendar.ts";

/** Newest first. */
export interface WantedDays {
  /** The newest day, but for that of stocks, for which the timetable asks; what was missed while nothing ran, and young days that only a backfill has brought. */
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
  const young = youngest(rest);
  const filled = new Set<RecentDay>();
  for (const day of young) if (isMissing(day) && await hasBars(ctx, day)) filled.add(day);
  return {
    missed: rest.filter((day) => isMissing(day) && (isMissed(day) || filled.has(day))).map(bare),
    young: young.filter((day) => !isMissing(day)).map(bare),
  };
}

/** The last sessions, and between them the days that were closed. */
function youngest(days: readonly RecentDay[]): RecentDay[] {
  const sessions = days.filter(({ status }) => status !== "closed");
  const oldest = sessions[YOUNG_SESSIONS - 1] ?? sessions.at(-1);
  return days.filter((day) => oldest === undefined || day.date >= oldest.date);
}

/** A backfill may have brought them, asset by asset; late trades may have changed them since all the same. */
const hasBars = async (ctx: Context, { date }: RecentDay): Promise<boolean> => (await readDay(ctx, date)).size > 0;

async function firstKnownDay(ctx: Context, market: Market): Promise<string | undefined> {
  const { items } = await marketDayCollection(ctx.store).list({ by: "market", value: [market], limit: 1 });
  return items[0]?.value.date;
}

const isMissing = ({ status }: RecentDay): boolean => status === undefined || status === "pending";

const bare = ({ market, date }: RecentDay): MarketDate => ({ market, date });
