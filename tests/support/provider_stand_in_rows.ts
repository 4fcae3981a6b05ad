/** The rows of an answer, wherever its body holds them. */

import type { Answer } from "./provider_stand_in_route.ts";

type Body = Readonly<Record<string, unknown>>;
type Change = (rows: readonly unknown[]) => readonly unknown[];

const COUNTS = ["queryCount", "resultsCount", "count"];

/** `answer` with other rows. Where there is room for one only, it is the first. */
export function withRows(answer: Answer, change: Change): Answer {
  return { ...answer, body: changed(answer.body, change) };
}

function changed(body: unknown, change: Change): unknown {
  if (Array.isArray(body)) return change(body);
  const { results, ...rest } = body as Body;
  if (isObject(results)) {
    if (!("events" in results)) return { ...rest, results: change([results])[0] };
    return { ...rest, results: { ...results, events: change(results["events"] as readonly unknown[]) } };
  }
  const rows = change((results as readonly unknown[] | null | undefined) ?? []);
  const counts = COUNTS.filter((name) => name in rest).map((name) => [name, rows.length]);
  return { ...rest, ...Object.fromEntries(counts), results: rows };
}

const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);
