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
import { type JudgedRows, judgeRows } from "./judged_rows.ts";
import { closeDay, completeDay, openDay, type PulledRows, revising } from "./pulled_day.ts";
import { type Known, knownOf, Overtaken, replaceWaiting } from "./quarantine.ts";
import { sortRows } from "./sort_rows.ts";

/** How long a day that is not over for us either is left alone. */
const SESSION_OPEN_MS = 3_600_000;
/** How often a day's rows are judged again because somebody has settled one meanwhile. */
const MAX_CONFLICTS = 50;

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
  if (rows === undefined) return await withoutRows(ctx, day, market.provider.name);
  for (let times = 1;; times++) {
    run.signal.throwIfAborted();
    try {
      return await storeJudged(ctx, run, day, await judge(ctx, market, day, rows));
    } catch (error) {
      if (!(error instanceof Overtaken) || times === MAX_CONFLICTS) throw error;
    }
  }
}

interface Judged extends JudgedRows, Pick<PulledRows, "source" | "assetsUpTo" | "assetsSince"> {
  readonly known: Known;
}

async function judge(
  ctx: MarketContext,
  market: Asking,
  day: MarketDate,
  rows: readonly ProviderBar[],
): Promise<Judged> {
  const source = market.provider.name;
  const known = await knownOf(ctx, day);
  // Before the assets are read: one that is added meanwhile is not among those that were looked for.
  const assetsUpTo = await lastNumber(ctx.store, "assets");
  const pulled = await pulledAssets(ctx, day.market);
  const sorted = sortRows(rows, (symbol) => pulled.on(symbol, day.date), { ...day, source, now: ctx.now() });
  const judged = await judgeRows(ctx, market, day, { sorted, known: known.entries });
  return { ...judged, source, assetsUpTo, assetsSince: pulled.since, known };
}

/**
 * What waits no longer is taken out before it is stored, so that nobody can reject what is stored. Throws {@link Overtaken} where
 * somebody has settled a row meanwhile: then all are to be judged again.
 */
async function storeJudged(
  ctx: MarketContext,
  run: Storing["run"],
  day: MarketDate,
  { known, bars, quarantined, rejected, ...facts }: Judged,
): Promise<StoredDay> {
  await openDay(ctx, day, facts.source);
  const entries = await replaceWaiting(ctx, day, known, quarantined);
  const total = bars.length;
  run.progress(0, total);
  const counts = await writeBars(ctx, bars, {
    signal: run.signal,
    onProgress: (done) => run.progress(done, total),
    stage: revising(ctx, day, entries),
  });
  await completeDay(ctx, day, { ...facts, rows: total, quarantined: entries });
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
