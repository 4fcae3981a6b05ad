import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { valuesOf } from "./portfolio_series.ts";

/** What a portfolio was worth, by session, as doubles: for pictures, which show no more digits. */
export interface ValuePath {
  readonly days: readonly string[];
  readonly values: Float64Array;
}

export const valuePathOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
): Promise<Analysis<ValuePath>> =>
  analysed(ctx, portfolio, question, {
    name: "value path",
    compute: (timeline) => ({ days: timeline.sessions, values: valuesOf(timeline) }),
  });
