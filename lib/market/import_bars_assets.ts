/**
 * Whose bars the rows of a file are.
 *
 * @module
 */
import { isCurrencyCode } from "../analysis/currency.ts";
import type { Context } from "../context.ts";
import { isSymbol } from "../store/assets.ts";
import { type AssetFacts, createAsset } from "./assets.ts";
import type { RowFault } from "./import_bars_row.ts";
import { kindOfSymbol } from "./symbol.ts";

export interface AssetFinder {
  /** The number of an asset that is known. */
  find(symbol: string): number | undefined;
  /** The number of one that was made for it; a fault where none can be made, and nothing where none is to be. */
  missing(symbol: string): Promise<number | RowFault | undefined>;
  readonly created: () => number;
  /** How many rows were left out, by symbol. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** A file of something else has a symbol a row. */
const MAX_UNKNOWN = 10_000;
const OTHERS = "others";

export async function assetFinder(ctx: Context, { createAssets }: { createAssets: boolean }): Promise<AssetFinder> {
  const pointers = ctx.store.list({ prefix: ["assets_by_symbol"] }, { batchSize: 500 });
  const known = new Map(await Array.fromAsync(pointers, ({ key, value }) => [String(key[1]), Number(value)] as const));
  const unknown = new Map<string, number>();
  let created = 0;

  async function missing(symbol: string): Promise<number | RowFault | undefined> {
    if (!createAssets) {
      const counted = unknown.has(symbol) || unknown.size < MAX_UNKNOWN ? symbol : OTHERS;
      unknown.set(counted, (unknown.get(counted) ?? 0) + 1);
      return undefined;
    }
    if (!isSymbol(symbol)) return { fault: `the symbol is ${JSON.stringify(symbol.slice(0, 40))}, which is none` };
    const { value } = await createAsset(ctx, factsOf(symbol), "manual");
    known.set(symbol, value.no);
    created += 1;
    return value.no;
  }

  return { find: (symbol) => known.get(symbol), missing, created: () => created, unknown };
}

/** A stock in dollars, unless the symbol says otherwise: `C:USDJPY` and `X:BTCEUR` are priced in their last three letters. */
function factsOf(symbol: string): AssetFacts {
  const kind = kindOfSymbol(symbol) ?? "stock";
  const counter = symbol.slice(-3);
  const currency = kind !== "stock" && isCurrencyCode(counter) ? counter : "USD";
  return { symbol, name: symbol, kind, currency, sector: "unclassified", sectorWeights: null, status: "active" };
}
