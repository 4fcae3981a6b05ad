/**
 * What the mathematics is asked and answers, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { MISSING_REASONS } from "../lib/analysis/metric.ts";
import { BENCHMARK_METRIC_NAMES, METRIC_NAMES, type TailWarning } from "../lib/analysis/metrics.ts";
import { EWMA_DECAY } from "../lib/analysis/volatility.ts";
import { doubleInput } from "./decimal_schema.ts";
import { DaySchema } from "./schemas.ts";

const MAX_RETURNS = 25_000;
const MAX_CASH_FLOWS = 2_000;
const MAX_OBSERVATIONS = 1_000_000;

export const MissingReasonSchema = z.enum(MISSING_REASONS).openapi("MissingReason");

export const MetricSchema = z.union([
  z.object({ value: z.number() }),
  z.object({ value: z.null(), reason: MissingReasonSchema }),
]).openapi("Metric", { description: "A finite number, or null and why there is none" });

export const ConfidenceSchema = z.number()
  .gt(0, "must be above 0 and below 1").lt(1, "must be above 0 and below 1")
  .openapi({ description: "Level of confidence, above 0 and below 1", example: 0.95 });

const ReturnsSchema = z.array(z.number("must be a finite number"))
  .max(MAX_RETURNS, `must have ${MAX_RETURNS} returns at most`)
  .openapi({ example: [0.01, -0.02, 0.015] });

export const MetricsInputSchema = z.strictObject({
  returns: ReturnsSchema.openapi({
    description:
      "Simple returns, one a period, in the order of time: 0.01 is one percent. One of -1 or below, as a levered or short series may have, leaves metrics without a value that need a logarithm",
  }),
  benchmark: ReturnsSchema.optional().openapi({ description: "As many returns, of the same periods" }),
  periods_per_year: z.number().gt(0, "must be above 0").default(252)
    .openapi({ description: "252 for trading days, 12 for months" }),
  risk_free: z.number().gt(-1, "must be above -1").default(0).openapi({ description: "A year" }),
  minimum_acceptable_return: z.number().default(0)
    .openapi({ description: "A period; of Sortino and the downside deviation" }),
  required_return: z.number().default(0).openapi({ description: "A period; of omega" }),
  confidence: ConfidenceSchema.default(0.95).openapi({ description: "Of value at risk and expected shortfall" }),
}).refine(({ returns, benchmark }) => benchmark === undefined || benchmark.length === returns.length, {
  path: ["benchmark"],
  error: "must have as many returns as `returns`",
}).openapi("MetricsInput", { example: { returns: [0.01, -0.02, 0.015], benchmark: [0.008, -0.015, 0.01] } });

const WarningSchema = <const T extends readonly string[]>(codes: T) =>
  z.array(z.object({ code: z.enum(codes), detail: z.string() }));

const TAIL_WARNINGS: Readonly<Record<TailWarning, string>> = {
  few_observations: "Value at risk and expected shortfall are told by fewer than 250 observations",
  not_monotone:
    "The Cornish-Fisher expansion does not rise all the way at this skewness and kurtosis: var_cornish_fisher may fall where the confidence rises",
};

/** What a warning of the mathematics says to a reader. */
export const tailWarningView = (code: TailWarning) => ({ code, detail: TAIL_WARNINGS[code] });

/** An object's shape, with a metric of each name. */
export const namedMetrics = <const T extends string>(names: readonly T[]) =>
  Object.fromEntries(names.map((name) => [name, MetricSchema])) as Record<T, typeof MetricSchema>;

/** How metrics are told. */
export const METHOD = { returns: "simple", deviation: "sample", quantile: "linear", ewma_decay: EWMA_DECAY } as const;

export const MethodSchema = z.object({
  returns: z.literal(METHOD.returns),
  deviation: z.literal(METHOD.deviation).openapi({ description: "With T - 1 (ddof 1)" }),
  quantile: z.literal(METHOD.quantile).openapi({ description: "Between order statistics (type 7)" }),
  ewma_decay: z.literal(METHOD.ewma_decay),
});

export const MetricsSchema = z.object({
  observations: z.int().openapi({ description: "How many returns", example: 3 }),
  metrics: z.object({
    ...namedMetrics(METRIC_NAMES),
    ...z.object(namedMetrics(BENCHMARK_METRIC_NAMES)).partial().shape,
  }).openapi({ description: "Losses, value at risk, expected shortfall and drawdown are positive fractions" }),
  parameters: z.object({
    periods_per_year: z.number(),
    risk_free: z.number(),
    minimum_acceptable_return: z.number(),
    required_return: z.number(),
    confidence: z.number(),
  }).openapi({ description: "By which the metrics were told" }),
  method: MethodSchema,
  warnings: WarningSchema(["few_observations", "not_monotone"]),
}).openapi("Metrics");

export const CashFlowsInputSchema = z.strictObject({
  cash_flows: z.array(z.strictObject({
    date: DaySchema,
    amount: doubleInput().openapi({
      description: "Negative for what was paid in, positive for what came back or is held at the end; 0 is allowed",
      example: "-200",
    }),
  })).max(MAX_CASH_FLOWS, `must have ${MAX_CASH_FLOWS} cash flows at most`),
}).openapi("CashFlowsInput", {
  example: { cash_flows: [{ date: "2010-01-01", amount: "-200" }, { date: "2010-12-31", amount: "210" }] },
});

export const MoneyWeightedReturnSchema = z.object({
  rate: z.number().nullable().openapi({
    description: "A fraction a year, of several the one nearest 0; null where there is none",
    example: 0.05014074,
  }),
  reason: MissingReasonSchema.optional().openapi({ description: "Why there is no rate" }),
  rates: z.array(z.number()).openapi({ description: "Every rate that does, by rising value" }),
  method: z.literal("xirr_act_365"),
  observations: z.int().openapi({ description: "How many cash flows", example: 2 }),
  warnings: WarningSchema(["several_rates"]),
}).openapi("MoneyWeightedReturn");

export const VarBacktestInputSchema = z.strictObject({
  observations: z.int().min(0, "must be 0 or above").max(MAX_OBSERVATIONS, `must be ${MAX_OBSERVATIONS} at most`)
    .openapi({ description: "Days that were told a value at risk beforehand" }),
  exceptions: z.int().min(0, "must be 0 or above").openapi({ description: "Days that lost more than that" }),
  confidence: ConfidenceSchema.openapi({ description: "Of the value at risk" }),
}).refine(({ observations, exceptions }) => exceptions <= Math.max(0, observations), {
  path: ["exceptions"],
  error: "must not be more than `observations`",
}).openapi("VarBacktestInput", { example: { observations: 1043, exceptions: 57, confidence: 0.95 } });

export const VarBacktestSchema = z.object({
  statistic: z.number().nullable().openapi({ description: "Kupiec's likelihood ratio; null of no observations" }),
  p_value: z.number().nullable()
    .openapi({ description: "The probability of a statistic as large or larger, if the value at risk is right" }),
  reason: MissingReasonSchema.optional().openapi({ description: "Why there is no statistic" }),
  observations: z.int(),
  exceptions: z.int(),
  confidence: z.number(),
  expected_exceptions: z.number().openapi({ description: "Observations times (1 - confidence)" }),
  zone: z.enum(["green", "yellow", "red"]).nullable()
    .openapi({ description: "The Basel Committee's traffic light: green of no exceptions; null of no observations" }),
  cumulative_probability: z.number().nullable()
    .openapi({ description: "Of as many exceptions or fewer: yellow from 95 % on, red from 99.99 %" }),
  method: z.literal("kupiec_pof"),
}).openapi("VarBacktest");
