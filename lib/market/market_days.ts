/**
 * The days that the provider was asked for, and what became of each.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Page } from "../store/collection.ts";
import {
  type Market,
  type MarketDate,
  type MarketDay,
  marketDayCollection,
  marketDayId,
} from "../store/market_days.ts";

/** Newest first. Throws `InvalidCursor`. */
export async function listMarketDays(
  ctx: Context,
  { market, ...query }: { market: Market; limit: number; cursor: string | undefined },
): Promise<Page<MarketDay>> {
  const page = await marketDayCollection(ctx.store).list({ by: "market", value: [market], ...query, reverse: true });
  return { ...page, items: page.items.map(({ value }) => value) };
}

export async function getMarketDay(ctx: Context, day: MarketDate): Promise<MarketDay> {
  const found = await marketDayCollection(ctx.store).get(marketDayId(day));
  if (found === undefined) throw new Problem("not-found", `${day.date} was never asked for of ${day.market}`);
  return found.value;
}
