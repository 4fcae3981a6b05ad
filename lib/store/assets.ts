import { z } from "zod";
import { isCurrencyCode } from "../analysis/currency.ts";
import type { Change } from "./change.ts";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

/** The eleven sectors, and where everything else stands. */
export const SECTORS = [
  "energy",
  "materials",
  "industrials",
  "utilities",
  "health_care",
  "financials",
  "consumer_discretionary",
  "consumer_staples",
  "information_technology",
  "communication_services",
  "real_estate",
  "unclassified",
] as const;
export const ASSET_KINDS = ["stock", "fund", "crypto", "currency", "index", "other"] as const;
export const ASSET_STATUSES = ["active", "inactive", "delisted"] as const;
/** `approximate`: derived from what the provider says of the industry. */
export const SECTOR_SOURCES = ["manual", "fixture", "approximate"] as const;

export const CHOOSABLE = ["name", "kind", "currency", "sector", "status", "listedOn"] as const;

/** Assets share the texts that many of them have: of twenty holdings, each would be fetched from memory to be compared. */
const texts = new Map<string, string>();

function shared<T extends string>(text: T): T {
  const known = texts.get(text);
  if (known !== undefined) return known as T;
  texts.set(text, text);
  return text;
}

const schema = z.object({
  /** Survives a rename, and is never used again. */
  no: z.int().positive(),
  symbol: z.string(),
  name: z.string(),
  kind: z.enum(ASSET_KINDS).transform(shared),
  currency: z.string().transform(shared),
  sector: z.enum(SECTORS).transform(shared),
  /** Shares of the value that stand in several sectors; what they leave stands in `unclassified`. */
  sectorWeights: z.partialRecord(z.enum(SECTORS), z.number().positive().max(1)).nullable(),
  sectorSource: z.enum(SECTOR_SOURCES),
  status: z.enum(ASSET_STATUSES).transform(shared),
  /** Names the security whatever its symbol, where the provider knows it. */
  figi: z.string().nullable().default(null),
  /** What somebody has chosen, and nothing that is derived may take the place of. */
  chosen: z.array(z.enum(CHOOSABLE)).default(["name", "kind", "currency", "sector"]),
  /** Under which it was traded before, by rising date: each before the day `until`. */
  formerSymbols: z.array(z.object({ symbol: z.string(), until: z.string() })).default([]),
  /** The first day of the first of its symbols, which was nobody's before, or another's; `null` where that is not known. */
  listedOn: z.string().nullable().default(null),
  /** Whether the provider was asked since when its symbols are its own; what was stored before that goes on as it was. */
  symbolsAsked: z.boolean().default(true),
  /** Why its symbol may be another issuer's by now, and since when that is known. */
  symbolDoubt: z.object({ issuer: z.enum(["another", "doubtful"]), since: z.string() }).nullable().default(null),
  /** Since when its market's days price it; where this is empty, since there is the asset. */
  marketSince: z.string().default(""),
  /** When the provider was last asked what it is; never, where this is empty. */
  refreshedAt: z.string().default(""),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type Asset = z.infer<typeof schema>;
export type Choosable = typeof CHOOSABLE[number];
export type Sector = Asset["sector"];
export type SectorWeights = NonNullable<Asset["sectorWeights"]>;

export const assetCollection = (store: Store): Collection<Asset, number> =>
  collection(store, {
    name: "assets",
    schemaVersion: 1,
    schema,
    idOf: (asset) => asset.no,
    unique: { symbol: (asset) => [asset.symbol] },
    indexes: {
      sector: (asset) => sectorsOf(asset).map((sector) => [sector, asset.symbol]),
      former_symbol: (asset) => [...new Set(asset.formerSymbols.map(({ symbol }) => symbol))].map((symbol) => [symbol]),
      symbol_doubt: (asset) => asset.symbolDoubt === null ? [] : [[asset.symbol]],
      kind: (asset) => [[asset.kind, asset.symbol]],
      status: (asset) => [[asset.status, asset.symbol]],
    },
  });

/** Every sector that a share of the asset's value stands in, but for the remainder of its weights. */
export const sectorsOf = (asset: Asset): Sector[] =>
  asset.sectorWeights === null ? [asset.sector] : Object.keys(asset.sectorWeights) as Sector[];

/** Letters, digits, dots, hyphens and colons; case-sensitive, since providers' symbols are. */
export const SYMBOL_FORM = /^[A-Za-z0-9.:-]{1,20}$/;

/** Not "." or "..", which no path can name. */
export const isSymbol = (text: string): boolean => SYMBOL_FORM.test(text) && text !== "." && text !== "..";

/** Money itself: one of it is worth one of its currency, which is its symbol. A rate, such as `C:EURUSD`, is none. */
export const isCash = ({ kind, symbol }: Pick<Asset, "kind" | "symbol">): boolean =>
  kind === "currency" && isCurrencyCode(symbol);

/** Written by each removal of an asset, so that none can go while a portfolio takes it in. */
export const ASSET_REMOVALS: Deno.KvKey = ["asset_removals"];

/** Stages the condition that no asset was removed since now. */
export async function watchAssetRemovals(store: Store): Promise<(change: Change) => Change> {
  const { versionstamp } = await store.get(ASSET_REMOVALS);
  return (change) => change.check(ASSET_REMOVALS, versionstamp);
}
