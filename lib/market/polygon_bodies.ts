/**
 * The bodies of good answers. The envelope must be as documented; a row may be anything, because one bad row is set
 * aside later, by itself, and must not cost the rest.
 *
 * @module
 */
import { z } from "zod";
import { parseJson, whatItSaid } from "./polygon_failures.ts";
import type { Failure } from "./provider.ts";

/** What every call's body comes down to. */
export interface Page {
  readonly rows: readonly unknown[];
  /** Absolute, without a key, and perhaps on another host. */
  readonly nextUrl: string | undefined;
}

/** How one call's body holds its rows. */
export type Body = z.ZodType<Page>;

/** `DELAYED` is said of plans without real time; the data is the same. */
const status = z.enum(["OK", "DELAYED"]);
/** Missing, null or empty where there is nothing. */
const rows = z.array(z.unknown()).nullish();

const onlyPage = (rows: readonly unknown[] | null | undefined): Page => ({ rows: rows ?? [], nextUrl: undefined });

/** Rows in `results`. */
export const LIST: Body = z
  .object({
    status,
    resultsCount: z.number().optional().catch(undefined),
    results: rows,
    next_url: z.string().nullish(),
  })
  .transform(({ results, resultsCount = 0, next_url }, context) => {
    const rows = results ?? [];
    if (rows.length === 0 && resultsCount > 0) {
      // Taken for a day without trading, it would close the day for good.
      context.addIssue(`the answer announces ${resultsCount} rows and holds none`);
    }
    return { rows, nextUrl: next_url || undefined };
  });

/** One row in `results`. */
export const SINGLE: Body = z.object({ status, results: z.looseObject({}) }).transform(({ results }) =>
  onlyPage([results])
);

/** Rows in `results.events`. */
export const EVENTS: Body = z
  .object({ status, results: z.object({ events: rows }).nullish() })
  .transform(({ results }) => onlyPage(results?.events));

/** Nothing but rows. */
export const BARE_LIST: Body = z.array(z.unknown()).transform(onlyPage);

export function readBody(text: string, body: Body): Page | Failure {
  const json = parseJson(text);
  if (json === undefined) return { type: "malformed", reason: `the answer is not JSON: ${whatItSaid(text)}` };
  const parsed = body.safeParse(json);
  if (parsed.success) return parsed.data;
  return { type: "malformed", reason: `not what is documented (${firstIssue(parsed.error)}): ${whatItSaid(text)}` };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "" : [...issue.path, issue.message].join(": ");
}
