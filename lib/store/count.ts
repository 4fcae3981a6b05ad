/**
 * How many of a thing a user has, kept beside the things: so that a bound holds however many are made at once.
 *
 * @module
 */
import type { Change } from "./change.ts";
import type { Store } from "./store.ts";

/** What is counted, by the first part of the index that lists it by user. */
export const COUNTED = ["portfolios_by_owner", "api_keys_by_user"] as const;
export type Counted = typeof COUNTED[number];

export interface Count {
  readonly count: number;
  /** Stages the new count; the commit fails where somebody else has counted meanwhile. */
  stage(change: Change, more: 1 | -1): Change;
}

export const countKey = (what: Counted, userId: string): Deno.KvKey => ["counts", what, userId];

export async function countOf(store: Store, what: Counted, userId: string): Promise<Count> {
  const key = countKey(what, userId);
  const { value, versionstamp } = await store.get(key);
  // Users had things before they were counted.
  const count = typeof value === "number" ? value : await countedIn(store, what, userId);
  return {
    count,
    stage(change, more) {
      // A count that were deleted at 0 would look to a slow counter as if nobody had counted in between.
      return change.check(key, versionstamp).set(key, count + more);
    },
  };
}

export async function countedIn(store: Store, what: Counted, userId: string): Promise<number> {
  let count = 0;
  for await (const _ of store.forgiving().list({ prefix: [what, userId] })) count += 1;
  return count;
}
