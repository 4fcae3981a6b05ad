/**
 * Which of the assets that were found is the likeliest to be meant.
 *
 * @module
 */
import type { ProviderAsset } from "./provider.ts";

/**
 * The likeliest first: the symbol itself, then in another case, symbols that start with the text, names that do, and
 * the rest; those alike in the order in which they came.
 */
export function byLikeness(assets: readonly ProviderAsset[], text: string): ProviderAsset[] {
  const sought = text.trim();
  const ranked = assets.map((asset) => ({ asset, rank: rankOf(asset, sought) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ asset }) => asset);
}

/** Whether the text stands in the symbol or in the name, in any case. */
export function isLike({ symbol, name }: Pick<ProviderAsset, "symbol" | "name">, text: string): boolean {
  const sought = text.trim().toLowerCase();
  return symbol.toLowerCase().includes(sought) || name.toLowerCase().includes(sought);
}

function rankOf({ symbol, name }: ProviderAsset, sought: string): number {
  if (symbol === sought) return 0;
  const lower = sought.toLowerCase();
  if (symbol.toLowerCase() === lower) return 1;
  if (symbol.toLowerCase().startsWith(lower)) return 2;
  return name.toLowerCase().startsWith(lower) ? 3 : 4;
}
