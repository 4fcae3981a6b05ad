/**
 * The body of a grouped-daily answer. The envelope must be as documented; a row may be anything, because one bad row
 * is set aside later, by itself, and must not cost the day.
 *
 * @module
 */

import { z } from "zod";
import { parseJson, whatItSaid } from "./polygon_failures.ts";
import type { Outcome, ProviderBar } from "./provider.ts";

const groupedDay = z.object({
  /** `DELAYED` is said of plans without real time; the bars are the same. */
  status: z.enum(["OK", "DELAYED"]),
  resultsCount: z.number().optional().catch(undefined),
  /** Missing, null or empty on a day without trading. */
  results: z.array(z.unknown()).nullish(),
});

export function readGroupedDay(text: string): Outcome<readonly ProviderBar[]> {
  const json = parseJson(text);
  if (json === undefined) return { type: "malformed", reason: `the answer is not JSON: ${whatItSaid(text)}` };
  const parsed = groupedDay.safeParse(json);
  if (!parsed.success) {
    return {
      type: "malformed",
      reason: `not a grouped-daily answer (${firstIssue(parsed.error)}): ${whatItSaid(text)}`,
    };
  }
  const { results, resultsCount = 0 } = parsed.data;
  if (results && results.length > 0) return { type: "ok", value: results.map(toBar) };
  // Taken for a day without trading, it would close the day for good.
  if (resultsCount > 0) {
    return { type: "malformed", reason: `the answer announces ${resultsCount} rows and holds none` };
  }
  return { type: "empty" };
}

function toBar(row: unknown): ProviderBar {
  const fields: Partial<Record<string, unknown>> = typeof row === "object" && row !== null ? { ...row } : {};
  const { T, o, h, l, c, v, vw } = fields;
  return {
    symbol: typeof T === "string" ? T : "",
    open: numberOr(NaN, o),
    high: numberOr(NaN, h),
    low: numberOr(NaN, l),
    close: numberOr(NaN, c),
    volume: numberOr(null, v),
    vwap: numberOr(null, vw),
  };
}

function numberOr<T>(fallback: T, value: unknown): number | T {
  return typeof value === "number" ? value : fallback;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "" : [...issue.path, issue.message].join(": ");
}
