/**
 * What several answers about risk and performance are made of.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { MetricSchema } from "./analysis_schemas.ts";
import { DaySchema } from "./schemas.ts";

export const DrawdownSchema = z.object({
  depth: z.number().openapi({ description: "A positive fraction of the peak", example: 0.12 }),
  peak: DaySchema,
  trough: DaySchema,
  recovery: DaySchema.nullable().openapi({ description: "Null where the peak has not been reached again" }),
  days: z.int().openapi({ description: "Of the calendar, from the peak to the recovery or to the last session" }),
}).openapi("Drawdown");

export const ConcentrationSchema = z.object({ herfindahl: MetricSchema, effective_number: MetricSchema })
  .openapi("Concentration", { description: "Of gross weights: `sum w^2`, and 1 over it" });
