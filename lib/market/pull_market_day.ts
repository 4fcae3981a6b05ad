/**
 * The nightly pull: one grouped call for the whole market's day, its rows checked and stored shard by shard. Every step
 * may be repeated, cut off and resumed with the same end.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { dayIn, isDay } from "../day.ts";
import { writeBars } from "../history/write.ts";
import { defineJob, type JobDefinition, type JobRun, Postpone } from "../jobs/definition.ts";
import { asking, type MarketContext } from "./ask.ts";
import { newestSession } from "./calendar.ts";
import { pulledAssets } from "./pulled_assets.ts";
import { closeDay, completeDay, openDay, revising } from "./pulled_day.ts";
import { replaceQuarantine } from "./quarantine.ts";
import { sortRows } from "./sort_rows.ts";

export const PULL_MARKET_DAY = "pull-market-day";

/** With the waits between them, most of a day: a session that is given up is not asked for again by itself. */
const MAX_ATTEMPTS = 24;
/** A session that is not over is asked for again until the one after it is. */
const POSTPONE_FOR_MS = 3 * 86_400_000;
const SESSION_OPEN_MS = 3_600_000;

/** `ctx` is what a request for the newest session is resolved by. */
export const pullMarketDay = (ctx: Context): JobDefinition<MarketContext> =>
  defineJob<MarketContext, { date: string }>({
    name: PULL_MARKET_DAY,
    args: z.strictObject({
      date: z.string().refine(isDay, "must be a day of the calendar such as 2021-11-05")
        .refine((date) => date <= dayIn(ctx.marketTimeZone, ctx.now()), "must not be in the future").optional(),
    }).transform(async ({ date }) => ({ date: date ?? await newestSession(ctx, ctx.now()) })),
    id: ({ date }) => date,
    priority: "urgent",
    maxAttempts: MAX_ATTEMPTS,
    postponeForMs: POSTPONE_FOR_MS,
    run: pull,
  });

async function pull(ctx: MarketContext, run: JobRun<{ date: string }>) {
  const { date } = run.args;
  const market = asking(ctx, run);
  const source = market.provider.name;
  const rows = await market.ask((call) => market.provider.marketDay("stocks", date, call));
  if (rows === undefined) return await withoutRows(ctx, date, source, market.calls());
  const sorted = sortRows(rows, await pulledAssets(ctx), { date, source, now: ctx.now() });
  await openDay(ctx, date, source);
  const total = sorted.bars.length;
  run.progress(0, total);
  const counts = await writeBars(ctx, sorted.bars, {
    signal: run.signal,
    onProgress: (done) => run.progress(done, total),
    stage: revising(ctx, date),
  });
  await replaceQuarantine(ctx, date, sorted.quarantined);
  const quarantined = sorted.quarantined.length;
  await completeDay(ctx, date, { source, rows: total, quarantined });
  return { ...counts, quarantined, provider_calls: market.calls() };
}

/** An empty answer for a day that is over means that the market was closed; what is stored of it already stays. */
async function withoutRows(ctx: MarketContext, date: string, source: string, providerCalls: number) {
  if (date >= dayIn(ctx.marketTimeZone, ctx.now())) {
    throw new Postpone(ctx.now().getTime() + SESSION_OPEN_MS, `not_yet: ${date} is not over, and nothing is there`);
  }
  const closed = await closeDay(ctx, date, source);
  return { written: 0, unchanged: 0, corrected: 0, quarantined: 0, provider_calls: providerCalls, closed };
}
