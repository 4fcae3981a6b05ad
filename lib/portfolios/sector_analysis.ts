/**
 * How each sector of a portfolio did over the last year, and what it adds to the portfolio's risk.
 *
 * @module
 */
import { type Metric, missing, type MissingReason } from "../analysis/metric.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { atOneVersion } from "./at_one_version.ts";
import { returnBetween } from "./period_returns.ts";
import { sectorValues } from "./portfolio_series.ts";
import { contributionsIn, type SectorRisk } from "./risk_contributions.ts";
import { type SectorReport, sectorsOf } from "./sectors.ts";
import type { Timeline } from "./timeline.ts";

export interface SectorAnalysis {
  /** By sector code: over the window. */
  readonly returns: ReadonlyMap<string, Metric>;
  readonly periodsPerYear: number;
  readonly risks: ReadonlyMap<string, SectorRisk & { readonly share: number | null }>;
  /** Why there are no risks. */
  readonly reason: MissingReason | undefined;
}

export type SectorsQuestion = Pick<AnalysisQuestion, "as_of" | "explain">;

export const CONFIDENCE = 0.95;

const sectorAnalysisOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: SectorsQuestion,
): Promise<Analysis<SectorAnalysis>> =>
  analysed(ctx, portfolio, { ...question, adjust: "splits", missing: "shrink_window" }, {
    name: "sectors",
    compute: sectorAnalysisIn,
  });

function sectorAnalysisIn(timeline: Timeline): SectorAnalysis {
  const { split, periodsPerYear } = contributionsIn(timeline, CONFIDENCE);
  const returns = [...sectorValues(timeline)].map(([sector, values]): [string, Metric] => [
    sector,
    values.length < 2 ? missing("too_few_observations") : returnBetween(values[0], values.at(-1)),
  ]);
  if ("reason" in split) return { periodsPerYear, returns: new Map(returns), risks: new Map(), reason: split.reason };
  const { valueAtRisk: total, sectors } = split;
  return {
    periodsPerYear,
    returns: new Map(returns),
    risks: new Map(sectors.map((part) => [
      part.sector,
      { ...part, share: total === 0 ? null : part.valueAtRisk / total },
    ])),
    reason: undefined,
  };
}

/** With what the sectors are worth, from one version of the market. */
export async function analysedSectorsOf(
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: SectorsQuestion,
): Promise<{ readonly report: SectorReport; readonly analysis: Analysis<SectorAnalysis> }> {
  const { read } = await atOneVersion(ctx, async () => ({
    report: await sectorsOf(ctx, portfolio, question.as_of),
    analysis: await sectorAnalysisOf(ctx, portfolio, question),
  }));
  return read;
}
