/**
 * Which assets the pull prices: stocks and funds in the currency of the stock market's rows.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Asset } from "../store/assets.ts";
import { marketOfSymbol } from "./symbol.ts";

/** What the stock market's rows are in. */
const CURRENCY = "USD";

export const isPulled = ({ symbol, kind, currency }: Asset): boolean =>
  (kind === "stock" || kind === "fund") && marketOfSymbol(symbol) === "stocks" && currency === CURRENCY;

/** Their numbers by symbol. */
export async function pulledAssets(ctx: Context): Promise<Map<string, number>> {
  const pulled = new Map<string, number>();
  for await (const { value: asset } of ctx.assets.each()) if (isPulled(asset)) pulled.set(asset.symbol, asset.no);
  return pulled;
}
