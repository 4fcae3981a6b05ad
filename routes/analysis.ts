import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { tailShare } from "../lib/analysis/confidence.ts";
import { type Backtest, kupiecTest, trafficLight } from "../lib/analysis/kupiec.ts";
import { benchmarkMetricsOf, metricsOf, tailWarnings } from "../lib/analysis/metrics.ts";
import { type MoneyWeightedReturn, moneyWeightedReturn } from "../lib/analysis/money_weighted_return.ts";
import { periodicRate } from "../lib/analysis/returns.ts";
import { dayNumber } from "../lib/day.ts";
import { requires } from "./access.ts";
import {
  CashFlowsInputSchema,
  METHOD,
  MetricsInputSchema,
  MetricsSchema,
  MoneyWeightedReturnSchema,
  tailWarningView,
  VarBacktestInputSchema,
  VarBacktestSchema,
} from "./analysis_schemas.ts";
import { answer } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { problems } from "./problem_response.ts";
import { json, jsonBody, NoQuerySchema } from "./schemas.ts";

const tags = ["Analysis"];
const access = { who: "anyone", scopes: ["analysis:read"] } as const;
const refusals = {
  ...problems("malformed-request", "unauthorized", "forbidden", "payload-too-large", "unsupported-media-type"),
  ...problems("validation-failed"),
};

const metrics = createRoute({
  method: "post",
  path: "/analysis/metrics",
  operationId: "computeMetrics",
  summary: "Every metric of a series of returns",
  description:
    "Of a series of your own, against a benchmark where you send one. Nothing is stored. Below a metric's smallest number of observations, and wherever else it has no value, it is null with its reason; the others still come.",
  tags,
  ...requires(access, {}),
  request: { query: NoQuerySchema, ...jsonBody(MetricsInputSchema) },
  responses: { 200: json(MetricsSchema, "The metrics by name"), ...refusals },
});

const moneyWeighted = createRoute({
  method: "post",
  path: "/analysis/money-weighted-return",
  operationId: "computeMoneyWeightedReturn",
  summary: "The money-weighted return of cash flows",
  description:
    "The yearly rate at which what was paid in would have grown to what came back (XIRR, act/365), in any order of dates. Nothing is stored.",
  tags,
  ...requires(access, {}),
  request: { query: NoQuerySchema, ...jsonBody(CashFlowsInputSchema) },
  responses: { 200: json(MoneyWeightedReturnSchema, "The rate, or why there is none"), ...refusals },
});

const varBacktest = createRoute({
  method: "post",
  path: "/analysis/var-backtest",
  operationId: "backtestValueAtRisk",
  summary: "Whether a value at risk was exceeded as often as it says",
  description:
    "Kupiec's proportion of failures, chi-squared with one degree of freedom, and the Basel Committee's traffic light. Nothing is stored.",
  tags,
  ...requires(access, {}),
  request: { query: NoQuerySchema, ...jsonBody(VarBacktestInputSchema) },
  responses: { 200: json(VarBacktestSchema, "What the tests say"), ...refusals },
});

const handleMetrics: RouteHandler<typeof metrics, AppEnv> = (c) => answer(c, metricsView(c.req.valid("json")), 200);

const handleMoneyWeighted: RouteHandler<typeof moneyWeighted, AppEnv> = (c) => {
  const flows = c.req.valid("json").cash_flows.map(({ date, amount }) => ({ day: dayNumber(date), amount }));
  return answer(c, rateView(moneyWeightedReturn(flows), flows.length), 200);
};

const handleVarBacktest: RouteHandler<typeof varBacktest, AppEnv> = (c) =>
  answer(c, backtestView(c.req.valid("json")), 200);

function metricsView(input: z.output<typeof MetricsInputSchema>): z.input<typeof MetricsSchema> {
  const { returns: sent, benchmark, ...parameters } = input;
  const returns = Float64Array.from(sent);
  const options = {
    periodsPerYear: parameters.periods_per_year,
    riskFree: periodicRate(parameters.risk_free, parameters.periods_per_year),
    minimumAcceptableReturn: parameters.minimum_acceptable_return,
    requiredReturn: parameters.required_return,
    confidence: parameters.confidence,
  };
  return {
    observations: returns.length,
    metrics: {
      ...metricsOf(returns, options),
      ...(benchmark && benchmarkMetricsOf(returns, Float64Array.from(benchmark), options)),
    },
    parameters,
    method: METHOD,
    warnings: tailWarnings(returns, options.confidence).map(tailWarningView),
  };
}

function rateView(
  { rate, rates }: MoneyWeightedReturn,
  observations: number,
): z.input<typeof MoneyWeightedReturnSchema> {
  const several = {
    code: "several_rates" as const,
    detail: `${rates.length} rates do; the one nearest 0 is told as the rate`,
  };
  return {
    rate: rate.value,
    ...(rate.value === null && { reason: rate.reason }),
    rates: [...rates],
    method: "xirr_act_365",
    observations,
    warnings: rates.length > 1 ? [several] : [],
  };
}

function backtestView(backtest: Backtest): z.input<typeof VarBacktestSchema> {
  const test = kupiecTest(backtest);
  const { zone, cumulativeProbability } = trafficLight(backtest);
  return {
    ...("reason" in test
      ? { statistic: null, p_value: null, reason: test.reason }
      : { statistic: test.statistic, p_value: test.pValue }),
    ...backtest,
    expected_exceptions: backtest.observations * tailShare(backtest.confidence),
    ...{ zone, cumulative_probability: cumulativeProbability },
    method: "kupiec_pof",
  };
}

export const analysisRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(metrics, handleMetrics).openapi(moneyWeighted, handleMoneyWeighted)
    .openapi(varBacktest, handleVarBacktest);
