/**
 * The service without its process: services, worker, routes and timetable, put together. Nothing has happened yet when it is
 * made; `main.ts` brings store, clock and network, and so do tests and benchmarks.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { timetable } from "./cron.ts";
import type { Config } from "./lib/config.ts";
import { finishErasures } from "./lib/history/erase.ts";
import { finishDepartures } from "./lib/identity/departure.ts";
import { identifyBy } from "./lib/identity/identify.ts";
import { inLowerCase } from "./lib/identity/recognised_user.ts";
import { configuredProviders } from "./lib/identity/sign_in_providers.ts";
import { tick } from "./lib/jobs/schedule.ts";
import type { Sleep } from "./lib/jobs/sleep.ts";
import { createWorker, type Worker } from "./lib/jobs/worker.ts";
import type { Log } from "./lib/log.ts";
import { NOT_CONFIGURED } from "./lib/market/ask.ts";
import type { Provider } from "./lib/market/provider.ts";
import { createServices, type Services } from "./lib/services.ts";
import type { Store } from "./lib/store/store.ts";
import { observedJob } from "./lib/telemetry/observed_job.ts";
import { observedProvider } from "./lib/telemetry/observed_provider.ts";
import type { Telemetry } from "./lib/telemetry/telemetry.ts";
import { VERSION } from "./lib/version.ts";
import { createApp } from "./routes/app.ts";
import { createEdge, type Serve } from "./routes/edge.ts";
import type { AppEnv } from "./routes/env.ts";
import { watchRequests } from "./routes/request_log.ts";
import { requestLimits } from "./routes/request_limits.ts";

const MAX_TICK_MS = 45_000;

export interface ServiceOptions {
  readonly config: Config;
  readonly store: Store;
  readonly provider: Provider | undefined;
  readonly log: Log;
  /** To whoever vouches for users. */
  readonly fetch: typeof globalThis.fetch;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** Ends once everything else that is waiting has had its turn. */
  readonly nextTurn: () => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** No two of them alike: for requests, and for this process among others. */
  readonly newId: () => string;
}

export interface Service {
  readonly services: Services;
  readonly worker: Worker;
  readonly app: OpenAPIHono<AppEnv>;
  readonly serve: Serve;
  /** Finishes what an earlier process was cut off in. */
  recover(): Promise<void>;
  /** Enqueues what the timetable says is due. */
  keepTime(): Promise<void>;
  /**
   * The same and, on a KV server, lasts as long as there is work, but is over before the next minute, or when the signal aborts:
   * a platform that ends idle processes takes one whose cron is at work for busy. None such has a file to keep.
   */
  keepTimeAndWork(signal: AbortSignal): Promise<void>;
}

export function createService({ config, newId, fetch, ...given }: ServiceOptions): Service {
  const { log, telemetry } = given;
  const { metrics, asClient, asConsumer, monotonicMs } = telemetry;
  const provider = given.provider && observedProvider(given.provider, { metrics, inSpan: asClient, monotonicMs });
  const processId = newId();
  const entries = timetable({
    pullAt: config.PULL_AT,
    timeZone: config.MARKET_TIME_ZONE,
    disabledBecause: provider === undefined ? NOT_CONFIGURED : undefined,
  });
  const services = createServices({
    ...given,
    provider,
    timetable: entries,
    nightlyPull: entries[0],
    marketTimeZone: config.MARKET_TIME_ZONE,
    retention: {
      jobsDays: config.JOBS_KEPT_DAYS,
      auditDays: config.AUDIT_KEPT_DAYS,
      correctionsDays: config.CORRECTIONS_KEPT_DAYS,
    },
    publicUrl: config.PUBLIC_URL,
    processId,
    signInProviders: configuredProviders(config, { fetch, now: given.now }),
    adminEmails: new Set(config.ADMIN_EMAILS.map(inLowerCase)),
    wake: () => worker.wake(),
  });
  const worker: Worker = createWorker({
    ...services,
    jobs: services.jobs.map((definition) => observedJob(definition, asConsumer)),
    ctx: (log) => ({ ...services, log }),
    owner: processId,
    version: VERSION,
    onRunEnded: ({ name, state }, durationMs) => metrics.jobRunEnded(name, state, durationMs),
  });
  const onInternalError = (error: unknown, requestId: string) => log.error("A request failed", { requestId, error });
  const app = createApp({ onInternalError });
  const serve = createEdge({
    ...{ app, services, newId, onInternalError },
    identify: identifyBy({ ctx: services, adminApiKey: config.ADMIN_API_KEY }),
    limits: requestLimits({ config, ...given }),
    onRequest: watchRequests({ log, metrics }),
  });
  const keepTime = () => tick(services, services.timetable).then(worker.wake);
  async function keepTimeAndWork(signal: AbortSignal): Promise<void> {
    await keepTime();
    if (!given.store.isShared) return;
    const isOver = new AbortController();
    const over = AbortSignal.any([signal, isOver.signal]);
    // What fails meanwhile fails in the worker's own turn too, which says so.
    await Promise.race([worker.runDue(over).catch(() => {}), given.sleep(MAX_TICK_MS, over)]);
    isOver.abort();
  }
  return {
    ...{ services, worker, app, serve, keepTime, keepTimeAndWork },
    recover: () => finishErasures(services).then(() => finishDepartures(services)),
  };
}
