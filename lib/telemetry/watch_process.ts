import type { Sleep } from "../jobs/sleep.ts";
import { watchLoop } from "./event_loop.ts";
import { type ProcessFacts, processMetrics } from "./process_metrics.ts";
import type { Telemetry } from "./telemetry.ts";

export interface ProcessWatch extends ProcessFacts {
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

/** Tells of the process whenever somebody reads, and of its event loop until the signal aborts. */
export function watchProcess({ metrics, monotonicMs }: Telemetry, { sleep, signal, ...facts }: ProcessWatch): void {
  processMetrics(metrics.registry, facts);
  watchLoop({ sleep, signal, monotonicMs, delayed: metrics.loopDelayed });
}
