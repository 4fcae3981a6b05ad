/**
 * What all processes together took from a bucket, kept in KV. Their clocks must agree to about a second.
 *
 * @module
 */
import { z } from "zod";
import { tooManyConflicts } from "../problem.ts";
import type { Store } from "../store/store.ts";
import { decoded } from "../store/unreadable.ts";
import type { ShareBucket } from "./limiter.ts";
import { plausible } from "./token_bucket.ts";

const schema = z.object({ v: z.literal(1), fullAtMs: z.number() });

const fullAtMsIn = (entry: Deno.KvEntryMaybe<unknown>): number =>
  decoded(entry, (value) => schema.parse(value).fullAtMs);

const bucketKey = (limit: string, id: string): Deno.KvKey => ["rate_limits", limit, id];

const MAX_CONFLICTS = 20;
/** A full bucket may be forgotten; KV is a minute late with that anyway. */
const KEPT_FULL_MS = 60_000;

export interface SharedBucketsOptions {
  readonly store: Pick<Store, "get" | "change" | "inTurn">;
  readonly nowMs: () => number;
  /** Keeps the buckets of one limit apart from those of another. */
  readonly limit: string;
}

export function sharedBuckets({ store, nowMs, limit }: SharedBucketsOptions): ShareBucket {
  return (id, takenMs) => {
    const key = bucketKey(limit, id);
    return store.inTurn(key, () => add(key, takenMs));
  };

  async function add(key: Deno.KvKey, takenMs: number): Promise<number> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
      const entry = await store.get(key);
      const { versionstamp } = entry;
      const present = nowMs();
      const before = versionstamp === null ? 0 : plausible(fullAtMsIn(entry), present);
      const fullAtMs = Math.max(before, present) + takenMs;
      const expireInMs = Math.ceil(fullAtMs - present) + KEPT_FULL_MS;
      const change = store.change().check(key, versionstamp).set(key, { v: 1, fullAtMs }, { expireInMs });
      if (await change.commit() !== undefined) return fullAtMs;
    }
    throw tooManyConflicts();
  }
}
