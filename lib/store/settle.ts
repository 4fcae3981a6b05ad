/**
 * How what a verb makes is committed: alone, or together with a note of what was answered for it.
 *
 * @module
 */
import type { Change } from "./change.ts";

/** Commits a change and answers what it made, given its version; `undefined` where a check failed and nothing was written. */
export type Settle<T> = (change: Change, made: (versionstamp: string) => T) => Promise<T | undefined>;

export async function alone<T>(change: Change, made: (versionstamp: string) => T): Promise<T | undefined> {
  const versionstamp = await change.commit();
  return versionstamp === undefined ? undefined : made(versionstamp);
}
