/**
 * The one way in which an analysis of a portfolio is answered, as JSON, or as CSV where there is such a form.
 *
 * @module
 */
import type { Context, TypedResponse } from "hono";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { answer, answerText } from "./answer.ts";
import { CSV, prefersCsv } from "./csv.ts";
import type { AppEnv } from "./env.ts";
import { csvTag } from "./etag.ts";
import { answerOf, type PortfolioQuestion } from "./portfolio_answer.ts";

export interface AnalysisAnswer<T, V> extends PortfolioQuestion<Analysis<T>> {
  readonly view: (analysis: Analysis<T>) => V;
  /** For clients that prefer CSV. */
  readonly csv?: (analysis: Analysis<T>) => string;
}

type JsonAnswer<V> = Response & TypedResponse<V, 200, "json">;

export async function answerAnalysis<T, V>(
  c: Context<AppEnv>,
  { view, csv, ...question }: AnalysisAnswer<T, V>,
): Promise<JsonAnswer<V>> {
  if (csv !== undefined && prefersCsv(c.req.header("accept"))) {
    const type = `${CSV}; charset=utf-8; header=present`;
    return await answerOf(c, question, {
      ...{ tag: csvTag, vary: "Accept" },
      respond: (analysis, etag, headers) => answerText(c, csv(analysis), type, { etag, headers }),
    }) as JsonAnswer<V>;
  }
  return await answerOf(c, question, {
    ...(csv !== undefined && { vary: "Accept" }),
    // What is answered in two forms cannot be given again to whoever asks for the other.
    respond: (analysis, etag, headers) =>
      answer(c, view(analysis), 200, { etag, headers, isReusable: csv === undefined }),
  }) as JsonAnswer<V>;
}
