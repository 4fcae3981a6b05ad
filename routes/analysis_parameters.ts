/**
 * Parameters that several analyses take in their query.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { SymbolSchema } from "./schemas.ts";

const NUMBER = /^-?(?:\d{1,9}(?:\.\d{0,15})?|\.\d{1,15})$/;

/** A number as a query says it. */
export const numberParameter = (check: (value: number) => boolean, message: string) =>
  z.string().regex(NUMBER, message).transform(Number).refine(check, message);

const isConfidence = (value: number): boolean => value > 0 && value < 1;

export const ConfidenceParameter = numberParameter(isConfidence, "must be above 0 and below 1, such as 0.95")
  .openapi({
    type: "number",
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    description: "Level of confidence",
    default: 0.95,
    example: 0.95,
  });

const MAX_LEVELS = 10;
const LEVEL = "0{0,9}\\.[0-9]{1,15}";
const LEVELS = `must be one to ${MAX_LEVELS} levels above 0 and below 1, such as 0.95,0.99`;

export const ConfidencesParameter = z.string()
  .transform((text) => text.split(","))
  .refine((levels) => levels.length <= MAX_LEVELS && levels.every((level) => NUMBER.test(level)), LEVELS)
  .transform((levels) => [...new Set(levels.map(Number))])
  .refine((levels) => levels.every(isConfidence), LEVELS)
  .openapi({
    type: "string",
    pattern: `^${LEVEL}(,${LEVEL}){0,${MAX_LEVELS - 1}}$`,
    description:
      "Levels of value at risk and expected shortfall, with commas between them; without it value at risk at 0.95 and 0.99, expected shortfall at 0.975",
    example: "0.95,0.99",
  });

export const BenchmarkParameter = SymbolSchema.openapi({
  description: "An asset to measure against, by its symbol; its prices are converted to the portfolio's currency",
  example: "SPY",
});

export const wholeParameter = (min: number, max: number) =>
  numberParameter(
    (value) => Number.isInteger(value) && value >= min && value <= max,
    `must be a whole number from ${min} to ${max}`,
  ).openapi({ type: "integer", minimum: min, maximum: max });
