/**
 * How far market data has come, and what keeps it from going on.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type Job, jobCollection } from "../jobs/job.ts";
import { pacingOf } from "../jobs/pacing.ts";
import { takenInLastMinute } from "../jobs/pacing_line.ts";
import { type ScheduleEntry, type ScheduleStatus, scheduleStatus } from "../jobs/schedule.ts";
import type { Asset } from "../store/assets.ts";
import { type Market, type MarketDay, marketDayCollection, MARKETS } from "../store/market_days.ts";
import type { ProviderState } from "../store/provider_states.ts";
import { waitingCount } from "../store/quarantine.ts";
import { newestSession } from "./calendar.ts";
import type { Provider } from "./provider.ts";
import { type ProviderStanding, standingOf } from "./provider_health.ts";
import { providerState } from "./provider_state.ts";
import { heldMarkets } from "./pulled_assets.ts";

/** Among so many the last one is looked for. */
const RECENT_PULLS = 20;
const MAX_DOUBTS = 100;

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
  /** Of each market whose assets the store holds; the two above are those of stocks. */
  readonly markets: readonly MarketProgress[];
  readonly provider: ProviderStatus | null;
  readonly nightlyPull: ScheduleStatus;
  readonly lastPull: Job | null;
  /** Bars, splits and dividends that wait for a decision, or for prices. */
  readonly quarantineWaiting: number;
  /** Assets whose symbol is another issuer's by now, or perhaps: an administrator renames them, or says that they are active. */
  readonly symbolDoubts: readonly Pick<Asset, "symbol" | "symbolDoubt">[];
}

/** How far one market has come. */
export interface MarketProgress extends Pick<MarketStatus, "expectedSession" | "lastSession"> {
  readonly market: Market;
}

export interface ProviderStatus {
  readonly name: string;
  readonly standing: ProviderStanding;
  readonly state: ProviderState | null;
  readonly callsPerMinute: number;
  readonly callsInLastMinute: number;
  readonly nextSlotAt: string;
}

export const CONCERN_CODES = [
  "provider_bad_key",
  "provider_unwell",
  "store_refuses_writes",
  "store_unreadable_entry",
] as const;

/** What keeps the service from being all that it should be, although it answers. */
export interface Concern {
  readonly code: typeof CONCERN_CODES[number];
  readonly detail: string;
}

export async function marketStatus(ctx: StatusContext): Promise<MarketStatus> {
  const { nightlyPull, store } = ctx;
  const schedule = await scheduleStatus(ctx, nightlyPull);
  const held = await heldMarkets(ctx);
  return {
    timeZone: ctx.marketTimeZone,
    marketVersion: store.version("market"),
    ...await sessionsOf(ctx, "stocks"),
    markets: await Promise.all(
      MARKETS.filter((market) => held.has(market)).map(async (market) => ({
        market,
        ...await sessionsOf(ctx, market),
      })),
    ),
    provider: await providerStatus(ctx) ?? null,
    nightlyPull: schedule,
    lastPull: await lastPullOf(ctx) ?? null,
    quarantineWaiting: await waitingCount(store),
    symbolDoubts: (await ctx.assets.list({ by: "symbol_doubt", limit: MAX_DOUBTS })).items.map(({ value }) => value),
  };
}

export async function marketConcerns(
  { store, provider }: Pick<StatusContext, "store" | "provider">,
): Promise<Concern[]> {
  if (provider === undefined) return [];
  const state = await providerState(store, provider.name);
  switch (standingOf(state, provider.keyDigest)) {
    case "bad_key":
      return [{ code: "provider_bad_key", detail: "The provider refused the key, so prices stay as they are" }];
    case "unwell":
      return [{ code: "provider_unwell", detail: `The provider does not answer since ${state?.unwell?.since}` }];
    default:
      return [];
  }
}

async function providerStatus(ctx: StatusContext): Promise<ProviderStatus | undefined> {
  const { provider, store, now } = ctx;
  if (provider === undefined) return undefined;
  const { name, callsPerMinute, keyDigest } = provider;
  const [pacing, state] = await Promise.all([pacingOf(ctx, name), providerState(store, name)]);
  return {
    ...{ name, callsPerMinute },
    standing: standingOf(state, keyDigest),
    state: state ?? null,
    callsInLastMinute: takenInLastMinute(pacing, now().getTime()),
    nextSlotAt: pacing.next_free_at,
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

const sessionsOf = async (ctx: Context, market: Market) => ({
  expectedSession: await newestSession(ctx, market, ctx.now()),
  lastSession: await lastCompleteDay(ctx, market),
});

async function lastCompleteDay(ctx: Context, market: Market): Promise<string | null> {
  const isComplete = (day: MarketDay) => day.status === "complete";
  const ofMarket = { by: "market", value: [market], where: isComplete };
  const { items } = await marketDayCollection(ctx.store).list({ ...ofMarket, limit: 1, reverse: true });
  return items[0]?.value.date ?? null;
}
