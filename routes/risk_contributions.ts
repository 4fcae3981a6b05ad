import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import {
  type Contributions,
  riskContributionsOf,
  type RiskPart,
  type RiskSplit,
} from "../lib/portfolios/risk_contributions.ts";
import { requires } from "./access.ts";
import { answerAnalysis } from "./analysis_answer.ts";
import { ANALYSIS_ACCESS, analysisQuery, FRAME, frameView } from "./analysis_frame.ts";
import { ConfidenceParameter } from "./analysis_parameters.ts";
import { MissingReasonSchema } from "./analysis_schemas.ts";
import { decimalOutput } from "./decimal_schema.ts";
import type { AppEnv } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { json, NOT_MODIFIED, SectorSchema, SymbolSchema } from "./schemas.ts";

const VOLATILITY = z.number().openapi({ description: "A year; the parts add up to the total" });
const VALUE_AT_RISK = z.number()
  .openapi({ description: "Of one day, a fraction of the portfolio's value; the parts add up to the total" });
const AMOUNT = decimalOutput("Value at risk as money, rounded half-even to 8 places", "1203.5").nullable();

const PART = {
  weight: z.number().openapi({ description: "Share of the portfolio's value; negative for what is short" }),
  component_volatility: VOLATILITY,
  component_var: VALUE_AT_RISK,
  component_var_amount: AMOUNT,
  share_of_var: z.number().nullable().openapi({ description: "Of the total; null where that is 0" }),
};

const ContributionsSchema = z.object({
  ...FRAME,
  observations: z.int().openapi({ description: "Returns: one fewer than there are sessions", example: 252 }),
  periods_per_year: z.int().openapi({ description: "252; 365 of crypto assets alone, which trade on every day" }),
  method: z.literal("gaussian"),
  confidence: z.number(),
  horizon_days: z.literal(1),
  market_value: decimalOutput("As of the day, exactly", "247767.2"),
  total: z.union([
    z.object({
      volatility: VOLATILITY,
      var: VALUE_AT_RISK,
      var_amount: AMOUNT,
      diversification_ratio: z.number()
        .openapi({ description: "The assets' volatilities by absolute weight, over the portfolio's" }),
    }),
    z.null(),
  ]),
  reason: MissingReasonSchema.optional().openapi({ description: "Why there is no total" }),
  assets: z.array(z.object({
    asset: SymbolSchema,
    ...PART,
    marginal_volatility: z.number().openapi({ description: "What one more of the weight would add" }),
    marginal_var: z.number().openapi({ description: "What one more of the weight would add" }),
  })),
  sectors: z.array(z.object({ sector: SectorSchema, ...PART }))
    .openapi({ description: "A sector's part is the sum of its members'; by falling value at risk" }),
}).openapi("RiskContributions");

const contributions = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/risk/contributions",
  operationId: "readRiskContributions",
  summary: "Where a portfolio's risk comes from",
  description:
    "What each asset and each sector adds to volatility and to Gaussian value at risk, at today's weights held anew each day: `w_i (Cov w)_i / std` and `w_i (-mean_i - z (Cov w)_i / std)`. They add up to the total, which differs from that of `/risk` by as much as weights drifted over the window.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: { params: PortfolioIdSchema, query: analysisQuery({ confidence: ConfidenceParameter.optional() }) },
  responses: {
    200: json(ContributionsSchema, "The parts and the total"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleContributions: RouteHandler<typeof contributions, AppEnv> = (c) => {
  const query = c.req.valid("query");
  const { confidence = 0.95, ...question } = query;
  return answerAnalysis(c, {
    ...{ name: "risk contributions", portfolioId: c.req.valid("param").portfolio_id, query },
    compute: (ctx, portfolio) => riskContributionsOf(ctx, portfolio, question, confidence),
    view: (analysis) => contributionsView(analysis, confidence),
  });
};

function contributionsView(
  analysis: Analysis<Contributions>,
  confidence: number,
): z.input<typeof ContributionsSchema> {
  const { observations, periodsPerYear, marketValue, split } = analysis.result;
  return {
    ...frameView(analysis),
    ...{
      observations,
      periods_per_year: periodsPerYear,
      method: "gaussian",
      confidence,
      horizon_days: 1,
      market_value: marketValue,
    },
    ...("reason" in split ? { total: null, reason: split.reason, assets: [], sectors: [] } : splitView(split)),
  };
}

const splitView = (split: RiskSplit) => ({
  total: {
    volatility: split.volatility,
    var: split.valueAtRisk,
    var_amount: split.amount,
    diversification_ratio: split.diversificationRatio,
  },
  assets: split.assets.map((part) => ({
    asset: part.asset,
    ...partView(part, split),
    marginal_volatility: part.marginalVolatility,
    marginal_var: part.marginalValueAtRisk,
  })),
  sectors: split.sectors.map((part) => ({
    sector: part.sector as z.infer<typeof SectorSchema>,
    ...partView(part, split),
  })),
});

const partView = ({ weight, volatility, valueAtRisk, amount }: RiskPart, total: RiskSplit) => ({
  weight,
  component_volatility: volatility,
  component_var: valueAtRisk,
  component_var_amount: amount,
  share_of_var: total.valueAtRisk === 0 ? null : valueAtRisk / total.valueAtRisk,
});

export const riskContributionRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(contributions, handleContributions);
