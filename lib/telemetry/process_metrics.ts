/**
 * The process itself: what it takes, since when, and what it is made of. Names without our prefix are those that every
 * dashboard of processes looks for.
 *
 * @module
 */
import { Counter, Gauge, type Registry } from "prom-client";

/** As the runtime says it. */
export interface ProcessFacts {
  readonly startedAtMs: number;
  /** The program's, and the runtime's. */
  readonly versions: { readonly version: string; readonly deno: string };
  memory(): { readonly rss: number; readonly heapUsed: number; readonly heapTotal: number; readonly external: number };
  /** Microseconds since the start, of the program and of the kernel for it. */
  cpu(): { readonly user: number; readonly system: number };
}

export function processMetrics(registry: Registry, { startedAtMs, versions, memory, cpu }: ProcessFacts): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  gauge("process_resident_memory_bytes", "Memory that the process holds", () => memory().rss);
  gauge("foliolens_heap_used_bytes", "Of V8's heap, what is in use", () => memory().heapUsed);
  gauge("foliolens_heap_size_bytes", "Of V8's heap, what is reserved", () => memory().heapTotal);
  gauge("foliolens_external_memory_bytes", "Buffers outside of V8's heap", () => memory().external);
  gauge("process_start_time_seconds", "When it started, since 1970", () => startedAtMs / 1_000);
  new Counter({
    ...{ name: "process_cpu_seconds_total", help: "Time of processors that it took", registers },
    collect() {
      this.reset();
      const { user, system } = cpu();
      this.inc((user + system) / 1_000_000);
    },
  });
  new Gauge({ name: "foliolens_build_info", help: "Always 1", labelNames: ["version", "deno"], registers })
    .set(versions, 1);
}
