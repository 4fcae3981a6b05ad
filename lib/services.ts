/**
 * Everything that a running Foliolens works with, put together in one place.
 *
 * @module
 */
import { contextOn } from "./context.ts";
import { createUses, type Uses } from "./identity/uses.ts";
import type { SignInContext } from "./identity/sign_in.ts";
import type { JobDefinition } from "./jobs/definition.ts";
import type { Timetable, TimetableContext } from "./jobs/schedule.ts";
import type { Sleep } from "./jobs/sleep.ts";
import type { Log } from "./log.ts";
import type { MarketContext } from "./market/ask.ts";
import { backfill } from "./market/backfill.ts";
import { fetchHolidays } from "./market/fetch_holidays.ts";
import { probeProvider } from "./market/probe_provider.ts";
import type { Provider } from "./market/provider.ts";
import { night } from "./market/night.ts";
import { pullCorporateActions } from "./market/pull_corporate_actions.ts";
import { pullMarketDay } from "./market/pull_market_day.ts";
import { refetchMarketDay } from "./market/refetch_market_day.ts";
import { refreshAsset } from "./market/refresh_asset.ts";
import { reviewAssets } from "./market/review_assets.ts";
import type { StatusContext } from "./market/status.ts";
import type { AnalysisContext } from "./portfolios/analysis_context.ts";
import { quoteBook } from "./portfolios/quotes.ts";
import { readCache } from "./store/cache.ts";
import type { Store } from "./store/store.ts";
import { cleanUp, type RetentionContext } from "./retention/clean_up.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import { type StateContext, stateMetrics } from "./telemetry/state_metrics.ts";
import { FAMILIES } from "./store/families.ts";
import { verifyStore } from "./verify/verify_store.ts";

/** What the routes, the jobs and the timetable are given. */
export interface Services
  extends MarketContext, StatusContext, TimetableContext, AnalysisContext, SignInContext, RetentionContext {
  readonly jobs: readonly JobDefinition<Services>[];
  readonly uses: Uses;
  readonly telemetry: Telemetry;
  /** As Prometheus reads them. */
  readonly readMetrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly log: Log;
  /** Of all processes on the store, this one. */
  readonly processId: string;
}

export interface ServiceOptions {
  readonly store: Store;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly marketTimeZone: string;
  /** The service's address as users see it. */
  readonly publicUrl: string;
  readonly processId: string;
  readonly signInProviders: SignInContext["signInProviders"];
  readonly adminEmails: SignInContext["adminEmails"];
  readonly retention: RetentionContext["retention"];
  readonly timetable: Timetable;
  readonly nightlyPull: StatusContext["nightlyPull"];
  readonly provider: Provider | undefined;
  /** Tells the worker of this process that something is due. */
  readonly wake: () => void;
  /** Ends once everything else that is waiting has had its turn. */
  readonly nextTurn: () => Promise<void>;
}

/** Of five hundred assets over five years, one takes some 30 MB. */
const MAX_TIMELINES = 4;
const MAX_ANALYSES = 64;

export function createServices({ store, now, marketTimeZone, ...rest }: ServiceOptions): Services {
  const context = contextOn(store, now, marketTimeZone);
  const uses = createUses({ store, now, log: rest.log });
  const caches = {
    timelines: readCache(MAX_TIMELINES),
    analyses: readCache(MAX_ANALYSES),
    quotes: quoteBook(),
  };
  const definitions = [
    ...[pullMarketDay(context), night, refetchMarketDay, pullCorporateActions(context)],
    ...[fetchHolidays, reviewAssets, refreshAsset, probeProvider, backfill(context), verifyStore, cleanUp],
  ];
  const readMetrics = metricsReader({ ...context, ...rest, ...caches });
  return { ...context, ...rest, ...caches, uses, readMetrics, jobs: definitions };
}

type Watched = StateContext & Pick<Services, "telemetry" | "timelines" | "analyses" | "quotes">;

function metricsReader(ctx: Watched): Services["readMetrics"] {
  const { registry, watchCache } = ctx.telemetry.metrics;
  for (const family of FAMILIES) watchCache(`store_${family}`, () => ctx.store.cacheCounts(family));
  watchCache("timelines", ctx.timelines.counts);
  watchCache("analyses", ctx.analyses.counts);
  watchCache("quotes", ctx.quotes.counts);
  const refresh = stateMetrics(registry, ctx);
  return async () => {
    await refresh();
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}
