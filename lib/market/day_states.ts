/**
 * The calendar of a market as an operator looks at it: what became of each day of a span.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays } from "../day.ts";
import type { Market, MarketDay } from "../store/market_days.ts";
import { type Holiday, holidayCollection } from "../store/holidays.ts";
import { marketToday, sessionsOver } from "./calendar.ts";
import { type DayGaps, type GapsContext, sessionGaps } from "./gaps.ts";
import { knownDays } from "./missing_history.ts";
import type { Span } from "./provider.ts";

/**
 * `corrected`: complete, and changed since by the provider; `gap`: something that can be had or wants a decision is missing;
 * `pending`: it is being stored; `unasked`: nobody asked for it, and nothing is missing; `closed`: no session; `to_come`: not over.
 */
export const DAY_STATES = [
  "complete",
  "corrected",
  "gap",
  "pending",
  "unasked",
  "closed",
  "holiday",
  "to_come",
] as const;
export type DayState = typeof DAY_STATES[number];

export interface CalendarDay {
  readonly date: string;
  readonly state: DayState;
  /** Of a day that was asked for. */
  readonly revision: number | null;
  /** Bars that are missing and were expected. */
  readonly missing: number;
  /** The holiday's name, of days that close early too. */
  readonly holiday: string | null;
}

interface Known {
  readonly day: MarketDay | undefined;
  readonly gaps: DayGaps | undefined;
  readonly holiday: Holiday | undefined;
  readonly isSession: boolean;
  readonly isOver: boolean;
}

/** Every day of a span, by rising date. */
export async function dayStates(ctx: GapsContext, market: Market, span: Span): Promise<CalendarDay[]> {
  const today = marketToday(ctx, market, ctx.now());
  const sessions = new Set(await sessionsOver(ctx, market, span));
  const days = await knownDays(ctx, market, span);
  const gaps = new Map((await sessionGaps(ctx, market, span)).map((one) => [one.date, one]));
  const holidays = market === "stocks" ? await holidaysBy(ctx, span) : new Map<string, Holiday>();
  const calendar: CalendarDay[] = [];
  for (let date = span.from; date <= span.to; date = addDays(date, 1)) {
    const known: Known = {
      ...{ day: days.get(date), gaps: gaps.get(date), holiday: holidays.get(date) },
      ...{ isSession: sessions.has(date), isOver: date < today },
    };
    calendar.push({
      ...{ date, state: stateOf(known), revision: known.day?.revision ?? null, missing: missingOf(known.gaps) },
      holiday: known.holiday?.name ?? null,
    });
  }
  return calendar;
}

function stateOf({ day, gaps, holiday, isSession, isOver }: Known): DayState {
  if (holiday?.status === "closed" && day?.status !== "complete") return "holiday";
  if (!isOver && day === undefined) return "to_come";
  if (!isSession && isOver) return "closed";
  if (day?.status === "pending") return "pending";
  if (missingOf(gaps) > 0) return "gap";
  if (day === undefined) return gaps === undefined || gaps.expected === 0 ? "unasked" : "complete";
  return day.revision > 1 ? "corrected" : "complete";
}

/** An asset that did not trade, or was not there yet, leaves no gap. */
function missingOf(gaps: DayGaps | undefined): number {
  if (gaps === undefined) return 0;
  const { quarantined, failed, not_there_yet } = gaps.reasons;
  return quarantined + failed + not_there_yet;
}

async function holidaysBy(ctx: Context, { from, to }: Span): Promise<Map<string, Holiday>> {
  const holidays = holidayCollection(ctx.store).each({ from, before: addDays(to, 1) });
  return new Map(await Array.fromAsync(holidays, ({ value }) => [value.date, value] as const));
}
