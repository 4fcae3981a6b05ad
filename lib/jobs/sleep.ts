/**
 * Waiting, by whichever timers are given.
 *
 * @module
 */

/** Ends when the time has passed or the signal aborts, whichever comes first. Never rejects: look at the signal. */
export type Sleep = (delayMs: number, signal?: AbortSignal) => Promise<void>;

export interface Timers<T> {
  setTimeout(run: () => void, delayMs: number): T;
  clearTimeout(timer: T): void;
}

/** A timer set for longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const sleepBy = <T>(timers: Timers<T>): Sleep => (delayMs, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      timers.clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = timers.setTimeout(wake, Math.min(delayMs, MAX_TIMER_MS));
    signal?.addEventListener("abort", wake, { once: true });
  });
