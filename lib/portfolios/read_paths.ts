/**
 * Reading what a timeline is made of: each investment's prices, and the sessions that they make.
 *
 * @module
 */
import { addDays, dayIn, dayNumber, dayOf, isWeekend, lastWeekday, newestDay } from "../day.ts";
import type { AdjustmentKind } from "../history/adjusted_series.ts";
import type { Days } from "../history/closes.ts";
import { type FxPath, readFxPath } from "../history/fx_path.ts";
import { spanOf } from "../history/read.ts";
import { type Asset, isCash } from "../store/assets.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { inTurns } from "./in_turns.ts";
import type { LeftOut } from "./line.ts";
import { cashPath, convertedPath, pathOptions, type PricePath, type RawPath, readRawPath } from "./price_path.ts";
import { sideBySide } from "./side_by_side.ts";
import { type Held, keepsSessions } from "./valuation.ts";
import { FIRST_DAY, firstDayOf, windowOf, type WindowStart } from "./window.ts";

export interface PathsQuestion {
  /** Nothing is known of what came after. */
  readonly asOf: string | undefined;
  readonly start: WindowStart;
  /** The window's last day; without one, the last session. */
  readonly to: string | undefined;
  /** Sessions before the window that are read as well, if there are so many. */
  readonly lead?: number;
  readonly adjust: AdjustmentKind;
  /** An instant: nothing that was recorded later counts. */
  readonly knownAt: string | undefined;
}

export interface HeldPath {
  readonly held: Held;
  readonly path: PricePath;
}

export interface Paths {
  /** Up to the day that the analysis is of, as days since 1970-01-01. */
  readonly sessions: Int32Array;
  /** With what leads up to it. */
  readonly window: Int32Array;
  /** How many sessions come before the window. */
  readonly lead: number;
  readonly paths: readonly HeldPath[];
  readonly unpriced: readonly LeftOut[];
}

/** Series that are read at once. */
const WIDTH = 4;
/** The last session is hardly ever older than the day that it is looked for on. */
const MARGIN_DAYS = 14;

export async function readPaths(
  ctx: AnalysisContext,
  held: readonly Held[],
  currency: string,
  question: PathsQuestion,
): Promise<Paths> {
  const to = await lastDayOf(ctx, held, question);
  const end = question.to === undefined ? to : earlier(question.to, to);
  const likely = firstReadDay(question, addDays(end, -MARGIN_DAYS));
  const paths = await readWithin(ctx, held, currency, { from: likely, to }, question);
  if (likely <= FIRST_DAY || !beginsBefore(paths, question, likely)) return paths;
  return await readWithin(ctx, held, currency, { from: FIRST_DAY, to }, question);
}

/** The last day that may have a session: that of the newest price among what trades in sessions, or the one asked about. */
async function lastDayOf(
  ctx: AnalysisContext,
  held: readonly Held[],
  { asOf, knownAt }: PathsQuestion,
): Promise<string> {
  const now = instantOf(knownAt) ?? ctx.now();
  const newestOf = async (assets: readonly Asset[]) => {
    const spans = await Promise.all(assets.map(({ no }) => spanOf(ctx, no)));
    return Math.max(0, ...spans.map((span) => span?.lastDay ?? 0));
  };
  const assets = held.map(({ asset }) => asset).filter((asset) => !isCash(asset));
  const newest = await newestOf(assets.filter(keepsSessions)) || await newestOf(assets);
  const last = newest === 0
    ? lastWeekday(dayIn(ctx.marketTimeZone, now))
    : earlier(dayOf(newest), newestDay(now, ctx.marketTimeZone));
  return asOf === undefined ? last : earlier(last, asOf);
}

const earlier = (a: string, b: string): string => a < b ? a : b;

export const instantOf = (knownAt: string | undefined): Date | undefined =>
  knownAt === undefined ? undefined : new Date(knownAt);

const firstReadDay = ({ start, lead = 0 }: PathsQuestion, end: string): string =>
  firstDayOf({ last: { count: lead, unit: "sessions" } }, firstDayOf(start, end));

/** Whether the window may begin with sessions that have not been read. */
function beginsBefore(paths: Paths, { start, lead = 0 }: PathsQuestion, from: string): boolean {
  const last = paths.window.at(-1);
  // What has a price before a span has it in what is read of the span.
  if (last === undefined) return paths.paths.length > 0 || paths.unpriced.some(({ reason }) => reason !== "no_price");
  if (paths.lead < lead) return true;
  if ("last" in start && start.last.unit === "sessions") return paths.window.length - lead <= start.last.count;
  return firstDayOf(start, dayOf(last)) < from;
}

async function readWithin(
  ctx: AnalysisContext,
  held: readonly Held[],
  currency: string,
  days: Days,
  { start, to, lead = 0, ...question }: PathsQuestion,
): Promise<Paths> {
  const options = pathOptions(ctx, question.adjust, instantOf(question.knownAt));
  const read = await sideBySide(
    held,
    WIDTH,
    async ({ asset }) => isCash(asset) ? undefined : await readRawPath(ctx, asset, days, options),
  );
  await ctx.nextTurn();
  const sessions = sessionsOf(held, read, days);
  await ctx.nextTurn();
  const raw = read.map((path) => path ?? cashPath(sessions));
  const fx = await fxPaths(ctx, held, raw, currency, days, options.knownAt);
  const paths = await inTurns(ctx, held, (one, i) => ({
    held: one,
    path: convertedPath(raw[i] ?? cashPath(sessions), fx.get(one.asset.currency)),
  }));
  return {
    sessions,
    ...windowOf(sessions, start, to, lead),
    paths: paths.filter(({ path }) => path.days.length > 0),
    unpriced: paths.flatMap(({ held: one, path }, i) => {
      if (path.days.length > 0) return [];
      const reason = (raw[i]?.days.length ?? 0) > 0 ? "no_fx_rate" : "no_price";
      return [{ held: one, reason, value: 0 } as const];
    }),
  };
}

/** The days on which something trades that keeps sessions; without any, on which anything does; of cash alone, weekdays. */
function sessionsOf(held: readonly Held[], paths: readonly (RawPath | undefined)[], { from, to }: Days): Int32Array {
  const [first, last] = [dayNumber(from), dayNumber(to)];
  const traded = (counts: (asset: Asset) => boolean) => {
    const isSession = new Uint8Array(Math.max(0, last - first + 1));
    for (const [i, { asset }] of held.entries()) {
      if (counts(asset)) { for (const day of paths[i]?.days ?? []) if (day >= first) isSession[day - first] = 1; }
    }
    return daysWhere((day) => isSession[day - first] === 1, first, last);
  };
  const bound = traded(keepsSessions);
  const sessions = bound.length > 0 ? bound : traded(() => true);
  if (sessions.length > 0 || !held.some(({ asset }) => isCash(asset))) return sessions;
  return daysWhere((day) => !isWeekend(dayOf(day)), first, last);
}

function daysWhere(isSession: (day: number) => boolean, first: number, last: number): Int32Array {
  const days: number[] = [];
  for (let day = first; day <= last; day++) if (isSession(day)) days.push(day);
  return Int32Array.from(days);
}

/** By currency; back to the oldest price that has to be converted. */
async function fxPaths(
  ctx: AnalysisContext,
  held: readonly Held[],
  raw: readonly RawPath[],
  currency: string,
  { from, to }: Days,
  knownAt: Date | undefined,
): Promise<Map<string, FxPath>> {
  const oldest = new Map<string, number>();
  for (const [i, { asset }] of held.entries()) {
    if (asset.currency === currency) continue;
    const known = oldest.get(asset.currency) ?? dayNumber(from);
    oldest.set(asset.currency, Math.min(known, raw[i]?.days[0] ?? known));
  }
  const each = [...oldest].map(async ([code, day]) =>
    [code, await readFxPath(ctx, code, currency, { from: dayOf(day), to }, knownAt)] as const
  );
  return new Map(await Promise.all(each));
}
