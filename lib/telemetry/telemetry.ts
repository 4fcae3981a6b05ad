/**
 * Everything that looks on while the service works.
 *
 * @module
 */
import { trace } from "@opentelemetry/api";
import { createMetrics, type Metrics } from "./metrics.ts";
import type { KvObserver } from "./observed_kv.ts";
import { type Tracing, tracingBy } from "./tracing.ts";

export interface Telemetry extends Tracing {
  readonly metrics: Metrics;
  /** A clock that nobody sets. */
  readonly monotonicMs: () => number;
}

export interface TelemetryOptions {
  readonly version: string;
  readonly monotonicMs: () => number;
}

export const createTelemetry = ({ version, monotonicMs }: TelemetryOptions): Telemetry => ({
  ...tracingBy(trace.getTracer("foliolens", version)),
  ...{ metrics: createMetrics(), monotonicMs },
});

export function kvObserver({ metrics, asClient, monotonicMs }: Telemetry): KvObserver {
  async function timed<T>(operation: string, run: () => Promise<T>): Promise<T> {
    const startedMs = monotonicMs();
    let isFailed = true;
    try {
      const result = await run();
      isFailed = false;
      return result;
    } finally {
      metrics.storeUsed(operation, monotonicMs() - startedMs, isFailed);
    }
  }

  return {
    monotonicMs,
    observe(operation, run) {
      // The store's own comings and goings are no traces of their own.
      if (trace.getActiveSpan() === undefined) return timed(operation, run);
      const attributes = { "db.system.name": "deno_kv", "db.operation.name": operation };
      return asClient(`kv ${operation}`, attributes, () => timed(operation, run));
    },
    listed: (durationMs, isFailed) => metrics.storeUsed("list", durationMs, isFailed),
  };
}
