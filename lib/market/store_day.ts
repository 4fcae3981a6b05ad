/**
 * What comes of a market's day once the provider has answered: its rows are checked and stored shard by shard. May be cut off
 * anywhere and done again.
 *
 * @module
 */
import { writeBars, type Written } from "../history/write.ts";
import { type JobRun, Postpone } from "../jobs/definition.ts";
import type { MarketDate } from "../store/market_days.ts";
import { lastNumber } from "../store/sequence.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { marketToday } from "./calendar.ts";
import type { ProviderBar } from "./provider.ts";
import { pulledAssets } from "./pulled_assets.ts";
import { closeDay, completeDay, openDay, revising } from "./pulled_day.ts";
import { judgeRows } from "./judged_rows.ts";
import { replaceWaiting } from "./quarantine.ts";
import { sortRows } from "./sort_rows.ts";

/** How long a day that is not over for us either is left alone. */
const SESSION_OPEN_MS = 3_600_000;

export interface StoredDay extends Written {
  readonly quarantined: number;
  /** Where some are left out because somebody has rejected them, how many. */
  readonly rejected?: number;
  /** Where there were no rows: whether the market counts as closed on that day. */
  readonly closed?: boolean;
}

export interface Storing {
  readonly run: Pick<JobRun<unknown>, "signal" | "progress">;
  /** Of whom the rows are, and who may be asked what explains them. */
  readonly market: Asking;
}

/** `rows` are `undefined` where the provider had none. */
export async function storeDay(
  ctx: MarketContext,
  { run, market }: Storing,
  day: MarketDate,
  rows: readonly ProviderBar[] | undefined,
): Promise<StoredDay> {
  const source = market.provider.name;
  if (rows === undefined) return await withoutRows(ctx, day, source);
  // Before the assets are read: one that is added meanwhile is not among those that were looked for.
  const assetsUpTo = await lastNumber(ctx.store, "assets");
  const pulled = await pulledAssets(ctx, day.market);
  const sorted = sortRows(rows, (symbol) => pulled.on(symbol, day.date), { ...day, source, now: ctx.now() });
  const { bars, quarantined, rejected } = await judgeRows(ctx, market, day, sorted);
  await openDay(ctx, day, source);
  const total = bars.length;
  run.progress(0, total);
  const counts = await writeBars(ctx, bars, {
    signal: run.signal,
    onProgress: (done) => run.progress(done, total),
    stage: revising(ctx, day),
  });
  await replaceWaiting(ctx, day, quarantined);
  await completeDay(ctx, day, { source, rows: total, assetsUpTo, assetsSince: pulled.since });
  ctx.log.info("A day is stored", { ...day, rows: total, ...counts, quarantined: quarantined.length, rejected });
  return { ...counts, quarantined: quarantined.length, ...(rejected > 0 && { rejected }) };
}

/** An empty answer for a day that is over means that the market was closed; what is stored of it already stays. */
async function withoutRows(ctx: MarketContext, day: MarketDate, source: string): Promise<StoredDay> {
  if (day.date >= marketToday(ctx, day.market, ctx.now())) {
    throw new Postpone(ctx.now().getTime() + SESSION_OPEN_MS, `not_yet: ${day.date} is not over, and nothing is there`);
  }
  const closed = await closeDay(ctx, day, source);
  return { written: 0, unchanged: 0, corrected: 0, quarantined: 0, closed };
}
