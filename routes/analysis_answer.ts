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
      tag: csvTag,
      respond: (analysis, etag) => answerText(c, csv(analysis), type, { etag, headers: VARIES }),
    }) as JsonAnswer<V>;
  }
  return await answerOf(c, question, {
    respond: (analysis, etag) => {
      // What is answered in two forms cannot be given again to whoever asks for the other.
      const options = csv === undefined ? { etag, isReusable: true } : { etag, headers: VARIES };
      return answer(c, view(analysis), 200, options);
    },
  }) as JsonAnswer<V>;
}

const VARIES = { vary: "Accept" };
