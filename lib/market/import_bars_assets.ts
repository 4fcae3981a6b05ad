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
import { symbolOwners, symbolSince } from "./symbol_history.ts";

export interface AssetFinder {
  /** The number of the asset that had the symbol on that day. */
  find(symbol: string, date: string): number | undefined;
  /** The number of one that was made for it; a fault where none can be made, and nothing where none is to be. */
  missing(symbol: string): Promise<number | RowFault | undefined>;
  readonly created: () => number;
  /** How many rows were left out, by symbol. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Likewise, of days on which the symbol was not its asset's yet. */
  readonly others: ReadonlyMap<string, number>;
}

/** A file of something else has a symbol a row. */
const MAX_UNKNOWN = 10_000;
const OTHERS = "others";

export async function assetFinder(ctx: Context, { createAssets }: { createAssets: boolean }): Promise<AssetFinder> {
  const assets = await Array.fromAsync(ctx.assets.each(), ({ value }) => value);
  const owners = symbolOwners(assets);
  const present = new Map(assets.map((asset) => [asset.symbol, asset]));
  const [unknown, others] = [new Map<string, number>(), new Map<string, number>()];
  let created = 0;

  async function missing(symbol: string): Promise<number | RowFault | undefined> {
    const holder = present.get(symbol);
    if (holder !== undefined) return count(others, `${symbol} before ${symbolSince(holder)}`);
    if (!createAssets) return count(unknown, unknown.has(symbol) || unknown.size < MAX_UNKNOWN ? symbol : OTHERS);
    if (!isSymbol(symbol)) return { fault: `the symbol is ${JSON.stringify(symbol.slice(0, 40))}, which is none` };
    const { value } = await createAsset(ctx, factsOf(symbol), "manual");
    owners.add(value);
    present.set(symbol, value);
    created += 1;
    return value.no;
  }

  return { find: (symbol, date) => owners.on(symbol, date)?.no, missing, created: () => created, unknown, others };
}

const count = (rows: Map<string, number>, what: string): undefined => void rows.set(what, (rows.get(what) ?? 0) + 1);

/** A stock in dollars, unless the symbol says otherwise: `C:USDJPY` and `X:BTCEUR` are priced in their last three letters. */
function factsOf(symbol: string): AssetFacts {
  const kind = kindOfSymbol(symbol) ?? "stock";
  const counter = symbol.slice(-3);
  const currency = kind !== "stock" && isCurrencyCode(counter) ? counter : "USD";
  return { symbol, name: symbol, kind, currency, sector: "unclassified", sectorWeights: null, status: "active" };
}
