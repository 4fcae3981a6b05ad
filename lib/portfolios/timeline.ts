/**
 * A portfolio over time: what its investments, in today's amounts, would have been worth on each session of a window. The
 * one thing that every analysis of a portfolio is made of.
 *
 * A missing price is the last one before it: never a later one, and never 0. An asset whose prices begin later than the
 * window is dealt with by a rule (`missing.ts`) that the answer states.
 *
 * @module
 */
import { dayOf } from "../day.ts";
import { countUpTo } from "../history/closes.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { dateOfId } from "../store/quarantine.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { waitingRows } from "./held_back.ts";
import { type AnalysisWarning, type LeftOut, type Line, newestValue } from "./line.ts";
import { inTurns } from "./in_turns.ts";
import { applyRule, type MissingRule } from "./missing.ts";
import { type HeldPath, instantOf, type PathsQuestion, readPaths } from "./read_paths.ts";
import { warningsOf } from "./timeline_warnings.ts";
import { heldIn } from "./valuation.ts";
import { isCutShort, type WindowStart } from "./window.ts";

export interface TimelineQuestion extends PathsQuestion {
  readonly missing: MissingRule;
}

/** Each investment on each session, before any rule about what is missing. */
export interface Aligned {
  readonly portfolio: Portfolio;
  readonly question: TimelineQuestion;
  /** The last session that is looked at; `null` where nothing has a price. */
  readonly asOf: string | null;
  /** As days since 1970-01-01: those of the window, and before them those that lead up to it. */
  readonly sessions: Int32Array;
  /** How many of them come before the window. */
  readonly lead: number;
  /** In the portfolio's order. */
  readonly lines: readonly Line[];
  readonly unpriced: readonly LeftOut[];
}

export interface Timeline extends Pick<Aligned, "portfolio" | "question" | "asOf" | "lead" | "lines"> {
  /** `YYYY-MM-DD`, rising. */
  readonly sessions: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /**
   * Share of what is held, by gross value as of the day, that has a price of its own on every session; `null` where nothing
   * has a value.
   */
  readonly coverage: number | null;
  readonly warnings: readonly AnalysisWarning[];
}

export async function alignedOf(
  ctx: AnalysisContext,
  portfolio: Portfolio,
  question: TimelineQuestion,
): Promise<Aligned> {
  const held = await heldIn(ctx, portfolio);
  const { sessions: all, window, lead, paths, unpriced } = await readPaths(ctx, held, portfolio.currency, question);
  const lastDay = all.at(-1);
  const lines = await inTurns(ctx, paths, (path) => alignedLine(path, window, lastDay ?? 0));
  const asOf = lastDay === undefined ? null : dayOf(lastDay);
  return { portfolio, question, asOf, sessions: window, lead, lines, unpriced };
}

/** By the question's rule about what is missing. */
export async function timelineFrom(ctx: AnalysisContext, aligned: Aligned): Promise<Timeline> {
  const { portfolio, question, asOf } = aligned;
  await ctx.nextTurn();
  const { sessions, lines, leftOut, warnings } = applyRule(question.missing, aligned.lines, aligned.sessions);
  const coverage = coverageOf(lines, leftOut, sessions);
  const waiting = await waitingRows(ctx, lines.map(({ held }) => held.asset.no), instantOf(question.knownAt));
  const ofLines = await inTurns(ctx, lines, (line) => {
    const ids = waiting.get(line.held.asset.no) ?? [];
    const isOfThen = (id: string) => question.asOf === undefined || dateOfId(id) <= question.asOf;
    return warningsOf(line, { sessions, currency: portfolio.currency, waiting: ids.filter(isOfThen) });
  });
  return {
    ...{ portfolio, question, asOf, lines },
    lead: Math.max(0, aligned.lead - (aligned.sessions.length - sessions.length)),
    sessions: Array.from(sessions, dayOf),
    leftOut: [...aligned.unpriced, ...leftOut],
    coverage,
    warnings: [...cutShort(aligned.sessions.subarray(aligned.lead), question.start), ...warnings, ...ofLines.flat()],
  };
}

export const timelineOf = async (
  ctx: AnalysisContext,
  portfolio: Portfolio,
  question: TimelineQuestion,
): Promise<Timeline> => timelineFrom(ctx, await alignedOf(ctx, portfolio, question));

function alignedLine({ held, path }: HeldPath, window: Int32Array, lastDay: number): Line {
  const [places, prices] = [new Int32Array(window.length), new Float64Array(window.length)];
  let place = -1;
  for (let s = 0; s < window.length; s++) {
    const session = window[s] ?? 0;
    while ((path.days[place + 1] ?? Infinity) <= session) place++;
    places[s] = place;
    prices[s] = path.prices[place] ?? NaN;
  }
  return { held, path, places, prices, newestPlace: countUpTo(path.days, lastDay) - 1 };
}

function coverageOf(lines: readonly Line[], leftOut: readonly LeftOut[], sessions: Int32Array): number | null {
  let [covered, gross] = [0, 0];
  for (const line of lines) {
    const value = Math.abs(newestValue(line));
    gross += value;
    if (line.places.every((place, s) => line.path.days[place] === sessions[s])) covered += value;
  }
  for (const { value } of leftOut) gross += Math.abs(value);
  return gross === 0 ? null : covered / gross;
}

function cutShort(window: Int32Array, start: WindowStart): AnalysisWarning[] {
  const first = window[0];
  if (first === undefined || !isCutShort(window, start)) return [];
  return [{
    code: "short_history",
    detail: `There are no prices before ${dayOf(first)}, where the window begins later than asked`,
  }];
}
