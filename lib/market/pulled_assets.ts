/**
 * Which assets a market's day prices: those whose symbol stands in its rows, in the currency that they are in.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayOf } from "../day.ts";
import { spanOf } from "../history/read.ts";
import type { Asset } from "../store/assets.ts";
import type { Market } from "../store/market_days.ts";
import { marketOfSymbol } from "./symbol.ts";
import { symbolOwners } from "./symbol_history.ts";

/** What the stock market's rows are in. */
const STOCKS_CURRENCY = "USD";
/** How long a symbol that fell silent is taken to be the same issuer's. */
const MAX_HALT_DAYS = 90;
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

/** The assets that a market's days price. */
export interface PulledAssets {
  /** The number of the one that has a symbol on a day. */
  readonly on: (symbol: string, date: string) => number | undefined;
  /** When the last of them came to be one whose kind and currency the market prices. */
  readonly since: string;
}

export async function pulledAssets(ctx: Context, market: Market): Promise<PulledAssets> {
  const pulled: Asset[] = [];
  const lastDays = new Map<number, string>();
  for await (const { value: asset } of ctx.assets.each()) {
    if (marketOf(asset) !== market) continue;
    pulled.push(asset);
    if (asset.status === "delisted") lastDays.set(asset.no, await lastTradingDay(ctx, asset));
  }
  const owners = symbolOwners(pulled, ({ no }, day) => day <= (lastDays.get(no) ?? day));
  const since = pulled.map(({ marketSince }) => marketSince).sort().at(-1) ?? "";
  return { on: (symbol, date) => owners.on(symbol, date)?.no, since };
}

/**
 * A symbol that comes back soon was halted; one that comes back later may be another issuer's, who must not inherit a
 * history: whose it is is for an administrator to say.
 */
async function lastTradingDay(ctx: Context, { no }: Asset): Promise<string> {
  const span = await spanOf(ctx, no);
  return span === undefined ? "" : addDays(dayOf(span.lastDay), MAX_HALT_DAYS);
}
