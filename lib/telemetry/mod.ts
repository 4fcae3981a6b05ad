/**
 * What a process needs to be seen into.
 *
 * @module
 */
export { observedKv } from "./observed_kv.ts";
export { createTelemetry, kvObserver } from "./telemetry.ts";
export { traceFields } from "./tracing.ts";
export { watchProcess } from "./watch_process.ts";
