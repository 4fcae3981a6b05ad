/** The envelopes of good answers. */

import type { Answer, Question, World } from "./provider_stand_in_route.ts";

/** Where the provider was until October 2025. */
const FORMER_HOST = "https://api.polygon.io";

/** A list of rows, as much of it as a page may hold. */
export interface Page {
  readonly rows: readonly unknown[];
  readonly next_url?: string;
}

/** `results` without rows are missing, empty or null; `more` stands before them. */
export function list(
  { rows, ...next }: Page,
  { requestId }: Question,
  { switches }: World,
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  const empty = { missing: {}, empty: { results: [] }, null: { results: null } }[switches.emptyResults];
  const results = rows.length === 0 ? empty : { results: rows };
  return { status: 200, body: { ...more, ...results, status: switches.status, request_id: requestId, ...next } };
}

/** A list of bars, with its counts. */
export function aggregates(
  page: Page,
  question: Question,
  world: World,
  more: Readonly<Record<string, unknown>>,
): Answer {
  const count = page.rows.length;
  return list(page, question, world, { queryCount: count, resultsCount: count, count, ...more });
}

export function single(results: unknown, { requestId }: Question, { switches }: World): Answer {
  return { status: 200, body: { request_id: requestId, results, status: switches.status } };
}

/** The page that a question asks for: the cursor holds the first page's query, and how far it has come. */
export function pageOf(
  question: Question,
  { switches }: World,
  answer: (query: URLSearchParams) => { readonly rows: readonly unknown[]; readonly limit: number },
): Page {
  const cursor = question.query.get("cursor");
  const query = cursor === null ? new URLSearchParams(question.query) : new URLSearchParams(decoded(cursor));
  query.delete("apiKey");
  const start = Number(query.get("offset") ?? 0);
  const { rows, limit: asked } = answer(query);
  const limit = Math.min(asked, switches.maxPageRows || Infinity);
  const page = rows.slice(start, start + limit);
  if (start + limit >= rows.length) return { rows: page };
  query.set("offset", String(start + limit));
  const { origin, pathname } = new URL(question.url);
  const host = switches.nextUrlHost === "own" ? origin : FORMER_HOST;
  return { rows: page, next_url: `${host}${pathname}?cursor=${encoded(query.toString())}` };
}

const encoded = (text: string): string => new TextEncoder().encode(text).toBase64({ alphabet: "base64url" });

/** Nothing for a cursor that is none of ours. */
function decoded(cursor: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" }));
  } catch {
    return "";
  }
}
