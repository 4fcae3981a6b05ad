/**
 * Under which symbol an asset is traded on which day. A symbol that an asset had is its own for the days before the change
 * only: whoever has that symbol afterwards is somebody else.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Asset } from "../store/assets.ts";
import type { Span } from "./provider.ts";

/** More have hardly ever had one symbol. */
const MAX_FORMER = 100;

type Named = Pick<Asset, "symbol" | "formerSymbols">;

export interface SymbolSpan extends Span {
  readonly symbol: string;
}

/** The symbol on a day. */
export const symbolOn = (asset: Named, day: string): string => claimOn(asset, day).symbol;

/**
 * The end of a span, as far back as the symbol of its last day was the asset's; `undefined` where on that day it was
 * still theirs who gave it up.
 */
export async function ownSymbolSpan(ctx: Context, asset: Asset, { from, to }: Span): Promise<SymbolSpan | undefined> {
  const symbol = symbolOn(asset, to);
  const changed = asset.formerSymbols.findLast(({ until }) => until <= to)?.until;
  const freed = symbol === asset.symbol ? await freedOn(ctx, asset) : undefined;
  const first = [from, changed ?? from, freed ?? from].sort().at(-1) ?? from;
  return first > to ? undefined : { symbol, from: first, to };
}

/** When the symbol was given up by whoever had it before. */
async function freedOn(ctx: Context, { no, symbol }: Asset): Promise<string | undefined> {
  const { items } = await ctx.assets.list({ by: "former_symbol", value: [symbol], limit: MAX_FORMER });
  const days = items.filter(({ value }) => value.no !== no).flatMap(({ value }) => value.formerSymbols)
    .filter((former) => former.symbol === symbol).map(({ until }) => until);
  return days.sort().at(-1);
}

/**
 * Whose rows a symbol's are on a day. Where several lay claim to it, it is theirs who gave it up first: the others cannot
 * have had it yet.
 */
export function bySymbolOn<A extends Named>(assets: Iterable<A>, day: string): Map<string, A> {
  const found = new Map<string, A>();
  for (const asset of assets) {
    const { symbol, until } = claimOn(asset, day);
    const other = found.get(symbol);
    if (other === undefined || until < claimOn(other, day).until) found.set(symbol, asset);
  }
  return found;
}

/** After every day. */
const FOR_GOOD = "9999-12-31";

const claimOn = ({ symbol, formerSymbols }: Named, day: string): Named["formerSymbols"][number] =>
  formerSymbols.find(({ until }) => day < until) ?? { symbol, until: FOR_GOOD };
