import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { statedRate } from "../lib/analysis/currency.ts";
import { ONE, plain } from "../lib/analysis/decimal.ts";
import { plainFixed } from "../lib/analysis/fixed_point.ts";
import type { SectorAllocation, Slice } from "../lib/analysis/sector_allocation.ts";
import { dayIn } from "../lib/day.ts";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { readPortfolio } from "../lib/portfolios/portfolios.ts";
import { analysedSectorsOf, type SectorAnalysis } from "../lib/portfolios/sector_analysis.ts";
import { type SectorReport, sectorsOf } from "../lib/portfolios/sectors.ts";
import { assertNotInFuture, type Holding, WARNING_CODES } from "../lib/portfolios/valuation.ts";
import { SECTORS } from "../lib/store/assets.ts";
import { VERSION } from "../lib/version.ts";
import { type AccessRule, requires } from "./access.ts";
import { answer, unchanged } from "./answer.ts";
import { ExplainSchema } from "./analysis_frame.ts";
import { decimalOutput } from "./decimal_schema.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import {
  type Included,
  IncludeSchema,
  sectorAnalysisView,
  SectorPerformanceSchema,
  SectorRiskSchema,
  SectorsFrameSchema,
  sectorsFrameView,
} from "./sector_analysis.ts";
import {
  AssetCurrencySchema,
  CurrencySchema,
  DaySchema,
  json,
  NOT_MODIFIED,
  SectorSchema,
  SymbolSchema,
} from "./schemas.ts";
import { sharedCaching } from "./shared_caching.ts";

const WeightSchema = z.number().nullable()
  .openapi({ description: "Share of the portfolio's market value; null where that is 0", example: 0.32859878 });

const HoldingSchema = z.object({
  asset: SymbolSchema,
  amount: decimalOutput("Shares as of now", "200"),
  currency: AssetCurrencySchema.optional()
    .openapi({ description: "Of the price, where it is not the portfolio's", example: "EUR" }),
  price: decimalOutput("In today's shares, so that it may be multiplied with the amount; of cash 1", "407.08"),
  price_date: DaySchema,
  raw_price: decimalOutput("As traded on its date, where a split since makes it differ", "1628.32").optional(),
  split_factor: decimalOutput("Today's shares for one of that date, where it is not 1", "4").optional(),
  fx_rate: decimalOutput(
    "The portfolio's currency for one of the price's, where they differ: exact for a direct quote, else to 20 decimal places",
    "1.1567",
  ).optional(),
  fx_rate_date: DaySchema.optional().openapi({
    description:
      "The day of that rate, of a rate across USD the older quote's; absent between units of one currency such as GBp and GBP",
  }),
  sector_share: decimalOutput("Share of the holding in this sector, where it stands in several", "0.4").optional(),
  market_value: decimalOutput(
    "Amount times price, exactly; where there is an fx_rate, times that rate and rounded half-even to 8 decimal places; times the share in this sector",
    "81416",
  ),
  weight: WeightSchema,
});

const SectorReportSchema = z.object({
  portfolio_id: z.int().openapi({ example: 1 }),
  currency: CurrencySchema,
  as_of: DaySchema.nullable().openapi({ description: "The session that is valued; null where nothing has a price" }),
  market_version: z.string().openapi({ description: "Rises with every change of market data" }),
  market_value: decimalOutput("The sum of the sectors, exactly", "247767.2"),
  sectors: z.array(z.object({
    sector: SectorSchema,
    name: z.string().openapi({ example: "Financials" }),
    market_value: decimalOutput("The sum of its investments, exactly", "81416"),
    weight: WeightSchema,
    investments: z.array(HoldingSchema),
    performance: SectorPerformanceSchema.optional(),
    risk: SectorRiskSchema.optional(),
  })).openapi({ description: "By falling market value, then by code" }),
  unpriced: z.array(z.object({
    asset: SymbolSchema,
    amount: decimalOutput("Shares", "3"),
    reason: z.enum(["no_price", "no_fx_rate"]),
  })).openapi({ description: "Investments that the market value leaves out, with the reason" }),
  warnings: z.array(z.object({
    code: z.enum(WARNING_CODES),
    asset: SymbolSchema,
    detail: z.string(),
  })).openapi({ description: "What was priced or converted by older data than that of its day" }),
  analysis: SectorsFrameSchema.optional(),
}).openapi("SectorReport");

/** As the portfolio itself. */
export const SECTORS_ACCESS: AccessRule = { who: "anyone", scopes: ["analysis:read", "portfolios:read"] };

export const AsOfSchema = DaySchema.optional()
  .openapi({ description: "A day of the past, or today", example: "2021-11-05" });

const sectors = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/sectors",
  operationId: "readSectors",
  summary: "What a portfolio is worth, by sector",
  description:
    "At the newest price of each asset or, with `as_of`, at the prices of the last session on or before that day. Totals are exact: the sectors add up to the portfolio, the investments to their sector. What is priced in another currency is converted at the newest rate on or before the day of its price: out of the history of currency pairs such as `C:EURUSD`, direct, inverse or across USD, whichever is newest.",
  tags: ["Analysis"],
  ...requires(SECTORS_ACCESS),
  request: {
    params: PortfolioIdSchema,
    query: z.strictObject({
      as_of: AsOfSchema,
      include: IncludeSchema.optional(),
      explain: ExplainSchema.optional().openapi({
        description:
          "With `include`, add the dated prices, factors and rates that performance and risk were made from; those of the values stand beside them in any case",
      }),
    }),
  },
  responses: {
    200: json(SectorReportSchema, "The portfolio by sector"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleSectors: RouteHandler<typeof sectors, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const { as_of, include = [], explain = false } = c.req.valid("query");
  if (as_of !== undefined) assertNotInFuture(ctx, as_of);
  const portfolio = await readPortfolio(ctx, c.req.valid("param").portfolio_id);
  // What a past price is in today's shares changes with the day, too; what is made of it all, with the release.
  const today = dayIn(ctx.marketTimeZone, ctx.now());
  const asked = [as_of ?? "newest", ...include, ...(explain ? ["explained"] : []), today, VERSION].join("-");
  const etagAt = (version: string) => `"${portfolio.versionstamp}-${version}-${asked}"`;
  const headers = sharedCaching(ctx.actor, portfolio.value);
  const seen = unchanged(c, etagAt(ctx.store.version("market")), headers);
  if (seen !== undefined) return seen;
  const { report, analysis } = include.length === 0
    ? { report: await sectorsOf(ctx, portfolio, as_of), analysis: undefined }
    : await analysedSectorsOf(ctx, portfolio, { as_of, explain });
  const body = analysis === undefined ? reportView(report) : withAnalysis(reportView(report), analysis, include);
  return answer(c, body, 200, { etag: etagAt(report.marketVersion), headers, isReusable: true });
};

const withAnalysis = (
  body: z.input<typeof SectorReportSchema>,
  analysis: Analysis<SectorAnalysis>,
  include: readonly Included[],
): z.input<typeof SectorReportSchema> => ({
  ...body,
  sectors: body.sectors.map((of) => ({ ...of, ...sectorAnalysisView(analysis, of.sector, include) })),
  analysis: sectorsFrameView(analysis),
});

const reportView = (report: SectorReport): z.input<typeof SectorReportSchema> => ({
  portfolio_id: report.portfolio.id,
  currency: report.portfolio.currency,
  as_of: report.asOf,
  market_version: report.marketVersion,
  market_value: plainFixed(report.allocation.marketValue),
  sectors: report.allocation.sectors.map(sectorView),
  unpriced: report.unpriced.map(({ asset, amount, reason }) => ({
    asset: asset.symbol,
    amount,
    reason,
  })),
  warnings: [...report.warnings],
});

const sectorView = ({ sector, marketValue, weight, slices }: SectorAllocation<Holding>) => ({
  sector: sector as z.infer<typeof SectorSchema>,
  name: sectorName(sector),
  market_value: plainFixed(marketValue),
  weight,
  investments: slices.map(holdingView),
});

const inWords = (sector: string): string =>
  sector.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");

const NAMES: ReadonlyMap<string, string> = new Map(SECTORS.map((sector) => [sector, inWords(sector)]));

/** A sector's code as people write it. */
export const sectorName = (sector: string): string => NAMES.get(sector) ?? inWords(sector);

const holdingView = ({ holding, marketValue, weight, share }: Slice<Holding>) => {
  const { asset, amount, share: { price, date, split }, fx } = holding;
  // What is undefined is left out of JSON.
  return {
    asset: asset.symbol,
    amount,
    price,
    price_date: date,
    raw_price: split?.rawPrice,
    split_factor: split?.factor,
    currency: fx === undefined ? undefined : asset.currency,
    fx_rate: fx === undefined ? undefined : plain(statedRate(fx.rate)),
    fx_rate_date: fx?.date,
    sector_share: share === ONE || share.eq(ONE) ? undefined : plain(share),
    market_value: plainFixed(marketValue),
    weight,
  };
};

export const sectorRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(sectors, handleSectors);
