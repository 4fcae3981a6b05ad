/**
 * What every analysis of a portfolio can be asked, and what every answer says of what it was made from.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { plain } from "../lib/analysis/decimal.ts";
import { sharesOf } from "../lib/analysis/sector_allocation.ts";
import { ADJUSTMENT_KINDS } from "../lib/history/adjusted_series.ts";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import type { ExplainedLine, ExplainedPrice, Inputs } from "../lib/portfolios/explained.ts";
import { type LeftOut, WARNING_CODES } from "../lib/portfolios/line.ts";
import { MISSING_RULES } from "../lib/portfolios/missing.ts";
import type { Proxy } from "../lib/portfolios/sector_proxy.ts";
import { WINDOW_UNITS, type WindowLength } from "../lib/portfolios/window.ts";
import type { AccessRule } from "./access.ts";
import { decimalOutput } from "./decimal_schema.ts";
import { AssetCurrencySchema, CurrencySchema, DaySchema, SectorSchema, SymbolSchema } from "./schemas.ts";

/** As the portfolio itself, but for a key that was made for something else. */
export const ANALYSIS_ACCESS: AccessRule = { who: "anyone", scopes: ["analysis:read"] };

/** Up to a hundred years. */
const LIMITS = { d: 9_999, w: 5_200, m: 1_200, y: 100 } as const;

const WindowSchema = z.string().regex(/^[1-9]\d{0,3}[dwmy]$/, "must be a number and d, w, m or y, such as 1y or 250d")
  .transform((text): WindowLength & { letter: keyof typeof LIMITS } => {
    const letter = text.slice(-1) as keyof typeof LIMITS;
    return { count: Number(text.slice(0, -1)), unit: WINDOW_UNITS[letter], letter };
  })
  .refine(({ count, letter }) => count <= LIMITS[letter], "must be a hundred years at most")
  .transform(({ count, unit }) => ({ count, unit }))
  .openapi({
    type: "string",
    pattern: "^[1-9][0-9]{0,3}[dwmy]$",
    description:
      "Instead of `from`: how far back the window goes from its end, in trading days (`250d`: 250 returns), weeks, months or years. A year without either",
    example: "1y",
  });

const BasisSchema = z.enum(["current_holdings", "actual"])
  .refine((basis) => basis === "current_holdings", "needs dated transactions, which portfolios do not have yet")
  .openapi({
    description:
      "`current_holdings`: today's amounts, held over the past. `actual` needs dated transactions, and is refused",
    default: "current_holdings",
  });

export const AdjustSchema = z.enum(ADJUSTMENT_KINDS).openapi({
  description:
    "`splits`: price returns, in today's shares. `total`: as if dividends had been reinvested; past values are then no money that there was",
  default: "splits",
});

export const MissingSchema = z.enum(MISSING_RULES).openapi({
  description:
    "For assets whose prices begin later than the window. `shrink_window`: it begins when all have prices. `exclude`: they are left out of all of it. `proxy_sector`: before their first price they move as the rest of their sector in the portfolio",
  default: "shrink_window",
});

export const KnownAtSchema = z.iso.datetime({ offset: true, error: "must be an instant such as 2021-11-06T07:00:00Z" })
  .transform((instant) => new Date(instant).toISOString())
  .openapi({
    type: "string",
    format: "date-time",
    description:
      "Only what had been recorded by this instant counts: bars as they were then, exchange rates, splits and dividends, in the shares of that day. So an old report can be made again, whatever was corrected or withdrawn since; but amounts and sectors are those of now. An instant before the corrections that are still kept is refused",
    example: "2021-11-06T07:00:00Z",
  });

export const ExplainSchema = z.enum(["true", "false"]).transform((explain) => explain === "true")
  .openapi({ type: "boolean", description: "Add the dated prices, factors and rates that the answer was made from" });

/** What the analysis itself is asked, beside what each is; a parameter that it does not know is refused. */
export const analysisQuery = <const T extends z.ZodRawShape>(shape: T) =>
  z.strictObject({
    as_of: DaySchema.optional().openapi({
      description: "The day that the analysis is of: nothing later is looked at. The newest session by default",
      example: "2021-11-05",
    }),
    from: DaySchema.optional().openapi({ description: "The window's first day", example: "2021-01-04" }),
    to: DaySchema.optional().openapi({
      description: "The window's last day; `as_of` by default",
      example: "2021-11-05",
    }),
    window: WindowSchema.optional(),
    basis: BasisSchema.default("current_holdings"),
    adjust: AdjustSchema.default("splits"),
    missing: MissingSchema.default("shrink_window"),
    known_at: KnownAtSchema.optional(),
    explain: ExplainSchema.optional(),
    ...shape,
  });

export const WarningSchema = z.object({
  code: z.enum(WARNING_CODES),
  asset: SymbolSchema.optional(),
  detail: z.string(),
}).openapi("AnalysisWarning");

const PriceSchema = z.object({
  date: DaySchema.openapi({ description: "The session" }),
  price_date: DaySchema.optional().openapi({ description: "The day of its price, where that is an older one" }),
  close: decimalOutput("As traded", "604").nullable()
    .openapi({ description: "As traded; null before the first, where the price is an estimate" }),
  factor: decimalOutput("What the close is multiplied with, where that is not 1", "0.25").optional(),
  adjusted: decimalOutput("The product, rounded half-even to 8 places", "151").optional(),
  fx_rate: decimalOutput("The portfolio's currency for one of the price's, where they differ", "1.1567").optional(),
  fx_rate_date: DaySchema.optional(),
  price: z.number().openapi({ description: "In the portfolio's currency, as the mathematics takes it" }),
}).openapi("ExplainedPrice");

export const InputSchema = z.object({
  asset: SymbolSchema,
  amount: decimalOutput("Shares", "3"),
  currency: AssetCurrencySchema,
  sectors: z.partialRecord(SectorSchema, decimalOutput("Share of it that stands in the sector", "0.4")),
  prices: z.array(PriceSchema),
  as_of_price: PriceSchema.optional()
    .openapi({ description: "That of `as_of`, where the window ends before; its date is its own" }),
  proxy: z.object({
    fraction: z.number(),
    sectors: z.array(z.object({
      sector: SectorSchema,
      share: z.number().openapi({ description: "Of the asset, or of what stands in sectors that have others" }),
      fraction: z.number(),
    })),
  }).optional().openapi({
    description:
      "Of what has no price in a span: how it would have moved, by what the others of each sector were worth at its end and its beginning, their amounts without sign",
  }),
}).openapi("ExplainedInput");

export const FRAME = {
  portfolio_id: z.int().openapi({ example: 1 }),
  currency: CurrencySchema,
  as_of: DaySchema.nullable().openapi({
    description: "The last session that was looked at; null where nothing has a price",
  }),
  window: z.object({ from: DaySchema.nullable(), to: DaySchema.nullable() })
    .openapi({ description: "The first and last session that were looked at" }),
  coverage: z.number().nullable().openapi({
    description:
      "Share of what is held, by gross value as of the day, that has a price of its own on every session of the window",
    example: 1,
  }),
  basis: z.enum(["current_holdings"]),
  adjust: z.enum(ADJUSTMENT_KINDS),
  missing: z.enum(MISSING_RULES),
  market_version: z.string().openapi({ description: "Rises with every change of market data" }),
  left_out: z.array(z.object({
    asset: SymbolSchema,
    amount: decimalOutput("Shares", "3"),
    reason: z.enum(["no_price", "no_fx_rate", "short_history"]),
    as_of_price: PriceSchema.optional()
      .openapi({ description: "With `explain=true`: its price as of the day, which `coverage` counts" }),
  })).openapi({ description: "Investments that nothing in the answer counts, with the reason" }),
  warnings: z.array(WarningSchema),
  known_at: z.string().optional().openapi({ format: "date-time", description: "As it was asked for" }),
  inputs: z.array(InputSchema).optional().openapi({
    description:
      "With `explain=true`: by investment, the price of each session of the window, and before it of those that lead up to it",
  }),
  benchmark_inputs: z.object({ asset: SymbolSchema, currency: AssetCurrencySchema, prices: z.array(PriceSchema) })
    .optional().openapi({ description: "With `explain=true`: the benchmark's price as of each day that it counts on" }),
};

export const frameView = (
  { portfolio, asOf, window, question, coverage, marketVersion, ...rest }: Analysis<unknown>,
) => ({
  portfolio_id: portfolio.id,
  currency: portfolio.currency,
  as_of: asOf,
  window,
  coverage,
  basis: "current_holdings" as const,
  adjust: question.adjust,
  missing: question.missing,
  market_version: marketVersion,
  left_out: rest.leftOut.map((one) => ({
    ...leftOutView(one),
    ...(rest.inputs !== undefined && one.newest !== undefined && { as_of_price: priceView(one.newest) }),
  })),
  warnings: [...rest.warnings],
  ...(question.known_at !== undefined && { known_at: question.known_at }),
  ...(rest.inputs !== undefined && inputsView(rest.inputs)),
});

const inputsView = ({ lines, benchmark }: Inputs) => ({
  inputs: lines.map(inputView),
  ...(benchmark !== undefined && {
    benchmark_inputs: {
      asset: benchmark.asset.symbol,
      currency: benchmark.asset.currency,
      prices: benchmark.prices.map(priceView),
    },
  }),
});

/** With `explain=true`, the prices of what goes from one session to another. */
export function spanInputs({ inputs }: Analysis<unknown>, name: string) {
  const lines = inputs?.spans?.get(name);
  return lines === undefined ? {} : { inputs: lines.map(inputView) };
}

const inputView = ({ held, prices, newest, proxy }: ExplainedLine): z.input<typeof InputSchema> => ({
  asset: held.asset.symbol,
  amount: held.amount,
  currency: held.asset.currency,
  sectors: Object.fromEntries(sharesOf(held.asset).map(([sector, share]) => [sector, plain(share)])),
  prices: prices.map(priceView),
  ...(newest !== undefined && { as_of_price: priceView(newest) }),
  ...(proxy !== undefined && { proxy: proxyView(proxy) }),
});

const proxyView = ({ fraction, sectors }: Proxy) => ({
  fraction,
  sectors: sectors.map((part) => ({ ...part, sector: part.sector as z.infer<typeof SectorSchema> })),
});

const priceView = ({ date, priceDate, close, factor, adjusted, fxRate, fxRateDate, price }: ExplainedPrice) => ({
  date,
  ...(priceDate !== undefined && { price_date: priceDate }),
  ...{ close, ...(factor !== undefined && { factor, adjusted }) },
  ...(fxRate !== undefined && { fx_rate: fxRate }),
  ...(fxRateDate !== undefined && { fx_rate_date: fxRateDate }),
  price,
});

export const leftOutView = ({ held, reason }: LeftOut) => ({
  asset: held.asset.symbol,
  amount: held.amount,
  reason,
});
