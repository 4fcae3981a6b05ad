/**
 * What happens in this process, counted for Prometheus. Labels take few values, whatever is asked: patterns of routes and names
 * of jobs, never an id.
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { CacheCounts } from "../store/cache.ts";
import { type CountedRequest, requestMetrics } from "./request_metrics.ts";

/** Told of what is done by those who do it. */
export interface Metrics {
  readonly registry: Registry;
  requestAnswered(request: CountedRequest): void;
  storeUsed(operation: string, durationMs: number, isFailed: boolean): void;
  providerCalled(): void;
  providerAnswered(outcome: string, durationMs: number): void;
  jobRunEnded(name: string, state: string, durationMs: number): void;
  loopDelayed(delayMs: number): void;
  /** Asked how it does whenever somebody reads. */
  watchCache(name: string, counts: () => CacheCounts): void;
}

const STORE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2, 10];
const ANSWER_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RUN_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 1_800];
const DELAY_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    registry,
    requestAnswered: requestMetrics(registry),
    ...storeMetrics(registry),
    ...providerMetrics(registry),
    ...jobMetrics(registry),
    ...loopMetrics(registry),
    watchCache: cacheMetrics(registry),
  };
}

function storeMetrics(registry: Registry): Pick<Metrics, "storeUsed"> {
  const labelNames = ["operation"] as const;
  const durations = new Histogram({
    name: "foliolens_store_operation_duration_seconds",
    help: "What KV took for an operation; of a listing, for all of it",
    labelNames,
    buckets: STORE_SECONDS,
    registers: [registry],
  });
  const errors = new Counter({
    name: "foliolens_store_errors_total",
    help: "Operations of KV that threw",
    labelNames,
    registers: [registry],
  });
  const recorders = new Map<string, Histogram.Internal<"operation">>();
  return {
    storeUsed(operation, durationMs, isFailed) {
      let recorder = recorders.get(operation);
      if (recorder === undefined) recorders.set(operation, recorder = durations.labels({ operation }));
      recorder.observe(durationMs / 1_000);
      if (isFailed) errors.inc({ operation });
    },
  };
}

function providerMetrics(registry: Registry): Pick<Metrics, "providerCalled" | "providerAnswered"> {
  const registers = [registry];
  const calls = new Counter({
    name: "foliolens_provider_calls_total",
    help: "Calls that went out to the provider",
    registers,
  });
  const answers = new Counter({
    name: "foliolens_provider_answers_total",
    help: "What it answered to questions of one call or more, by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "foliolens_provider_answer_duration_seconds",
    help: "From when the first call went out to the whole answer",
    buckets: ANSWER_SECONDS,
    registers,
  });
  return {
    providerCalled: () => calls.inc(),
    providerAnswered(outcome, durationMs) {
      answers.inc({ outcome });
      durations.observe(durationMs / 1_000);
    },
  };
}

function jobMetrics(registry: Registry): Pick<Metrics, "jobRunEnded"> {
  const registers = [registry];
  const runs = new Counter({
    name: "foliolens_job_runs_total",
    help: "Runs that ended here, by what became of the job",
    labelNames: ["name", "state"],
    registers,
  });
  const durations = new Histogram({
    name: "foliolens_job_run_duration_seconds",
    help: "How long they took",
    labelNames: ["name"],
    buckets: RUN_SECONDS,
    registers,
  });
  return {
    jobRunEnded(name, state, durationMs) {
      runs.inc({ name, state });
      durations.observe({ name }, durationMs / 1_000);
    },
  };
}

function loopMetrics(registry: Registry): Pick<Metrics, "loopDelayed"> {
  const delays = new Histogram({
    name: "foliolens_event_loop_delay_seconds",
    help: "How much later than asked for a timer went off",
    buckets: DELAY_SECONDS,
    registers: [registry],
  });
  return { loopDelayed: (delayMs) => delays.observe(Math.max(0, delayMs) / 1_000) };
}

function cacheMetrics(registry: Registry): Metrics["watchCache"] {
  const caches = new Map<string, () => CacheCounts>();
  const shared = { labelNames: ["cache"] as const, registers: [registry] };
  const counter = (name: string, help: string, of: (counts: CacheCounts) => number) =>
    new Counter({
      ...{ name, help, ...shared },
      collect() {
        this.reset();
        for (const [cache, counts] of caches) this.inc({ cache }, of(counts()));
      },
    });
  counter("foliolens_cache_hits_total", "What was asked for and was there", ({ hits }) => hits);
  counter("foliolens_cache_misses_total", "What was asked for and was not there", ({ misses }) => misses);
  new Gauge({
    ...{ name: "foliolens_cache_entries", help: "How much is kept in memory", ...shared },
    collect() {
      for (const [cache, counts] of caches) this.set({ cache }, counts().entries);
    },
  });
  return (name, counts) => void caches.set(name, counts);
}
