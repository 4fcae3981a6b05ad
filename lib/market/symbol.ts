/**
 * What a symbol says of itself: the prefixes that tell crypto, currencies and indices from stocks.
 *
 * @module
 */
import type { Market, ProviderAsset } from "./provider.ts";

export function marketOfSymbol(symbol: string): Market {
  if (symbol.startsWith("X:")) return "crypto";
  return symbol.startsWith("C:") ? "fx" : "stocks";
}

/** `undefined` for a symbol without a prefix, which may be of any kind that trades like a stock. */
export function kindOfSymbol(symbol: string): ProviderAsset["kind"] | undefined {
  if (symbol.startsWith("X:")) return "crypto";
  if (symbol.startsWith("C:")) return "currency";
  return symbol.startsWith("I:") ? "index" : undefined;
}
