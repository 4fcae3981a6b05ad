/**
 * How the investments of a portfolio, and its sectors, move together.
 *
 * @module
 */
import { correlationMatrix } from "../analysis/correlation_matrix.ts";
import { returnsOf } from "../analysis/returns.ts";
import { dayNumber } from "../day.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { type Line, newestValue } from "./line.ts";
import { sectorValues } from "./portfolio_series.ts";
import type { Timeline } from "./timeline.ts";

export interface Correlations {
  /** As many as were asked for. */
  readonly labels: readonly string[];
  /** How many there are. */
  readonly total: number;
  /** Row after row; `null` where there are fewer than two common returns, or one of the two does not vary. */
  readonly values: readonly (number | null)[][];
  /** On how many common returns each is told. */
  readonly counts: readonly number[][];
}

export interface PortfolioCorrelations {
  readonly observations: number;
  /** The largest by gross value, up to the limit. */
  readonly assets: Correlations;
  readonly sectors: Correlations;
}

export const correlationsOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
  limit: number,
): Promise<Analysis<PortfolioCorrelations>> =>
  analysed(ctx, portfolio, question, {
    ...{ name: "correlations", parameters: { limit } },
    compute: (timeline) => correlationsIn(ctx, timeline, limit),
  });

async function correlationsIn(
  ctx: AnalysisContext,
  timeline: Timeline,
  limit: number,
): Promise<PortfolioCorrelations> {
  const largest = [...timeline.lines].sort((a, b) => Math.abs(newestValue(b)) - Math.abs(newestValue(a)));
  const lines = largest.slice(0, limit);
  const days = Int32Array.from(timeline.sessions, dayNumber);
  const assets = correlationsBetween(
    lines.map(({ held }) => held.asset.symbol),
    lines.map((line) => ownReturns(line, days)),
    largest.length,
  );
  await ctx.nextTurn();
  const sectors = [...sectorValues(timeline)].sort(([a], [b]) => a < b ? -1 : 1);
  return {
    observations: Math.max(0, timeline.sessions.length - 1),
    assets,
    sectors: correlationsBetween(sectors.map(([sector]) => sector), sectors.map(([, values]) => sectorReturns(values))),
  };
}

/** NaN where one of the two prices that make a return is not of its own day. */
function ownReturns({ path, prices, places }: Line, days: Int32Array): Float64Array {
  const isOwn = (session: number) => path.days[places[session] ?? -1] === days[session];
  const returns = returnsOf(prices) ?? new Float64Array();
  return returns.map((value, i) => isOwn(i) && isOwn(i + 1) ? value : NaN);
}

/** A sector that is short in all moves as what it is short of; one that turns from long to short has no returns. */
function sectorReturns(values: Float64Array): Float64Array {
  const sign = Math.sign(values[0] ?? 0);
  return returnsOf(values.map((value) => value * sign)) ?? new Float64Array(values.length - 1).fill(NaN);
}

function correlationsBetween(
  labels: readonly string[],
  returns: readonly Float64Array[],
  total = labels.length,
): Correlations {
  const { values, counts } = correlationMatrix(returns);
  const rows = <T>(of: (place: number) => T) => labels.map((_, i) => labels.map((_, j) => of(i * labels.length + j)));
  return {
    ...{ labels, total },
    values: rows((place) => Number.isNaN(values[place]) ? null : values[place] ?? null),
    counts: rows((place) => counts[place] ?? 0),
  };
}
