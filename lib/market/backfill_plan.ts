/**
 * What a backfill would ask for, and by which calls: a market's day holds every asset, an asset's history every day, and whichever
 * takes fewer calls is chosen.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, addMonths } from "../day.ts";
import { intervalMsAt } from "../jobs/pacing.ts";
import type { Asset } from "../store/assets.ts";
import { type Market, MARKETS } from "../store/market_days.ts";
import { NOT_CONFIGURED } from "./ask.ts";
import { marketToday } from "./calendar.ts";
import { edgeOf } from "./history_edge.ts";
import { type LearningPlan, planLearning } from "./learn_symbols.ts";
import { type ActionsPlan, planActions } from "./missing_actions.ts";
import { type MissingAsset, type MissingHistory, missingHistory } from "./missing_history.ts";
import type { Provider, Span } from "./provider.ts";

export const STRATEGIES = ["none", "by_date", "by_asset"] as const;
export type Strategy = typeof STRATEGIES[number];

export interface BackfillQuestion {
  /** What the plan includes where nothing is said. */
  readonly from?: string | undefined;
  /** The newest day that is over everywhere where nothing is said. */
  readonly to?: string | undefined;
  /** All of them where nothing is said. */
  readonly asset?: Asset | undefined;
}

export interface MarketPlan {
  readonly market: Market;
  readonly strategy: Strategy;
  /** The days to be asked for, by rising date, and how many bars each would bring. */
  readonly days: ReadonlyMap<string, number>;
  /** The assets whose history is to be asked for. */
  readonly histories: readonly MissingAsset[];
  /** A call each, as far as is known before the provider has answered any. */
  readonly calls: number;
  /** What is missing, however it is asked for. */
  readonly missing: MissingHistory;
  /** The newest day that the provider has refused as too old: nothing up to it is asked for. */
  readonly refusedUpTo: string | null;
  /** Why nothing is asked for. */
  readonly notEntitled: string | null;
}

export interface BackfillPlan {
  readonly span: Span;
  /** Why it begins later than was asked. */
  readonly clipped: string | null;
  /** Why nobody can be asked. */
  readonly disabledBecause: string | null;
  readonly markets: readonly MarketPlan[];
  readonly actions: ActionsPlan;
  /** What comes before the rest, which it may change. */
  readonly learning: LearningPlan;
  /** That bring bars. */
  readonly calls: number;
  readonly allCalls: number;
  /** From the first free slot on, at the provider's pace. */
  readonly seconds: number;
  readonly expected: number;
  readonly missing: number;
}

const NO_ACTIONS: ActionsPlan = { byAsset: [], months: [], calls: 0 };
const NOTHING_TO_LEARN: LearningPlan = { assetNos: [], calls: 0 };

/** Where nobody knows how far back there is anything. */
const FIRST_DAY = "1970-01-01";

export async function planBackfill(
  ctx: Context,
  provider: Provider | undefined,
  { from, to, asset }: BackfillQuestion,
): Promise<BackfillPlan> {
  const span = spanOf(ctx, provider?.historyYears, from, to);
  const clipped = from !== undefined && from < span.from
    ? `the provider's plan reaches back ${provider?.historyYears} years, to ${span.from}`
    : null;
  const markets: MarketPlan[] = [];
  for (const market of MARKETS) markets.push(await planMarket(ctx, provider, market, span, asset));
  const total = (of: (plan: MarketPlan) => number) => markets.reduce((sum, plan) => sum + of(plan), 0);
  const calls = total((plan) => plan.calls);
  const actions = provider === undefined ? NO_ACTIONS : await planActions(ctx, provider, span, asset);
  const learning = provider === undefined ? NOTHING_TO_LEARN : await planLearning(ctx, provider, asset);
  const allCalls = learning.calls + calls + actions.calls;
  const intervalMs = provider === undefined ? 0 : intervalMsAt(provider.callsPerMinute);
  return {
    ...{
      span,
      clipped,
      markets: markets.filter(({ missing }) => missing.expected > 0),
      calls,
      actions,
      learning,
      allCalls,
    },
    disabledBecause: provider === undefined ? NOT_CONFIGURED : null,
    seconds: Math.ceil(allCalls * intervalMs / 1_000),
    expected: total(({ missing }) => missing.expected),
    missing: total(({ missing }) => missing.missing),
  };
}

/** On a tie the days: each is complete then, for whatever is added to the portfolio of days later. */
export function cheaperOf({ sessions, assets }: { sessions: number; assets: number }, canRange: boolean): Strategy {
  if (sessions === 0 || assets === 0) return "none";
  return canRange && assets < sessions ? "by_asset" : "by_date";
}

async function planMarket(
  ctx: Context,
  provider: Provider | undefined,
  market: Market,
  span: Span,
  asset: Asset | undefined,
): Promise<MarketPlan> {
  const { refused, notEntitled } = provider === undefined ? NOTHING_KNOWN : await edgeOf(ctx, provider, market);
  const from = afterRefused(span.from, refused);
  const missing = await missingHistory(ctx, market, { from, to: span.to }, asset);
  // Of one asset it is asked all the same: somebody may want to know whether that has changed.
  const isOut = notEntitled !== null && asset === undefined;
  const asked = provider === undefined || isOut ? NOTHING_ASKED : askedFor(missing, provider.range !== undefined);
  const calls = asked.days.size + asked.histories.length;
  return { market, ...asked, calls, missing, refusedUpTo: refused, notEntitled: isOut ? notEntitled : null };
}

/** The first day that a provider may answer, as far as is known. */
export async function firstDayInReach(ctx: Context, provider: Provider, market: Market): Promise<string> {
  const { refused } = await edgeOf(ctx, provider, market);
  return afterRefused(firstDayOf(ctx, provider.historyYears), refused);
}

const afterRefused = (from: string, refused: string | null): string =>
  refused === null || refused < from ? from : addDays(refused, 1);

type Asked = Pick<MarketPlan, "strategy" | "days" | "histories">;

const NOTHING_KNOWN = { refused: null, notEntitled: null };
const NOTHING_ASKED: Asked = { strategy: "none", days: new Map(), histories: [] };

/** Days that were begun are asked for in any case. */
function askedFor({ sessions, assets, unfinished }: MissingHistory, canRange: boolean): Asked {
  const begun = unfinished.map((date) => [date, 0] as const);
  const strategy = cheaperOf({ sessions: sessions.size, assets: assets.length }, canRange);
  if (strategy === "by_asset") return { strategy, days: new Map(begun), histories: assets };
  const days = new Map([...begun, ...sessions].sort(([a], [b]) => a < b ? -1 : 1));
  return { strategy: days.size === 0 ? "none" : "by_date", days, histories: [] };
}

/** Up to the newest day that is over in all zones, so that nothing is refused as not there yet. */
function spanOf(
  ctx: Context,
  historyYears: number | undefined,
  from: string | undefined,
  to: string | undefined,
): Span {
  const today = MARKETS.map((market) => marketToday(ctx, market, ctx.now())).sort()[0] ?? "";
  const last = addDays(today, -1);
  const first = firstDayOf(ctx, historyYears);
  return {
    from: from === undefined || from < first ? first : from,
    to: to === undefined || to > last ? last : to,
  };
}

const firstDayOf = (ctx: Context, historyYears: number | undefined): string =>
  historyYears === undefined ? FIRST_DAY : addMonths(marketToday(ctx, "stocks", ctx.now()), -12 * historyYears);
