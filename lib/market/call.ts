/**
 * What every adapter does with the {@link Call} that it is given.
 *
 * @module
 */
import type { Call, Failure } from "./provider.ts";

/** A slot may be minutes away, so the caller's signal ends the wait too: `false` then, and where it had ended before. */
export async function slotGranted({ signal, slot }: Call): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    return await orAborted(slot().then(() => true as const), signal) ?? false;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** What a promise gives, or `undefined` as soon as the signal aborts. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise: givenUp, resolve } = Promise.withResolvers<undefined>();
  const giveUp = () => resolve(undefined);
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([promise, givenUp]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

export function cancelled(signal: AbortSignal): Failure {
  return { type: "passing_fault", reason: `the call was cancelled: ${describe(signal.reason)}` };
}

/** `fetch` often says no more than that it failed; what failed is the cause. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${describe(error.cause)})`;
}
