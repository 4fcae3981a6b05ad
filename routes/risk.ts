import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { BENCHMARK_METRIC_NAMES, METRIC_NAMES } from "../lib/analysis/metrics.ts";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { type Concentration, type Risk, riskOf, type RiskParameters } from "../lib/portfolios/risk.ts";
import type { TailRisk } from "../lib/portfolios/tail_risk.ts";
import { ES_METHODS, VAR_METHODS } from "../lib/portfolios/tail_risk.ts";
import { requires } from "./access.ts";
import { answerAnalysis } from "./analysis_answer.ts";
import { ANALYSIS_ACCESS, analysisQuery, FRAME, frameView } from "./analysis_frame.ts";
import { BenchmarkParameter, ConfidencesParameter, numberParameter, wholeParameter } from "./analysis_parameters.ts";
import { METHOD, MethodSchema, MissingReasonSchema, namedMetrics } from "./analysis_schemas.ts";
import { decimalOutput } from "./decimal_schema.ts";
import type { AppEnv } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { ConcentrationSchema, DrawdownSchema } from "./risk_schemas.ts";
import { DaySchema, json, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";

const MAX_HORIZON_DAYS = 252;
const MAX_ROLLING = 1_000;
const DEFAULT_ROLLING = 63;

const RiskQuerySchema = analysisQuery({
  confidence: ConfidencesParameter.optional(),
  horizon: wholeParameter(1, MAX_HORIZON_DAYS).optional().openapi({
    type: "integer",
    description: "Days over which value may be lost: those of one day by the root of time, and the answer says so",
    default: 1,
    example: 10,
  }),
  risk_free: numberParameter((rate) => rate > -1, "must be a yearly rate above -1, such as 0.02").optional()
    .openapi({ type: "number", exclusiveMinimum: -1, description: "A year, as a fraction", default: 0, example: 0.02 }),
  benchmark: BenchmarkParameter.optional(),
  rolling: wholeParameter(2, MAX_ROLLING).optional().openapi({
    type: "integer",
    description: "Returns in each window of the rolling series",
    default: DEFAULT_ROLLING,
    example: DEFAULT_ROLLING,
  }),
});

const tailRiskSchema = <const T extends readonly string[]>(methods: T) =>
  z.object({
    method: z.enum(methods),
    confidence: z.number(),
    horizon_days: z.int(),
    scaled: z.literal("sqrt_time").optional().openapi({ description: "One day's, times the root of the horizon" }),
    value: z.number().nullable().openapi({ description: "A positive fraction of value for a loss", example: 0.021 }),
    amount: decimalOutput("The same of the market value, rounded half-even to 8 places", "5203.11").nullable(),
    reason: MissingReasonSchema.optional(),
  });

const RiskSchema = z.object({
  ...FRAME,
  observations: z.int().openapi({ description: "Returns: one fewer than there are sessions", example: 252 }),
  periods_per_year: z.int().openapi({ description: "252; 365 of crypto assets alone, which trade on every day" }),
  method: MethodSchema,
  risk_free: z.number().openapi({ description: "A year" }),
  confidence: z.number().openapi({ description: "Of the tail metrics among `metrics`, and of the rolling series" }),
  market_value: decimalOutput("As of the day, exactly", "247767.2"),
  metrics: z.object(namedMetrics(METRIC_NAMES)),
  value_at_risk: z.array(tailRiskSchema(Object.keys(VAR_METHODS))),
  expected_shortfall: z.array(tailRiskSchema(Object.keys(ES_METHODS))),
  drawdown: z.union([DrawdownSchema, z.null()]).openapi({
    description: "The deepest; null where the value never fell",
  }),
  concentration: z.object({ asset: ConcentrationSchema, sector: ConcentrationSchema }),
  benchmark: z.object({
    asset: SymbolSchema,
    observations: z.int().openapi({ description: "Returns between days on which both have prices" }),
    metrics: z.object(namedMetrics(BENCHMARK_METRIC_NAMES)),
  }).optional(),
  rolling: z.object({
    sessions: z.int().openapi({ description: "Returns in each window" }),
    items: z.array(z.object({
      date: DaySchema.openapi({ description: "The window's last" }),
      volatility: z.number().nullable(),
      sharpe: z.number().nullable(),
      var_historical: z.number().nullable(),
    })),
  }),
}).openapi("Risk");

const risk = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/risk",
  operationId: "readRisk",
  summary: "What a portfolio risks",
  description:
    "Of the daily returns of today's amounts over the window: volatility, drawdown, ratios, value at risk and expected shortfall by method and level, concentration, and what they were over time. A metric that the window is too short for is null, with the reason. docs/metrics.md defines each.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: { params: PortfolioIdSchema, query: RiskQuerySchema },
  responses: {
    200: json(RiskSchema, "The portfolio's risk"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleRisk: RouteHandler<typeof risk, AppEnv> = (c) => {
  const { confidence, horizon, risk_free, benchmark, rolling, ...question } = c.req.valid("query");
  const [first = 0.95, ...others] = confidence ?? [0.95, 0.99];
  const parameters: RiskParameters = {
    varConfidences: [first, ...others],
    esConfidences: confidence ?? [0.975],
    horizonDays: horizon ?? 1,
    riskFree: risk_free ?? 0,
    benchmark,
    rollingSessions: rolling ?? DEFAULT_ROLLING,
  };
  return answerAnalysis(c, {
    ...{ name: "risk", portfolioId: c.req.valid("param").portfolio_id, query: { question, parameters } },
    compute: (ctx, portfolio) => riskOf(ctx, portfolio, question, parameters),
    view: (analysis) => riskView(analysis, parameters),
  });
};

function riskView(analysis: Analysis<Risk>, parameters: RiskParameters): z.input<typeof RiskSchema> {
  const { horizonDays, riskFree, varConfidences: [confidence], rollingSessions } = parameters;
  const { result } = analysis;
  const tail = <M extends string>({ method, confidence, value, amount, reason }: TailRisk<M>) => ({
    ...{ method, confidence, horizon_days: horizonDays, ...(horizonDays > 1 && { scaled: "sqrt_time" as const }) },
    ...{ value, amount, ...(reason !== undefined && { reason }) },
  });
  return {
    ...frameView(analysis),
    ...{ observations: result.observations, periods_per_year: result.periodsPerYear, method: METHOD },
    ...{ risk_free: riskFree, confidence, market_value: result.marketValue, metrics: result.metrics },
    value_at_risk: result.valueAtRisk.map(tail),
    expected_shortfall: result.expectedShortfall.map(tail),
    drawdown: result.drawdown,
    concentration: {
      asset: concentrationView(result.concentration.asset),
      sector: concentrationView(result.concentration.sector),
    },
    ...(result.benchmark !== undefined && { benchmark: benchmarkView(result.benchmark) }),
    rolling: {
      sessions: rollingSessions,
      items: result.rolling.map(({ date, volatility, sharpe, varHistorical }) => ({
        ...{ date, volatility: volatility.value, sharpe: sharpe.value, var_historical: varHistorical.value },
      })),
    },
  };
}

const concentrationView = ({ herfindahl, effectiveNumber }: Concentration) => ({
  herfindahl,
  effective_number: effectiveNumber,
});

const benchmarkView = ({ asset, observations, metrics }: NonNullable<Risk["benchmark"]>) => ({
  asset,
  observations,
  metrics,
});

export const riskRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(risk, handleRisk);
