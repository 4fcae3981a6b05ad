/**
 * The nightly pull: one grouped call for the whole market's day, its rows checked and stored shard by shard. Every step
 * may be repeated, cut off and resumed with the same end.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { dayIn, isDay } from "../day.ts";
import type { Bar } from "../history/bar.ts";
import { faultOf } from "../history/checks.ts";
import { type AssetBar, writeBars } from "../history/write.ts";
import { defineJob, type JobDefinition, type JobRun, Postpone } from "../jobs/definition.ts";
import { marketDayCollection } from "../store/market_days.ts";
import { type QuarantinedBar, quarantineId } from "../store/quarantine.ts";
import { asking, type MarketContext } from "./ask.ts";
import { newestSession } from "./calendar.ts";
import type { ProviderBar } from "./provider.ts";
import { replaceQuarantine } from "./quarantine.ts";

export const PULL_MARKET_DAY = "pull-market-day";

const MAX_ATTEMPTS = 8;
/** A session that is not over is asked for again until the one after it is. */
const POSTPONE_FOR_MS = 3 * 86_400_000;
const SESSION_OPEN_MS = 3_600_000;

/** Rows of known assets, told apart by whether they can be stored. */
interface Sorted {
  readonly bars: readonly AssetBar[];
  readonly quarantined: readonly QuarantinedBar[];
}

/** `ctx` is what a request for the newest session is resolved by. */
export const pullMarketDay = (ctx: Context): JobDefinition<MarketContext> =>
  defineJob<MarketContext, { date: string }>({
    name: PULL_MARKET_DAY,
    args: z.strictObject({
      date: z.string().refine(isDay, "must be a day of the calendar such as 2021-11-05")
        .refine((date) => date <= dayIn(ctx.marketTimeZone, ctx.now()), "must not be in the future").optional(),
    }).transform(async ({ date }) => ({ date: date ?? await newestSession(ctx, ctx.now()) })),
    id: ({ date }) => date,
    maxAttempts: MAX_ATTEMPTS,
    postponeForMs: POSTPONE_FOR_MS,
    run: pull,
  });

async function pull(ctx: MarketContext, run: JobRun<{ date: string }>) {
  const { date } = run.args;
  const market = asking(ctx, run);
  const rows = await market.ask((call) => market.provider.marketDay("stocks", date, call));
  if (rows === undefined) return await closeDay(ctx, date, market.provider.name, market.calls());
  const sorted = sortRows(rows, await trackedAssets(ctx), { date, source: market.provider.name, now: ctx.now() });
  await openDay(ctx, date, market.provider.name);
  const total = sorted.bars.length;
  run.progress(0, total);
  const { written, unchanged, corrected } = await writeBars(ctx, sorted.bars, {
    signal: run.signal,
    onProgress: (done) => run.progress(done, total),
  });
  const isQuarantineNew = await replaceQuarantine(ctx, date, sorted.quarantined);
  await completeDay(ctx, date, market.provider.name, sorted, written > 0 || isQuarantineNew);
  const quarantined = sorted.quarantined.length;
  return { written, unchanged, corrected, quarantined, provider_calls: market.calls() };
}

/** Asset numbers by symbol. */
async function trackedAssets(ctx: MarketContext): Promise<Map<string, number>> {
  const pointers = ctx.store.list({ prefix: ["assets_by_symbol"] }, { batchSize: 500 });
  return new Map(await Array.fromAsync(pointers, ({ key, value }) => [String(key[1]), Number(value)] as const));
}

function sortRows(
  rows: readonly ProviderBar[],
  tracked: ReadonlyMap<string, number>,
  facts: { date: string; source: string; now: Date },
): Sorted {
  const bars = new Map<number, AssetBar>();
  const quarantined = new Map<number, QuarantinedBar>();
  for (const row of rows) {
    const assetNo = tracked.get(row.symbol);
    if (assetNo === undefined) continue;
    const bar = barOf(row, facts);
    const isSecond = bars.has(assetNo) && !isSame(bars.get(assetNo)?.bar, bar);
    const reason = isSecond ? "duplicate_date" : faultOf(bar, facts.date);
    if (reason === undefined) bars.set(assetNo, { assetNo, bar });
    else quarantined.set(assetNo, inQuarantine(row, assetNo, reason, facts));
  }
  return { bars: [...bars.values()], quarantined: [...quarantined.values()] };
}

const barOf = (row: ProviderBar, { date, source }: { date: string; source: string }): Bar => ({
  date,
  open: row.open,
  high: row.high,
  low: row.low,
  close: row.close,
  volume: row.volume,
  vwap: row.vwap,
  preMarket: null,
  afterHours: null,
  source,
});

const isSame = (a: Bar | undefined, b: Bar): boolean => JSON.stringify(a) === JSON.stringify(b);

function inQuarantine(
  row: ProviderBar,
  assetNo: number,
  reason: string,
  { date, source, now }: { date: string; source: string; now: Date },
): QuarantinedBar {
  const { open, high, low, close, volume, vwap } = row;
  const kept = Object.entries({ open, high, low, close, volume, vwap })
    .map(([name, value]) => [name, value === null || Number.isFinite(value) ? value : String(value)]);
  return {
    id: quarantineId(date, assetNo),
    date,
    assetNo,
    row: Object.fromEntries(kept),
    reason,
    source,
    recordedAt: now.toISOString(),
  };
}

/** An empty answer for a day that is over means that the market was closed; what is stored of it already stays. */
async function closeDay(ctx: MarketContext, date: string, source: string, providerCalls: number) {
  if (date >= dayIn(ctx.marketTimeZone, ctx.now())) {
    throw new Postpone(ctx.now().getTime() + SESSION_OPEN_MS, `not_yet: ${date} is not over, and nothing is there`);
  }
  await marketDayCollection(ctx.store).update(date, (before) =>
    before?.status === "complete" ? before : {
      date,
      status: "closed",
      rows: 0,
      quarantined: 0,
      revision: before?.revision ?? 0,
      source,
      fetchedAt: ctx.now().toISOString(),
      reason: "the provider has no rows of this day",
    });
  return { written: 0, unchanged: 0, corrected: 0, quarantined: 0, provider_calls: providerCalls, closed: true };
}

/** A day that was complete stays so while it is fetched again. */
const openDay = (ctx: MarketContext, date: string, source: string) =>
  marketDayCollection(ctx.store).update(date, (before) =>
    before?.status === "complete" ? before : {
      date,
      status: "pending",
      rows: 0,
      quarantined: 0,
      revision: before?.revision ?? 0,
      source,
      fetchedAt: ctx.now().toISOString(),
      reason: "its rows are being stored",
    });

const completeDay = (ctx: MarketContext, date: string, source: string, sorted: Sorted, isChanged: boolean) =>
  marketDayCollection(ctx.store).update(date, (before) =>
    before?.status === "complete" && !isChanged ? before : {
      date,
      status: "complete",
      rows: sorted.bars.length,
      quarantined: sorted.quarantined.length,
      revision: (before?.revision ?? 0) + 1,
      source,
      fetchedAt: ctx.now().toISOString(),
      reason: null,
    });
