import type { Sleep } from "../jobs/sleep.ts";

const EVERY_MS = 500;

export interface LoopWatch {
  readonly sleep: Sleep;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
  readonly delayed: (delayMs: number) => void;
}

/** Sleeps again and again, and tells how much too long, until the signal aborts. The runtime's own monitor sees no delays. */
export async function watchLoop({ sleep, monotonicMs, signal, delayed }: LoopWatch): Promise<void> {
  while (!signal.aborted) {
    const startedMs = monotonicMs();
    await sleep(EVERY_MS, signal).catch(() => {});
    if (!signal.aborted) delayed(monotonicMs() - startedMs - EVERY_MS);
  }
}
