/**
 * What all analyses of a portfolio have in common: a question about its past, one version of the market that the answer is
 * made from, and an answer that says what it was made of. An analysis is computed once for all who ask for it.
 *
 * @module
 */
import { dayIn } from "../day.ts";
import type { AdjustmentKind } from "../history/adjusted_series.ts";
import { forgottenBefore } from "../history/forgotten.ts";
import { invalid, type ValueError } from "../problem.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { atOneVersion } from "./at_one_version.ts";
import { explainedLines, type Inputs, type OtherInputs } from "./explained.ts";
import type { AnalysisWarning } from "./line.ts";
import type { MissingRule } from "./missing.ts";
import { type Timeline, timelineOf, type TimelineQuestion } from "./timeline.ts";
import { assertNotInFuture } from "./valuation.ts";
import { ONE_YEAR, type WindowLength } from "./window.ts";

export interface AnalysisQuestion {
  readonly as_of?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Instead of `from`. */
  readonly window?: WindowLength | undefined;
  readonly adjust: AdjustmentKind;
  readonly missing: MissingRule;
  /** An instant: nothing that was recorded later counts. */
  readonly known_at?: string | undefined;
  /** Whether the answer tells the prices that it was made from. */
  readonly explain?: boolean | undefined;
}

/** What an answer says of what it was made from. */
export interface Frame extends Pick<Timeline, "portfolio" | "asOf" | "leftOut" | "coverage" | "warnings"> {
  /** The first and last session that were looked at; `null` where there is none. */
  readonly window: { readonly from: string | null; readonly to: string | null };
  /** Sessions of the window. */
  readonly sessions: number;
}

export interface Analysis<T> extends Frame {
  /** Where it was asked for. */
  readonly inputs: Inputs | undefined;
  readonly marketVersion: string;
  readonly question: AnalysisQuestion;
  readonly result: T;
}

/** What is made of a portfolio over time. */
export interface Computation<T> {
  /** With `parameters`, tells apart what is computed from one timeline. */
  readonly name: string;
  readonly parameters?: object;
  /** Sessions before the window that are needed too. */
  readonly lead?: number;
  readonly compute: (timeline: Timeline) => T | Promise<T>;
  /** What the numbers were made from beside the timeline. */
  readonly explain?: (timeline: Timeline) => Promise<OtherInputs>;
  /** What a reader should know of it beside what is to be known of the prices. */
  readonly warningsOf?: (result: T) => readonly AnalysisWarning[];
}

/** Throws for a question that no history can answer. */
export function assertAnswerable(ctx: AnalysisContext, { as_of, from, to, window, known_at }: AnalysisQuestion): void {
  for (const [parameter, day] of Object.entries({ as_of, from, to })) {
    if (day !== undefined) assertNotInFuture(ctx, day, parameter);
  }
  const errors: ValueError[] = [];
  if (from !== undefined && window !== undefined) {
    errors.push({ parameter: "window", detail: "must not be given together with from" });
  }
  const [end, name] = to === undefined ? [as_of, "as_of"] : [to, "to"];
  if (from !== undefined && end !== undefined && from > end) {
    errors.push({ parameter: "from", detail: `must not be after ${name}, ${end}` });
  }
  if (to !== undefined && as_of !== undefined && to > as_of) {
    errors.push({ parameter: "to", detail: `must not be after as_of, ${as_of}` });
  }
  if (known_at !== undefined && new Date(known_at) > ctx.now()) {
    errors.push({ parameter: "known_at", detail: `must not be in the future; it is ${ctx.now().toISOString()}` });
  }
  if (errors.length > 0) throw invalid(errors);
}

/** Rather no answer than one that has forgotten a correction. */
async function assertStillKnown(ctx: AnalysisContext, { known_at }: AnalysisQuestion): Promise<void> {
  const forgotten = known_at === undefined ? undefined : await forgottenBefore(ctx);
  if (known_at === undefined || forgotten === undefined || known_at >= forgotten) return;
  const detail = `must be ${forgotten} or later: of what was known before, corrections are no longer kept`;
  throw invalid([{ parameter: "known_at", detail }]);
}

export async function analysed<T>(
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
  { name, parameters = {}, lead = 0, compute, ...told }: Computation<T>,
): Promise<Analysis<T>> {
  assertAnswerable(ctx, question);
  const { explain = false, ...asked } = question;
  const { marketVersion, read } = await atOneVersion(ctx, async (version) => {
    await assertStillKnown(ctx, question);
    const madeFrom = [portfolio.value.id, portfolio.versionstamp, version, dayIn(ctx.marketTimeZone, ctx.now())];
    const id = JSON.stringify([...madeFrom, asked, lead]);
    const timelineRead = () =>
      ctx.timelines.get(id, () => timelineOf(ctx, portfolio.value, timelineQuestion(asked, lead)));
    const analysis = await ctx.analyses.get(JSON.stringify([id, name, parameters]), async () => {
      const timeline = await timelineRead();
      const result = await compute(timeline);
      const warnings = [...timeline.warnings, ...told.warningsOf?.(result) ?? []];
      return { ...frameOf(timeline), warnings, result };
    });
    if (!explain) return { ...analysis, inputs: undefined };
    const inputsRead = async () => inputsOf(ctx, await timelineRead(), told.explain);
    return {
      ...analysis,
      inputs: await onceAtATime(ctx, JSON.stringify([id, name, parameters, "inputs"]), inputsRead),
    };
  });
  return { ...read, question, marketVersion };
}

/** One for all who ask at once; it is megabytes, and so not kept for later. */
const onceAtATime = <T>({ analyses }: AnalysisContext, id: string, read: () => Promise<T>): Promise<T> =>
  analyses.get(id, () => read().finally(() => analyses.forget(id)));

async function inputsOf(
  ctx: AnalysisContext,
  timeline: Timeline,
  others: Computation<unknown>["explain"],
): Promise<Inputs> {
  return { lines: await explainedLines(ctx, timeline), ...await others?.(timeline) };
}

/** Without the lines, which are megabytes. */
const frameOf = ({ portfolio, asOf, leftOut, coverage, warnings, sessions, lead }: Timeline): Frame => ({
  ...{ portfolio, asOf, leftOut, coverage, warnings, sessions: sessions.length - lead },
  window: { from: sessions[lead] ?? null, to: sessions[lead] === undefined ? null : sessions.at(-1) ?? null },
});

const timelineQuestion = (
  { as_of: asOf, from, to, window = ONE_YEAR, adjust, missing, known_at: knownAt }: AnalysisQuestion,
  lead: number,
): TimelineQuestion => ({
  ...{ asOf, to, adjust, missing, knownAt, lead },
  start: from === undefined ? { last: window } : { from },
});
