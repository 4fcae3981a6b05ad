/**
 * What if: a shock to sectors or assets, or a span of the past over again, to what the portfolio is worth on the day.
 *
 * @module
 */
import { type Decimal, decimal, plain, rounded, sum } from "../analysis/decimal.ts";
import { plainFixed } from "../analysis/fixed_point.ts";
import type { MissingReason } from "../analysis/metric.ts";
import { sharesOf } from "../analysis/sector_allocation.ts";
import { Problem } from "../problem.ts";
import { SECTORS } from "../store/assets.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion, assertAnswerable } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { exactNewest } from "./exact_values.ts";
import { explainedEnds, type ExplainedLine, type OtherInputs } from "./explained.ts";
import type { LeftOut, Line } from "./line.ts";
import { proxyOf } from "./sector_proxy.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

export interface Shock {
  /** A sector's code or the symbol of an asset; the asset's counts where it has one and its sector too. */
  readonly target: string;
  /** A fraction: -0.2 takes a fifth. */
  readonly change: number;
}

/** A span of the past. */
export interface Span {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** From the S&P 500's high to its low. */
export const KNOWN_FALLS: readonly Span[] = [
  { name: "Financial crisis, 2007 to 2009", from: "2007-10-09", to: "2009-03-09" },
  { name: "Fourth quarter of 2018", from: "2018-09-20", to: "2018-12-24" },
  { name: "Pandemic, 2020", from: "2020-02-19", to: "2020-03-23" },
  { name: "Inflation, 2022", from: "2022-01-03", to: "2022-10-12" },
];

export interface Part {
  readonly fraction: number;
  /** Plain decimals. */
  readonly marketValue: string;
  readonly change: string;
}

export interface Scenario extends Part {
  readonly name: string;
  /** Of a span: the first and last session whose prices were used. */
  readonly span: { readonly from: string; readonly to: string } | undefined;
  /** By rising change. */
  readonly assets: readonly (Part & { readonly asset: string })[];
  readonly sectors: readonly { readonly sector: string; readonly change: string }[];
  readonly leftOut: readonly LeftOut[];
}

/** A span that the portfolio has no prices of. */
export interface Untold {
  readonly name: string;
  readonly span: { readonly from: string; readonly to: string };
  readonly reason: MissingReason;
}

export interface ScenarioQuestion {
  readonly shocks: readonly Shock[];
  /** The past over again; without one, and without shocks, the known falls that have ended by the day. */
  readonly replay: { readonly from: string; readonly to: string } | undefined;
}

export function scenariosOf(
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: Omit<AnalysisQuestion, "from" | "to" | "window">,
  parameters: ScenarioQuestion,
): Promise<Analysis<(Scenario | Untold)[]>> {
  if (parameters.replay !== undefined) assertAnswerable(ctx, { ...question, ...parameters.replay });
  // Shocks want no history.
  return analysed(ctx, portfolio, { ...question, window: { count: 0, unit: "sessions" } }, {
    ...{ name: "scenarios", parameters },
    compute: (timeline) => scenariosIn(ctx, timeline, parameters),
    explain: (timeline) => inputsIn(ctx, timeline, parameters),
  });
}

async function scenariosIn(
  ctx: AnalysisContext,
  timeline: Timeline,
  { shocks, replay }: ScenarioQuestion,
): Promise<(Scenario | Untold)[]> {
  const told: (Scenario | Untold)[] = shocks.length === 0 ? [] : [shocked(timeline, shocks)];
  for (const span of spansOf(timeline, { shocks, replay })) told.push(await replayed(ctx, timeline, span));
  return told;
}

function spansOf({ asOf }: Timeline, { shocks, replay }: ScenarioQuestion): readonly Span[] {
  if (replay !== undefined) return [{ name: "Replay", ...replay }];
  return shocks.length > 0 ? [] : KNOWN_FALLS.filter(({ to }) => asOf !== null && to <= asOf);
}

async function inputsIn(ctx: AnalysisContext, timeline: Timeline, asked: ScenarioQuestion): Promise<OtherInputs> {
  const spans = new Map<string, readonly ExplainedLine[]>();
  for (const span of spansOf(timeline, asked)) {
    const { lines, sessions, ends, proxies } = await readSpan(ctx, timeline, span);
    if (ends === undefined) continue;
    const estimated = proxies.map((proxy) => ({ held: proxy.held, prices: [], proxy }));
    spans.set(span.name, [...explainedEnds(lines, sessions), ...estimated]);
  }
  return { spans };
}

async function readSpan(ctx: AnalysisContext, { portfolio, question, lines: held }: Timeline, { from, to }: Span) {
  // Nothing later is read: what is held now is priced by the timeline.
  const { lines, leftOut, sessions } = await timelineOf(ctx, portfolio, { ...question, asOf: to, start: { from }, to });
  const [first, last] = [sessions[0], sessions.at(-1)];
  const isTold = lines.length > 0 && first !== undefined && last !== undefined && first !== last;
  // What had no price until later moves as its sector did, if that is the rule.
  const isRead = new Set(lines.map((line) => line.held.asset.no));
  const without = question.missing === "proxy_sector" ? held.filter((line) => !isRead.has(line.held.asset.no)) : [];
  const proxies = without.map((line) => proxyOf(line.held, lines)).filter((proxy) => proxy !== undefined);
  return { lines, leftOut, sessions, proxies, ends: isTold ? { from: first, to: last } : undefined };
}

function shocked(timeline: Timeline, shocks: readonly Shock[]): Scenario {
  const changes = new Map(shocks.map(({ target, change }) => [target, decimal(change)]));
  assertTargets(timeline, shocks);
  const ofLine = ({ held: { asset } }: Line) =>
    changes.get(asset.symbol) ??
      sum(sharesOf(asset).map(([sector, share]) => share.times(changes.get(sector) ?? 0)));
  return scenario("Shock", timeline.lines, ofLine, timeline.leftOut);
}

function assertTargets({ portfolio, lines, leftOut }: Timeline, shocks: readonly Shock[]): void {
  const symbols = new Set([...lines, ...leftOut].map(({ held }) => held.asset.symbol));
  const errors = shocks.filter(({ target }) => !symbols.has(target) && !SECTORS.some((sector) => sector === target))
    .map(({ target }) => ({
      parameter: "shock",
      detail: `${target} is neither a sector nor an asset of portfolio ${portfolio.id}`,
    }));
  if (errors.length > 0) throw new Problem("validation-failed", "A shock has no target", { errors });
}

async function replayed(
  ctx: AnalysisContext,
  timeline: Timeline,
  span: Span,
): Promise<Scenario | Untold> {
  const { name, from, to } = span;
  const { lines, leftOut, proxies, ends } = await readSpan(ctx, timeline, span);
  if (ends === undefined) return { name, span: { from, to }, reason: "short_history" };
  const moves = new Map([
    ...lines.map(({ held, prices }) => [held.asset.no, (prices.at(-1) ?? NaN) / (prices[0] ?? NaN) - 1] as const),
    ...proxies.map(({ held, fraction }) => [held.asset.no, fraction] as const),
  ]);
  const hasMoved = ({ held }: Pick<Line, "held">) => moves.has(held.asset.no);
  const moved = timeline.lines.filter(hasMoved);
  const ofLine = ({ held }: Line) => decimal(moves.get(held.asset.no) ?? 0);
  const rest = leftOut.filter((one) => !hasMoved(one));
  return { ...scenario(name, moved, ofLine, rest), span: ends };
}

function scenario(
  name: string,
  lines: readonly Line[],
  moved: (line: Line) => Decimal,
  leftOut: readonly LeftOut[],
): Scenario {
  const parts = lines.map((line) => {
    const [value, fraction] = [decimal(plainFixed(exactNewest(line))), moved(line)];
    return { line, value, fraction, change: rounded(value.times(fraction)) };
  });
  const [value, change] = [sum(parts.map((part) => part.value)), sum(parts.map((part) => part.change))];
  const sectors = new Map<string, Decimal>();
  for (const { line, change } of parts) {
    for (const [sector, share] of sharesOf(line.held.asset)) {
      sectors.set(sector, change.times(share).plus(sectors.get(sector) ?? 0));
    }
  }
  const byChange = (a: { change: Decimal }, b: { change: Decimal }) => a.change.cmp(b.change);
  return {
    ...{ name, span: undefined, leftOut },
    ...{
      fraction: value.eq(0) ? 0 : change.div(value.abs()).toNumber(),
      marketValue: plain(value),
      change: plain(change),
    },
    assets: parts.sort(byChange).map(({ line, value, fraction, change }) => ({
      asset: line.held.asset.symbol,
      ...{ fraction: fraction.toNumber(), marketValue: plain(value), change: plain(change) },
    })),
    sectors: [...sectors].map(([sector, change]) => ({ sector, change })).sort(byChange)
      .map(({ sector, change }) => ({ sector, change: plain(change) })),
  };
}
