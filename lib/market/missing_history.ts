/**
 * What is missing of a market's history, and can still be had: bars that are not stored, of days that nobody was asked for.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayOf } from "../day.ts";
import { readSeries, spanOf, tradedByDay } from "../history/read.ts";
import { isEnded, JOB_STATES, jobCollection } from "../jobs/job.ts";
import type { Asset } from "../store/assets.ts";
import { type Market, type MarketDay, marketDayCollection, marketDayId } from "../store/market_days.ts";
import { askedOf } from "./asked_spans.ts";
import { sessionsOver } from "./calendar.ts";
import { holds } from "./day_spans.ts";
import type { Span } from "./provider.ts";
import { PULL_MARKET_DAY } from "./pull_market_day.ts";
import { marketOf } from "./pulled_assets.ts";

export interface MissingHistory {
  readonly market: Market;
  /** On which something is missing, by rising date, and of how many assets. */
  readonly sessions: ReadonlyMap<string, number>;
  readonly assets: readonly MissingAsset[];
  /** Days that a pull has begun to store and not finished; of all assets only. */
  readonly unfinished: readonly string[];
  /** Bars that there may be: of each asset, on each session. */
  readonly expected: number;
  /** Of these, the ones that are neither stored nor were asked for. */
  readonly missing: number;
}

export interface MissingAsset {
  readonly asset: Asset;
  /** From the first session to the last of which its bar is missing. */
  readonly span: Span;
  readonly sessions: number;
}

/** An asset with what is known of its history. */
export interface Tracked {
  readonly asset: Asset;
  readonly asked: readonly Span[];
  /** The spans of which its splits and dividends were asked for. */
  readonly askedActions: readonly Span[];
  /** Nothing is expected of it after that day. */
  readonly until: string | undefined;
  span: Span | undefined;
  sessions: number;
}

/** Of all assets that the market prices, or of one. */
export async function missingHistory(
  ctx: Context,
  market: Market,
  span: Span,
  one?: Asset,
): Promise<MissingHistory> {
  // As where it begins only today, or was refused up to its end: no range of keys begins after its end.
  if (span.from > span.to) return { market, sessions: new Map(), assets: [], unfinished: [], expected: 0, missing: 0 };
  const tracked = await trackedAssets(ctx, market, one);
  const days = await knownDays(ctx, market, span);
  const stored = await storedDays(ctx, span, one);
  const sessions = new Map<string, number>();
  const unfinished: string[] = [];
  let [expectedBars, missingBars] = [0, 0];
  const awaited = await awaitedDays(ctx, market);
  for (const date of tracked.length === 0 ? [] : await sessionsOver(ctx, market, span)) {
    if (awaited.has(date)) continue;
    if (one === undefined && isUnfinished(days.get(date))) unfinished.push(date);
    const expected = tracked.filter((one) => isExpectedOn(one, date));
    const isStored = await stored(date);
    const wanted = expected.filter(({ asset, asked }) =>
      !isStored(asset.no) && !coversAsset(days.get(date), asset) && !holds(asked, date)
    );
    for (const one of wanted) {
      one.span = { from: one.span?.from ?? date, to: date };
      one.sessions += 1;
    }
    expectedBars += expected.length;
    missingBars += wanted.length;
    if (wanted.length > 0) sessions.set(date, wanted.length);
  }
  const assets = tracked.flatMap(({ asset, span, sessions }) => span === undefined ? [] : [{ asset, span, sessions }]);
  return { market, sessions, assets, unfinished, expected: expectedBars, missing: missingBars };
}

/** Neither before it was listed, where that is known, nor after the last session of what is delisted. */
const isExpectedOn = ({ asset: { listedOn }, until }: Tracked, date: string): boolean =>
  (listedOn === null || listedOn <= date) && (until === undefined || date <= until);

type Covered = Pick<Asset, "no" | "createdAt" | "marketSince">;

/** Whether an asset's row was looked for when a day was pulled. */
export const coversAsset = (day: MarketDay | undefined, { no, createdAt, marketSince }: Covered): boolean =>
  day?.status === "complete" && (no <= (day.assetsUpTo ?? 0) || createdAt <= day.fetchedAt) &&
  marketSince <= day.fetchedAt;

/** Days that a pull is about to bring, with whatever assets there are then. */
async function awaitedDays(ctx: Context, market: Market): Promise<Set<string>> {
  const awaited = new Set<string>();
  for (const state of JOB_STATES.filter((state) => !isEnded({ state }))) {
    const pulls = jobCollection(ctx.store).each({ by: "name_and_state", value: [PULL_MARKET_DAY, state] });
    for await (const { value: { args } } of pulls) {
      if ((args["market"] ?? "stocks") === market) awaited.add(String(args["date"]));
    }
  }
  return awaited;
}

/** Whether some of what came of a day may not be stored. */
export const isUnfinished = (day: MarketDay | undefined): boolean =>
  day?.status === "pending" || (day?.status === "complete" && day.reason !== null);

/** Of a market, or one of them if it is of that market: those that are traded, and of those that were until their last session. */
export async function trackedAssets(ctx: Context, market: Market, one?: Asset): Promise<Tracked[]> {
  const tracked: Tracked[] = [];
  for await (const { value: asset } of one === undefined ? ctx.assets.each() : [{ value: one }]) {
    if (marketOf(asset) !== market || asset.status === "inactive") continue;
    const history = asset.status === "delisted" ? await spanOf(ctx, asset.no) : undefined;
    const until = history && dayOf(history.lastDay);
    const { spans: asked, actions: askedActions } = await askedOf(ctx, asset.no);
    tracked.push({ asset, asked, askedActions, until, span: undefined, sessions: 0 });
  }
  return tracked;
}

export async function knownDays(ctx: Context, market: Market, { from, to }: Span): Promise<Map<string, MarketDay>> {
  const bounds = { from: marketDayId({ market, date: from }), before: marketDayId({ market, date: addDays(to, 1) }) };
  const days = await Array.fromAsync(marketDayCollection(ctx.store).each(bounds), ({ value }) => value);
  return new Map(days.map((day) => [day.date, day]));
}

/** Which assets have a bar of a day; days are asked for by rising date. */
export type StoredDays = (date: string) => Promise<(assetNo: number) => boolean>;

export async function storedDays(ctx: Context, span: Span, one?: Asset): Promise<StoredDays> {
  if (one !== undefined) {
    const dates = new Set((await readSeries(ctx, one.no, span)).map(({ date }) => date));
    return (date) => Promise.resolve(() => dates.has(date));
  }
  const days = tradedByDay(ctx, span)[Symbol.asyncIterator]();
  let next = await days.next();
  return async (date) => {
    while (!next.done && next.value.date < date) next = await days.next();
    const sheet = !next.done && next.value.date === date ? next.value.closes : undefined;
    return (assetNo) => sheet?.has(assetNo) ?? false;
  };
}
