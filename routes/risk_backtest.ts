import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { type BacktestParameters, type RiskBacktest, riskBacktestOf } from "../lib/portfolios/risk_backtest.ts";
import { VAR_METHODS, type VarMethod } from "../lib/portfolios/tail_risk.ts";
import { requires } from "./access.ts";
import { answerAnalysis } from "./analysis_answer.ts";
import { ANALYSIS_ACCESS, analysisQuery, FRAME, frameView } from "./analysis_frame.ts";
import { ConfidenceParameter, wholeParameter } from "./analysis_parameters.ts";
import { MissingReasonSchema } from "./analysis_schemas.ts";
import type { AppEnv } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { DaySchema, json, NOT_MODIFIED } from "./schemas.ts";

const METHODS = Object.keys(VAR_METHODS) as [VarMethod, ...VarMethod[]];
const MAX_LOOKBACK = 2_500;
const DEFAULTS: BacktestParameters = { method: "historical", confidence: 0.99, lookback: 250 };

const BacktestQuerySchema = analysisQuery({
  method: z.enum(METHODS).optional().openapi({ default: DEFAULTS.method, description: "Of value at risk" }),
  confidence: ConfidenceParameter.optional().openapi({ default: DEFAULTS.confidence }),
  lookback: wholeParameter(2, MAX_LOOKBACK).optional().openapi({
    type: "integer",
    description: "Returns before a day that its value at risk is told from",
    default: DEFAULTS.lookback,
    example: DEFAULTS.lookback,
  }),
});

const DaysSchema = z.array(z.object({
  date: DaySchema,
  return: z.number(),
  var: z.number().openapi({ description: "Told the day before; positive for a loss" }),
}));

const BacktestSchema = z.object({
  ...FRAME,
  method: z.enum(METHODS),
  confidence: z.number(),
  lookback: z.int(),
  observations: z.int().openapi({ description: "Days that were tested", example: 250 }),
  reason: MissingReasonSchema.optional().openapi({ description: "Why no day was" }),
  expected_exceptions: z.number().openapi({ description: "Observations times (1 - confidence)" }),
  exceptions: DaysSchema.openapi({ description: "Days that lost more than their value at risk" }),
  kupiec: z.object({
    statistic: z.number().nullable().openapi({ description: "Kupiec's likelihood ratio" }),
    p_value: z.number().nullable()
      .openapi({ description: "The probability of a statistic as large or larger, if the value at risk is right" }),
    reason: MissingReasonSchema.optional(),
  }),
  zone: z.enum(["green", "yellow", "red"]).nullable()
    .openapi({ description: "The Basel Committee's traffic light: green of no exceptions; null of no observations" }),
  cumulative_probability: z.number().nullable()
    .openapi({ description: "Of as many exceptions or fewer: yellow from 95 % on, red from 99.99 %" }),
  items: DaysSchema.openapi({ description: "Every day that was tested, by rising date" }),
}).openapi("RiskBacktest");

const backtest = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/risk/backtest",
  operationId: "readRiskBacktest",
  summary: "Whether a portfolio's value at risk would have been right",
  description:
    "Of each day of the window, the value at risk that the returns before it tell, and none after; the days that lost more; Kupiec's test of how many those are, and the Basel Committee's traffic light.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: { params: PortfolioIdSchema, query: BacktestQuerySchema },
  responses: {
    200: json(BacktestSchema, "The days and the verdict"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleBacktest: RouteHandler<typeof backtest, AppEnv> = (c) => {
  const query = c.req.valid("query");
  const { method, confidence, lookback, ...question } = query;
  const parameters = {
    method: method ?? DEFAULTS.method,
    confidence: confidence ?? DEFAULTS.confidence,
    lookback: lookback ?? DEFAULTS.lookback,
  };
  return answerAnalysis(c, {
    ...{ name: "risk backtest", portfolioId: c.req.valid("param").portfolio_id, query },
    compute: (ctx, portfolio) => riskBacktestOf(ctx, portfolio, question, parameters),
    view: (analysis) => backtestView(analysis, parameters),
  });
};

function backtestView(
  analysis: Analysis<RiskBacktest>,
  parameters: BacktestParameters,
): z.input<typeof BacktestSchema> {
  const { observations, days, reason, expectedExceptions, kupiec, light } = analysis.result;
  const dayView = (day: typeof days[number]) => ({ date: day.date, return: day.return, var: day.valueAtRisk });
  return {
    ...frameView(analysis),
    ...parameters,
    ...{ observations, ...(reason !== undefined && { reason }), expected_exceptions: expectedExceptions },
    exceptions: days.filter(({ isException }) => isException).map(dayView),
    kupiec: "statistic" in kupiec
      ? { statistic: kupiec.statistic, p_value: kupiec.pValue }
      : { statistic: null, p_value: null, reason: kupiec.reason },
    zone: light.zone,
    cumulative_probability: light.cumulativeProbability,
    items: days.map(dayView),
  };
}

export const riskBacktestRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(backtest, handleBacktest);
