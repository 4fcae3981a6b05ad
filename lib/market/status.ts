/**
 * How far market data has come, and what keeps it from going on.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type Job, jobCollection } from "../jobs/job.ts";
import { pacingOf } from "../jobs/pacing.ts";
import { type ScheduleEntry, type ScheduleStatus, scheduleStatus } from "../jobs/schedule.ts";
import { type MarketDay, marketDayCollection } from "../store/market_days.ts";
import { newestSession } from "./calendar.ts";
import type { Provider } from "./provider.ts";
import { type ProviderState, providerState } from "./provider_state.ts";

/** Among so many the last one is looked for. */
const RECENT_PULLS = 20;

export interface StatusContext extends Context {
  readonly provider: Provider | undefined;
  readonly nightlyPull: ScheduleEntry;
}

export interface MarketStatus {
  readonly timeZone: string;
  readonly marketVersion: string;
  /** The newest session whose day is over. */
  readonly expectedSession: string;
  /** The newest session that is complete. */
  readonly lastSession: string | null;
  readonly provider: { readonly name: string; readonly callsPerMinute: number; readonly nextSlotAt: string } | null;
  readonly providerState: ProviderState | null;
  readonly nightlyPull: ScheduleStatus;
  readonly lastPull: Job | null;
}

export async function marketStatus(ctx: StatusContext): Promise<MarketStatus> {
  const { provider, nightlyPull, store } = ctx;
  const schedule = await scheduleStatus(ctx, nightlyPull);
  return {
    timeZone: ctx.marketTimeZone,
    marketVersion: store.version("market"),
    expectedSession: await newestSession(ctx, "stocks", ctx.now()),
    lastSession: await lastCompleteDay(ctx),
    provider: provider === undefined ? null : {
      name: provider.name,
      callsPerMinute: provider.callsPerMinute,
      nextSlotAt: (await pacingOf(ctx, provider.name)).next_free_at,
    },
    providerState: provider === undefined ? null : await providerState(store, provider.name) ?? null,
    nightlyPull: schedule,
    lastPull: await lastPullOf(ctx) ?? null,
  };
}

/** The one that something happened to last: not always the newest, because a day may be pulled again. */
async function lastPullOf({ store, nightlyPull }: StatusContext): Promise<Job | undefined> {
  const { items } = await jobCollection(store).list({
    by: "name",
    value: [nightlyPull.job.name],
    limit: RECENT_PULLS,
    reverse: true,
  });
  const happenedAt = ({ timeline, created_at }: Job) => timeline.at(-1)?.at ?? created_at;
  return items.map(({ value }) => value).toSorted((a, b) => happenedAt(a) < happenedAt(b) ? 1 : -1)[0];
}

async function lastCompleteDay(ctx: Context): Promise<string | null> {
  const isComplete = (day: MarketDay) => day.status === "complete";
  const ofStocks = { by: "market", value: ["stocks"], where: isComplete };
  const { items } = await marketDayCollection(ctx.store).list({ ...ofStocks, limit: 1, reverse: true });
  return items[0]?.value.date ?? null;
}
