/**
 * Which days are sessions of a market: stocks trade on weekdays that were not closed, currencies on weekdays, crypto every day.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayIn, isWeekend } from "../day.ts";
import type { Asset } from "../store/assets.ts";
import { marketDayCollection } from "../store/market_days.ts";
import type { Market } from "./provider.ts";

/** A span of days, both ends included. */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** The market that prices an asset; `undefined` where none does: cash is worth itself, other kinds are priced by hand. */
export function marketOf(asset: Pick<Asset, "symbol" | "kind">): Market | undefined {
  if (asset.symbol.startsWith("X:")) return "crypto";
  if (asset.symbol.startsWith("C:")) return "fx";
  return asset.kind === "stock" || asset.kind === "fund" ? "stocks" : undefined;
}

/** The newest day of a market that is over: by New York for stocks, by UTC for what never closes. */
export function newestOver(ctx: Context, market: Market, now: Date): string {
  return addDays(market === "stocks" ? dayIn(ctx.marketTimeZone, now) : dayIn("UTC", now), -1);
}

/** Days on which the stock market was closed: those of which the provider had nothing. */
async function closedDays(ctx: Context, { from, to }: DaySpan): Promise<ReadonlySet<string>> {
  const closed = new Set<string>();
  for await (const { value } of marketDayCollection(ctx.store).each({ from, before: addDays(to, 1) })) {
    if (value.status === "closed") closed.add(value.date);
  }
  return closed;
}

/** The sessions of a market within a span, by rising date. */
export async function sessionsOf(ctx: Context, market: Market, span: DaySpan): Promise<string[]> {
  const closed = market === "stocks" ? await closedDays(ctx, span) : new Set();
  const sessions: string[] = [];
  for (let day = span.from; day <= span.to; day = addDays(day, 1)) {
    if (market !== "crypto" && isWeekend(day)) continue;
    if (!closed.has(day)) sessions.push(day);
  }
  return sessions;
}
