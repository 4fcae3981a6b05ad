/**
 * What the sectors of a portfolio tell on request: how each did over a year, and what it adds to the portfolio's risk.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { CONFIDENCE, type SectorAnalysis } from "../lib/portfolios/sector_analysis.ts";
import { FRAME, frameView } from "./analysis_frame.ts";
import { MetricSchema, MissingReasonSchema } from "./analysis_schemas.ts";
import { decimalOutput } from "./decimal_schema.ts";

const INCLUDED = ["performance", "risk"] as const;
export type Included = typeof INCLUDED[number];

const isIncluded = (name: string): name is Included => INCLUDED.some((included) => included === name);

export const IncludeSchema = z.string()
  .refine((text) => text.split(",").every(isIncluded), `must be ${INCLUDED.join(" or ")}, or both with a comma between`)
  .transform((text) => INCLUDED.filter((name) => text.split(",").includes(name)))
  .openapi({
    type: "string",
    pattern: `^(${INCLUDED.join("|")})(,(${INCLUDED.join("|")}))*$`,
    description:
      "Adds to each sector its return over a year (`performance`), what it adds to the portfolio's risk (`risk`), or both, with a comma between them",
    example: "performance,risk",
  });

export const SectorPerformanceSchema = z.object({ return: MetricSchema })
  .openapi({ description: "With `include=performance`: of today's amounts, over the window that `analysis` names" });

export const SectorRiskSchema = z.object({
  component_volatility: z.number().nullable().openapi({ description: "A year; the sectors add up to the portfolio's" }),
  component_var: z.number().nullable()
    .openapi({ description: "Gaussian, of one day, a fraction of the portfolio's value; the sectors add up" }),
  component_var_amount: decimalOutput("The same as money, rounded half-even to 8 places", "1203.5").nullable(),
  share_of_var: z.number().nullable().openapi({ description: "Of the portfolio's value at risk" }),
  reason: MissingReasonSchema.optional().openapi({ description: "Why there is none" }),
}).openapi({ description: "With `include=risk`: as `/risk/contributions` tells it" });

const { window, coverage, basis, adjust, missing, left_out, warnings, inputs } = FRAME;

export const SectorsFrameSchema = z.object({
  ...{ window, coverage, basis, adjust, missing, left_out, warnings, inputs },
  observations: z.int().openapi({ description: "Returns: one fewer than there are sessions", example: 252 }),
  periods_per_year: z.int().openapi({ description: "252; 365 of crypto assets alone, which trade on every day" }),
  confidence: z.number().openapi({ description: "Of value at risk" }),
}).openapi({ description: "With `include`: what performance and risk were made from" });

export function sectorAnalysisView({ result }: Analysis<SectorAnalysis>, sector: string, include: readonly Included[]) {
  const none = { value: null, reason: "short_history" as const };
  return {
    ...(include.includes("performance") && { performance: { return: result.returns.get(sector) ?? none } }),
    ...(include.includes("risk") && { risk: riskView(result, sector) }),
  };
}

function riskView({ risks, reason = "short_history" }: SectorAnalysis, sector: string) {
  const part = risks.get(sector);
  return {
    component_volatility: part?.volatility ?? null,
    component_var: part?.valueAtRisk ?? null,
    component_var_amount: part?.amount ?? null,
    share_of_var: part?.share ?? null,
    ...(part === undefined && { reason }),
  };
}

export function sectorsFrameView(analysis: Analysis<SectorAnalysis>): z.input<typeof SectorsFrameSchema> {
  const { window, coverage, basis, adjust, missing, left_out, warnings, inputs } = frameView(analysis);
  return {
    ...{ window, coverage, basis, adjust, missing, left_out, warnings, ...(inputs !== undefined && { inputs }) },
    observations: Math.max(0, analysis.sessions - 1),
    periods_per_year: analysis.result.periodsPerYear,
    confidence: CONFIDENCE,
  };
}
