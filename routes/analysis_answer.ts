/**
 * The one way in which an analysis of a portfolio is answered: 304 before anything is computed where the client has it.
 *
 * @module
 */
import type { Context, TypedResponse } from "hono";
import { dayIn } from "../lib/day.ts";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { readPortfolio } from "../lib/portfolios/portfolios.ts";
import type { Versioned } from "../lib/store/collection.ts";
import type { Portfolio } from "../lib/store/portfolios.ts";
import { answer, answerText, notModified } from "./answer.ts";
import { CSV, prefersCsv } from "./csv.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { csvTag, etagOfBody } from "./etag.ts";

export interface AnalysisAnswer<T, V> {
  /** Tells the analyses of one portfolio apart. */
  readonly name: string;
  readonly portfolioId: number;
  /** All that the answer depends on beside portfolio, market and day. */
  readonly query: object;
  readonly compute: (ctx: ReturnType<typeof contextOf>, portfolio: Versioned<Portfolio>) => Promise<Analysis<T>>;
  readonly view: (analysis: Analysis<T>) => V;
  /** For clients that prefer CSV. */
  readonly csv?: (analysis: Analysis<T>) => string;
}

type JsonAnswer<V> = Response & TypedResponse<V, 200, "json">;

export async function answerAnalysis<T, V>(
  c: Context<AppEnv>,
  { name, portfolioId, query, compute, view, csv }: AnalysisAnswer<T, V>,
): Promise<JsonAnswer<V>> {
  const ctx = contextOf(c);
  const portfolio = await readPortfolio(ctx, portfolioId);
  const asCsv = csv !== undefined && prefersCsv(c.req.header("accept")) ? csv : undefined;
  // What a past price is in today's shares changes with the day, too.
  const today = dayIn(ctx.marketTimeZone, ctx.now());
  const tagAt = (version: string) => {
    const tag = etagOfBody(JSON.stringify([name, portfolio.value.id, portfolio.versionstamp, version, today, query]));
    return asCsv === undefined ? tag : csvTag(tag);
  };
  const seen = notModified(c, tagAt(ctx.store.version("market")));
  if (seen !== undefined) return seen as JsonAnswer<V>;
  const analysis = await compute(ctx, portfolio);
  const etag = tagAt(analysis.marketVersion);
  if (asCsv !== undefined) {
    const type = `${CSV}; charset=utf-8; header=present`;
    return answerText(c, asCsv(analysis), type, { etag, headers: VARIES }) as JsonAnswer<V>;
  }
  // What is answered in two forms cannot be given again to whoever asks for the other.
  const options = csv === undefined ? { etag, isReusable: true } : { etag, headers: VARIES };
  return answer(c, view(analysis), 200, options);
}

const VARIES = { vary: "Accept" };
