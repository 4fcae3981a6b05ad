/**
 * What is missing of the markets' history, by day and by asset, and why.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dayOf } from "../day.ts";
import { spanOf } from "../history/read.ts";
import { jobCollection } from "../jobs/job.ts";
import type { Asset } from "../store/assets.ts";
import { type Market, type MarketDay, MARKETS } from "../store/market_days.ts";
import { waitingBarsOf } from "../store/quarantine.ts";
import { readAsset } from "./assets.ts";
import { firstDayInReach } from "./backfill_plan.ts";
import { sessionsOver } from "./calendar.ts";
import { holds } from "./day_spans.ts";
import { coversAsset, knownDays, storedDays, type Tracked, trackedAssets } from "./missing_history.ts";
import type { Provider, Span } from "./provider.ts";
import { PULL_MARKET_DAY } from "./pull_market_day.ts";

/**
 * `not_listed_yet`: before its history begins, and nothing earlier is to be had; `did_not_trade`: it was asked for, and there is
 * no row; `quarantined`: its row waits for somebody to look at it; `failed`: its day was asked for, and given up;
 * `not_there_yet`: it was not asked for yet.
 */
export const GAP_REASONS = ["not_listed_yet", "did_not_trade", "quarantined", "failed", "not_there_yet"] as const;
export type GapReason = typeof GAP_REASONS[number];

export type GapCounts = Readonly<Record<GapReason, number>>;

export interface DayGaps {
  readonly market: Market;
  readonly date: string;
  readonly expected: number;
  readonly present: number;
  readonly reasons: GapCounts;
}

export interface AssetGaps {
  readonly asset: string;
  readonly reasons: GapCounts;
}

export interface Gaps {
  readonly span: Span;
  /** Bars that there should be: of each asset that a market prices, on each session from its first on; delisted, to its last. */
  readonly expected: number;
  readonly present: number;
  /** By market and rising date; days on which nothing is missing are left out. */
  readonly days: readonly DayGaps[];
  /** Assets of which nothing is missing are left out. */
  readonly assets: readonly AssetGaps[];
}

export interface GapsContext extends Context {
  readonly provider: Provider | undefined;
}

export interface GapsQuestion extends Span {
  readonly market?: Market | undefined;
  readonly asset?: string | undefined;
}

type Counts = Record<GapReason, number>;

/** What is missing from the sessions of a span that are over: of all markets and assets, or of one. */
export async function findGaps(ctx: GapsContext, { from, to, market, asset }: GapsQuestion): Promise<Gaps> {
  const one = asset === undefined ? undefined : (await readAsset(ctx, asset)).value;
  const byAsset = new Map<string, Counts>();
  const days: DayGaps[] = [];
  for (const of of market === undefined ? MARKETS : [market]) {
    days.push(...await gapsOfMarket(ctx, of, { from, to }, one, byAsset));
  }
  return {
    span: { from, to },
    expected: days.reduce((total, day) => total + day.expected, 0),
    present: days.reduce((total, day) => total + day.present, 0),
    days: days.filter(({ reasons }) => isAnything(reasons)),
    assets: [...byAsset].map(([asset, reasons]) => ({ asset, reasons })),
  };
}

/** Every session of a market's span that is over, those on which nothing is missing included. */
export const sessionGaps = (ctx: GapsContext, market: Market, span: Span): Promise<DayGaps[]> =>
  gapsOfMarket(ctx, market, span, undefined, new Map());

/** An asset with the day of its first bar. */
interface Expected extends Tracked {
  readonly since: string | undefined;
}

async function gapsOfMarket(
  ctx: GapsContext,
  market: Market,
  span: Span,
  one: Asset | undefined,
  byAsset: Map<string, Counts>,
): Promise<DayGaps[]> {
  const all = await expectedAssets(ctx, market);
  const assets = one === undefined ? all : all.filter(({ asset }) => asset.no === one.no);
  if (assets.length === 0) return [];
  const [known, failed] = [await knownDays(ctx, market, span), await failedDays(ctx, market)];
  const reach = ctx.provider === undefined ? undefined : await firstDayInReach(ctx, ctx.provider, market);
  const stored = await storedDays(ctx, span);
  const gaps: DayGaps[] = [];
  for (const date of await sessionsOver(ctx, market, span)) {
    const isStored = await stored(date);
    const expected = assets.filter(({ until }) => until === undefined || date <= until);
    const missing = expected.filter(({ asset }) => !isStored(asset.no));
    const day = known.get(date);
    if (day === undefined && isNoSession(date, all, isStored)) continue;
    const waiting = missing.length === 0 ? undefined : await waitingAssets(ctx, market, date);
    const isInReach = reach !== undefined && date >= reach;
    const reasons = nothing();
    for (const asset of missing) {
      const reason = waiting?.has(asset.asset.no)
        ? "quarantined"
        : reasonOf(asset, date, { day, isInReach, isFailed: failed.has(date) });
      reasons[reason] += 1;
      count(byAsset, asset.asset.symbol, reason);
    }
    const present = expected.length - missing.length;
    // What was not there yet was not expected either.
    gaps.push({ market, date, expected: expected.length - reasons.not_listed_yet, present, reasons });
  }
  return gaps;
}

async function expectedAssets(ctx: Context, market: Market): Promise<Expected[]> {
  const tracked = await trackedAssets(ctx, market);
  return await Promise.all(tracked.map(async (asset) => {
    const span = await spanOf(ctx, asset.asset.no);
    return { ...asset, since: span && dayOf(span.firstDay) };
  }));
}

/** Nobody has a bar of it, though everybody was asked for it: a holiday that nobody told of. */
const isNoSession = (date: string, all: readonly Expected[], isStored: (assetNo: number) => boolean): boolean =>
  all.every(({ asset, asked }) => holds(asked, date) && !isStored(asset.no));

interface OfDay {
  readonly day: MarketDay | undefined;
  /** Whether the provider's plan goes back so far. */
  readonly isInReach: boolean;
  readonly isFailed: boolean;
}

function reasonOf({ asset, asked, since }: Expected, date: string, { day, isInReach, isFailed }: OfDay): GapReason {
  const wasAsked = coversAsset(day, asset) || holds(asked, date);
  const isBefore = since === undefined ? date < asset.createdAt.slice(0, 10) : date < since;
  if (asset.listedOn !== null && date < asset.listedOn) return "not_listed_yet";
  if (isBefore && (wasAsked || !isInReach)) return "not_listed_yet";
  if (wasAsked) return "did_not_trade";
  return isFailed ? "failed" : "not_there_yet";
}

/** Of which the pull was given up. */
async function failedDays(ctx: Context, market: Market): Promise<Set<string>> {
  const failed = new Set<string>();
  const dead = jobCollection(ctx.store).each({ by: "name_and_state", value: [PULL_MARKET_DAY, "dead"] });
  for await (const { value: { args } } of dead) {
    if ((args["market"] ?? "stocks") === market) failed.add(String(args["date"]));
  }
  return failed;
}

const waitingAssets = async (ctx: Context, market: Market, date: string): Promise<Set<number>> =>
  new Set((await waitingBarsOf(ctx.store, { market, date })).map(({ value }) => value.assetNo));

function count(byAsset: Map<string, Counts>, symbol: string, reason: GapReason): void {
  const counts = byAsset.get(symbol) ?? nothing();
  counts[reason] += 1;
  byAsset.set(symbol, counts);
}

const nothing = (): Counts => Object.fromEntries(GAP_REASONS.map((reason) => [reason, 0])) as Counts;

const isAnything = (reasons: GapCounts): boolean => Object.values(reasons).some((count) => count > 0);
