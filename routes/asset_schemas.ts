import { z } from "@hono/zod-openapi";
import { decimal, ONE, plain, plainNumber, sum } from "../lib/analysis/decimal.ts";
import { type AssetFacts, chosenIn, type QuotedAsset } from "../lib/market/assets.ts";
import {
  ASSET_KINDS,
  ASSET_STATUSES,
  type Sector,
  SECTOR_SOURCES,
  SECTORS,
  type SectorWeights,
} from "../lib/store/assets.ts";
import { decimalOutput } from "./decimal_schema.ts";
import {
  AssetCurrencySchema,
  DaySchema,
  nameSchema,
  NullableSectorSchema,
  SectorSchema,
  SymbolSchema,
} from "./schemas.ts";

const WeightsSchema = z.partialRecord(SectorSchema, z.number()).openapi({ example: { energy: 0.4, materials: 0.35 } });

const WeightSchema = z.number().gt(0, "must be above 0").max(1, "must be 1 at most").optional();

// An object rather than a record, which takes any `__proto__` and forgets it.
const WeightsInputSchema = z.strictObject(
  Object.fromEntries(SECTORS.map((sector) => [sector, WeightSchema])) as Record<Sector, typeof WeightSchema>,
).superRefine((weights, context) => {
  const values = Object.values(weights);
  if (values.length === 0) context.addIssue({ code: "custom", message: "must name a sector" });
  // Exactly: in doubles 0.1 + 0.2 + 0.7 is not 1, and neither are other weights that people write.
  const total = sum(values.filter((weight) => Number.isFinite(weight)).map((weight) => decimal(weight ?? 0)));
  if (total.gt(ONE)) context.addIssue({ code: "custom", message: `add up to ${plain(total)}, which is more than 1` });
}).transform((weights) => weights as SectorWeights)
  .openapi({
    minProperties: 1,
    description: "Each above 0, in all 1 at most",
    example: { energy: 0.4, materials: 0.35 },
  });

const facts = {
  name: nameSchema(200).openapi({ example: "Apple Inc." }),
  kind: z.enum(ASSET_KINDS).openapi({ example: "stock" }),
  currency: AssetCurrencySchema,
  status: z.enum(ASSET_STATUSES).openapi({ example: "active" }),
};

const ListedOnSchema = DaySchema.openapi({
  description:
    "The first day of the first of its symbols, which was nobody's before, or another issuer's: nothing older is asked for",
  example: "1980-12-12",
});

const notBoth = {
  message: "must not be given beside sector",
  path: ["sector_weights"],
};

export const NewAssetSchema = z.strictObject({
  symbol: SymbolSchema,
  name: facts.name.optional(),
  kind: facts.kind.optional(),
  currency: facts.currency.optional(),
  status: facts.status.optional(),
  listed_on: ListedOnSchema.optional(),
  sector: NullableSectorSchema.optional(),
  sector_weights: WeightsInputSchema.nullable().optional(),
}).refine(({ sector, sector_weights }) => !sector || !sector_weights, notBoth).openapi("NewAsset", {
  example: {
    symbol: "MSFT",
    name: "Microsoft Corp.",
    kind: "stock",
    currency: "USD",
    sector: "information_technology",
  },
});

export const AssetPatchSchema = z.strictObject({
  name: facts.name.optional(),
  kind: facts.kind.optional(),
  currency: facts.currency.optional(),
  status: facts.status.optional(),
  listed_on: z.union([ListedOnSchema, z.null()]).optional()
    .openapi({ description: "null leaves it to the provider" }),
  sector: NullableSectorSchema.optional(),
  sector_weights: WeightsInputSchema.nullable().optional(),
}).refine(({ sector, sector_weights }) => !sector || !sector_weights, notBoth).openapi("AssetPatch", {
  example: { sector: "communication_services" },
});

export const AssetRenameSchema = z.strictObject({
  symbol: SymbolSchema,
  since: DaySchema.openapi({ description: "The first day under the new symbol", example: "2022-06-09" }),
}).openapi("AssetRename", { example: { symbol: "META", since: "2022-06-09" } });

export const AssetSchema = z.object({
  symbol: SymbolSchema,
  name: z.string().openapi({ example: "Apple Inc." }),
  kind: facts.kind,
  currency: AssetCurrencySchema,
  sector: NullableSectorSchema.openapi({ description: "null where the asset has weights of several" }),
  sector_weights: WeightsSchema.nullable(),
  sector_source: z.enum(SECTOR_SOURCES).openapi({ description: "Who said so", example: "manual" }),
  status: facts.status,
  listed_on: ListedOnSchema.optional(),
  former_symbols: z.array(z.object({ symbol: SymbolSchema, until: DaySchema })).optional().openapi({
    description: "Under which it was traded before, each before the day `until`",
  }),
  latest: z.object({ price: decimalOutput("The newest close, as traded", "151.28"), date: DaySchema }).nullable(),
  history: z.object({
    from: DaySchema.nullable().openapi({ description: "Of its first bar" }),
    to: DaySchema.nullable().openapi({ description: "Of its last bar" }),
    asked: z.array(z.object({ from: DaySchema, to: DaySchema }))
      .openapi({ description: "What the provider was asked for of this asset alone, whatever there was" }),
  }),
}).openapi("Asset");

/** One sector or weights of several, as they are stored. */
export const sectorFacts = (
  sector: Sector | null | undefined,
  weights: SectorWeights | null | undefined,
): Pick<AssetFacts, "sector" | "sectorWeights"> => ({
  sector: sector ?? "unclassified",
  sectorWeights: weights ?? null,
});

/** A new asset as it is until the provider has said what was left out. */
export function newFacts(given: z.infer<typeof NewAssetSchema>): AssetFacts {
  const { symbol, name = symbol, kind = "stock", currency = "USD", status = "active", listed_on: listedOn } = given;
  const facts = { symbol, name, kind, currency, status, ...sectorFacts(given.sector, given.sector_weights) };
  return { ...facts, listedOn: listedOn ?? null, chosen: chosenIn({ ...given, listedOn }) };
}

/** What a patch changes; `exactOptionalPropertyTypes` tells what was not given from what was. */
export function patchFacts(
  { sector, sector_weights, listed_on: listedOn, ...patch }: z.infer<typeof AssetPatchSchema>,
): Partial<AssetFacts> {
  const given = Object.fromEntries(Object.entries({ ...patch, listedOn }).filter(([, value]) => value !== undefined));
  const movesSector = sector !== undefined || sector_weights !== undefined;
  return { ...given, ...(movesSector && sectorFacts(sector, sector_weights)) };
}

export const assetView = ({ value: asset, latest, history }: QuotedAsset): z.input<typeof AssetSchema> => ({
  symbol: asset.symbol,
  name: asset.name,
  kind: asset.kind,
  currency: asset.currency,
  sector: asset.sectorWeights === null ? asset.sector : null,
  sector_weights: asset.sectorWeights,
  sector_source: asset.sectorSource,
  status: asset.status,
  ...(asset.listedOn !== null && { listed_on: asset.listedOn }),
  ...(asset.formerSymbols.length > 0 && { former_symbols: asset.formerSymbols }),
  latest: latest === undefined ? null : { price: plainNumber(latest.close), date: latest.date },
  history: {
    from: history.from ?? null,
    to: latest?.date ?? null,
    asked: history.asked.map(({ from, to }) => ({ from, to })),
  },
});
