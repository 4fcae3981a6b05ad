/**
 * Under which symbol an asset is traded on which day. A symbol that an asset had is its own for the days before the change
 * only: whoever has that symbol afterwards is somebody else. So is whoever had its first symbol before it was listed.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays } from "../day.ts";
import type { Asset } from "../store/assets.ts";
import { spanOrNone } from "./day_spans.ts";
import type { Span } from "./provider.ts";

/** More have hardly ever had one symbol. */
const MAX_FORMER = 100;

type Named = Pick<Asset, "symbol" | "formerSymbols" | "listedOn">;

export interface SymbolSpan extends Span {
  readonly symbol: string;
}

/** A symbol, from a day on and until another. */
interface Name {
  readonly symbol: string;
  readonly from: string;
  readonly until: string;
}

/** Before every day. */
const EVER = "0000-01-01";
/** After every day. */
export const FOR_GOOD = "9999-12-31";

/** The first day of the present symbol, as far as is known. */
export const symbolSince = (asset: Named): string => namesOf(asset).at(-1)?.from ?? EVER;

/** The symbol on a day. */
export const symbolOn = (asset: Named, day: string): string => nameOn(asset, day).symbol;

/**
 * The end of a span, as far back as the symbol of its last day was the asset's; `undefined` where on that day it was
 * still theirs who gave it up, or nobody's.
 */
export async function ownSymbolSpan(ctx: Context, asset: Asset, { from, to }: Span): Promise<SymbolSpan | undefined> {
  const name = nameOn(asset, to);
  const freed = name.symbol === asset.symbol ? await freedOn(ctx, asset) : undefined;
  const first = [from, name.from, freed ?? from].sort().at(-1) ?? from;
  return first > to ? undefined : { symbol: name.symbol, from: first, to };
}

/** A span by the symbols that the asset had in it, the newest first; without the days on which it had none. */
export async function ownSymbolSpans(ctx: Context, asset: Asset, span: Span): Promise<SymbolSpan[]> {
  const spans: SymbolSpan[] = [];
  for (let rest: Span | undefined = span; rest !== undefined;) {
    const own = await ownSymbolSpan(ctx, asset, rest);
    if (own !== undefined) spans.push(own);
    rest = own && spanOrNone(rest.from, addDays(own.from, -1));
  }
  return spans;
}

/** When the symbol was given up by whoever had it before. */
async function freedOn(ctx: Context, { no, symbol }: Asset): Promise<string | undefined> {
  const { items } = await ctx.assets.list({ by: "former_symbol", value: [symbol], limit: MAX_FORMER });
  const days = items.filter(({ value }) => value.no !== no).flatMap(({ value }) => value.formerSymbols)
    .filter((former) => former.symbol === symbol).map(({ until }) => until);
  return days.sort().at(-1);
}

/** Whose a symbol is on a day, among the assets that somebody knows of. */
export interface Owners<A> {
  on(symbol: string, day: string): A | undefined;
  add(asset: A): void;
}

/**
 * Where several lay claim to a symbol, it is theirs who gave it up first: the others cannot have had it yet.
 * `isTrading` tells on which days an asset counts at all.
 */
export function symbolOwners<A extends Named>(
  assets: Iterable<A>,
  isTrading: (asset: A, day: string) => boolean = () => true,
): Owners<A> {
  const claims = new Map<string, (Name & { readonly asset: A })[]>();

  function add(asset: A): void {
    for (const name of namesOf(asset)) {
      const others = claims.get(name.symbol) ?? [];
      claims.set(name.symbol, [...others, { ...name, asset }].sort((a, b) => a.until < b.until ? -1 : 1));
    }
  }

  for (const asset of assets) add(asset);
  return {
    add,
    on: (symbol, day) =>
      claims.get(symbol)?.find(({ asset, from, until }) => from <= day && day < until && isTrading(asset, day))?.asset,
  };
}

/** By rising date. */
function namesOf({ symbol, formerSymbols, listedOn }: Named): Name[] {
  const names = [...formerSymbols, { symbol, until: FOR_GOOD }];
  return names.map((name, i) => ({ ...name, from: names[i - 1]?.until ?? listedOn ?? EVER }));
}

/** Before it was listed, the first. */
const nameOn = (asset: Named, day: string): Name =>
  namesOf(asset).find(({ until }) => day < until) ?? { symbol: asset.symbol, from: EVER, until: FOR_GOOD };
