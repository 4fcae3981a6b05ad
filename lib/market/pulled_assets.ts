/**
 * Which assets a market's day prices: those whose symbol stands in its rows, in the currency that they are in.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Asset } from "../store/assets.ts";
import type { Market } from "../store/market_days.ts";
import { marketOfSymbol } from "./symbol.ts";

/** What the stock market's rows are in. */
const STOCKS_CURRENCY = "USD";
const CURRENCY_PAIR = /^C:[A-Z]{6}$/;

/** The market whose day prices an asset; `undefined` where none does. */
export function marketOf({ symbol, kind, currency }: Pick<Asset, "symbol" | "kind" | "currency">): Market | undefined {
  const market = marketOfSymbol(symbol);
  switch (kind) {
    case "stock":
    case "fund":
      return market === "stocks" && currency === STOCKS_CURRENCY ? market : undefined;
    case "crypto":
      // X:BTCUSD: what it costs, in the currency that the symbol ends with.
      return market === "crypto" && symbol.slice("X:".length + 1).endsWith(currency) ? market : undefined;
    case "currency":
      return CURRENCY_PAIR.test(symbol) ? market : undefined;
    case "index":
    case "other":
      return undefined;
  }
}

/** The markets whose days price anything. */
export async function heldMarkets(ctx: Context): Promise<Set<Market>> {
  const held = new Set<Market>();
  for await (const { value: asset } of ctx.assets.each()) {
    const market = asset.status === "active" ? marketOf(asset) : undefined;
    if (market !== undefined) held.add(market);
  }
  return held;
}

/** Their numbers by symbol. */
export async function pulledAssets(ctx: Context, market: Market): Promise<Map<string, number>> {
  const pulled = new Map<string, number>();
  for await (const { value: asset } of ctx.assets.each()) {
    if (marketOf(asset) === market) pulled.set(asset.symbol, asset.no);
  }
  return pulled;
}
