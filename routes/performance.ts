import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import type { MonthReturn } from "../lib/portfolios/monthly_returns.ts";
import { type Extremes, type Performance, performanceOf } from "../lib/portfolios/performance.ts";
import { PERIODS } from "../lib/portfolios/period_returns.ts";
import { requires } from "./access.ts";
import { answerAnalysis } from "./analysis_answer.ts";
import { ANALYSIS_ACCESS, analysisQuery, FRAME, frameView, InputSchema, spanInputs } from "./analysis_frame.ts";
import { BenchmarkParameter } from "./analysis_parameters.ts";
import { MetricSchema } from "./analysis_schemas.ts";
import type { AppEnv } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { DrawdownSchema } from "./risk_schemas.ts";
import { DaySchema, json, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";

const PERIOD = {
  from: DaySchema.nullable().openapi({ description: "The session whose close it is measured from" }),
  to: DaySchema.nullable(),
  return: MetricSchema,
  benchmark: MetricSchema.optional().openapi({ description: "The benchmark's return over the same time" }),
};

const PeriodSchema = z.object({
  ...PERIOD,
  annualised: MetricSchema.optional()
    .openapi({ description: "By the calendar, `(1 + R)^(365/days) - 1`; not told of less than a year" }),
  inputs: z.array(InputSchema).optional()
    .openapi({
      description:
        "With `explain=true`: the first and last price of each investment, and those of the days that an estimate goes back from",
    }),
}).openapi("PeriodReturn");

const MonthSchema = z.object({ month: z.string().openapi({ example: "2021-11" }), ...PERIOD }).openapi("MonthReturn");

const ExtremesSchema = z.object({
  day: z.union([z.object({ date: DaySchema, return: z.number() }), z.null()]),
  month: z.union([MonthSchema, z.null()]),
});

const PerformanceSchema = z.object({
  ...FRAME,
  observations: z.int().openapi({ description: "Returns: one fewer than there are sessions", example: 252 }),
  periods_per_year: z.int().openapi({ description: "252; 365 of crypto assets alone, which trade on every day" }),
  span: z.object({ ...PeriodSchema.shape, cagr: MetricSchema })
    .openapi({ description: "Over the window" }),
  periods: z.object(
    Object.fromEntries(PERIODS.map((period) => [period, PeriodSchema])) as Record<
      typeof PERIODS[number],
      typeof PeriodSchema
    >,
  ).openapi({ description: "Up to the window's end, each from the last close on or before its beginning" }),
  months: z.array(MonthSchema).openapi({ description: "Of the window, by rising month" }),
  best: ExtremesSchema,
  worst: ExtremesSchema,
  drawdowns: z.array(DrawdownSchema).openapi({ description: "The five deepest, the deepest first" }),
  benchmark: SymbolSchema.optional(),
}).openapi("Performance");

const performance = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/performance",
  operationId: "readPerformance",
  summary: "How a portfolio did",
  description:
    "The return of today's amounts over the window, over the usual periods up to its end and month by month, the best and worst day and month, the deepest drawdowns, and the same of an asset to measure against.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: { params: PortfolioIdSchema, query: analysisQuery({ benchmark: BenchmarkParameter.optional() }) },
  responses: {
    200: json(PerformanceSchema, "The portfolio's performance"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handlePerformance: RouteHandler<typeof performance, AppEnv> = (c) => {
  const query = c.req.valid("query");
  const { benchmark, ...question } = query;
  return answerAnalysis(c, {
    ...{ name: "performance", portfolioId: c.req.valid("param").portfolio_id, query, view: performanceView },
    compute: (ctx, portfolio) => performanceOf(ctx, portfolio, question, benchmark),
  });
};

function performanceView(analysis: Analysis<Performance>): z.input<typeof PerformanceSchema> {
  const { observations, periodsPerYear, span, periods, months, best, worst, drawdowns, benchmark } = analysis.result;
  return {
    ...frameView(analysis),
    ...{ observations, periods_per_year: periodsPerYear, span },
    periods: Object.fromEntries(
      PERIODS.map((period) => [period, { ...periods[period], ...spanInputs(analysis, period) }]),
    ) as Record<typeof PERIODS[number], z.input<typeof PeriodSchema>>,
    ...{ drawdowns: [...drawdowns], ...(benchmark !== undefined && { benchmark }) },
    months: months.map(monthView),
    best: extremesView(best),
    worst: extremesView(worst),
  };
}

const monthView = ({ month, from, to, return: told, benchmark }: MonthReturn) => ({
  ...{ month, from, to, return: told, ...(benchmark && { benchmark }) },
});

const extremesView = ({ day, month }: Extremes) => ({ day, month: month === null ? null : monthView(month) });

export const performanceRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(performance, handlePerformance);
