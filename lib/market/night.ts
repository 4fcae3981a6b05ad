/**
 * The night: what is asked for once a day beside the newest session of stocks, which the timetable asks for itself. It only
 * enqueues, under ids that name what each job is for: so it may be cut off and run again, and nothing is done twice.
 *
 * @module
 */
import { z } from "zod";
import { isDay } from "../day.ts";
import { defineJob, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import { enqueueJob, type JobRequest } from "../jobs/enqueue.ts";
import type { JobsContext } from "../jobs/ledger.ts";
import type { MarketDate } from "../store/market_days.ts";
import type { MarketContext } from "./ask.ts";
import { BACKFILL } from "./backfill.ts";
import { FETCH_HOLIDAYS } from "./fetch_holidays.ts";
import { PULL_CORPORATE_ACTIONS } from "./pull_corporate_actions.ts";
import { PULL_MARKET_DAY } from "./pull_market_day.ts";
import { heldMarkets } from "./pulled_assets.ts";
import { REFETCH_MARKET_DAY } from "./refetch_market_day.ts";
import { staleAssets } from "./refresh_asset.ts";
import { REVIEW_ASSETS } from "./review_assets.ts";
import { wantedDays } from "./wanted_days.ts";

export const NIGHT = "night";

export interface NightContext extends MarketContext, JobsContext {}

/** A part of the night: its jobs, the sooner the earlier. `night` is the calendar day on which it began. */
export type Part = (ctx: NightContext, night: string) => Promise<readonly JobRequest[]> | readonly JobRequest[];

/** In this order, as far as the priorities of the jobs leave it. */
const PARTS: readonly Part[] = [marketDays, corporateActions, comingHolidays, lifeOfAssets, olderHistory];

const MAX_ATTEMPTS = 10;

export const night: JobDefinition<NightContext> = defineJob<NightContext, { date: string }>({
  name: NIGHT,
  args: z.strictObject({
    date: z.string().refine(isDay, "must be a day of the calendar such as 2021-11-06").meta({ format: "date" }),
  }),
  id: ({ date }) => date,
  priority: "urgent",
  maxAttempts: MAX_ATTEMPTS,
  run: askForAll,
});

async function askForAll(ctx: NightContext, { args: { date }, signal }: JobRun<{ date: string }>) {
  const startMs = ctx.now().getTime();
  const jobs: string[] = [];
  for (const part of PARTS) {
    for (const request of await part(ctx, date)) {
      signal.throwIfAborted();
      // The queue takes the sooner due first.
      const dueAt = new Date(startMs + jobs.length);
      jobs.push((await enqueueJob(ctx, { ...request, dueAt, by: `${NIGHT} of ${date}` })).id);
    }
  }
  return { jobs };
}

/** The days that are missing, and then those that may have changed since they were asked for; the newest first. */
async function marketDays(ctx: NightContext, night: string): Promise<JobRequest[]> {
  const wanted = await Promise.all([...await heldMarkets(ctx)].map((market) => wantedDays(ctx, market)));
  const newestFirst = (days: readonly MarketDate[]) => days.toSorted((a, b) => a.date < b.date ? 1 : -1);
  const missed = newestFirst(wanted.flatMap(({ missed }) => missed));
  const young = newestFirst(wanted.flatMap(({ young }) => young));
  return [
    ...missed.map((day) => ({ name: PULL_MARKET_DAY, args: day })),
    ...young.map((day) => ({ name: REFETCH_MARKET_DAY, args: { night, ...day }, once: true })),
  ];
}

/** Once the days are asked for: a split is checked by the prices on both sides of it. */
function corporateActions(_: NightContext, night: string): JobRequest[] {
  return [{ name: PULL_CORPORATE_ACTIONS, args: { to: night }, once: true }];
}

function comingHolidays(): JobRequest[] {
  return [{ name: FETCH_HOLIDAYS, args: {} }];
}

/** Whatever else is missing and can be had. */
function olderHistory(): JobRequest[] {
  return [{ name: BACKFILL, args: {} }];
}

/** What has fallen silent, and what the provider has not been asked about for long. */
async function lifeOfAssets(ctx: NightContext, night: string): Promise<JobRequest[]> {
  return [{ name: REVIEW_ASSETS, args: { date: night }, once: true }, ...await staleAssets(ctx)];
}
