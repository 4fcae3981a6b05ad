/**
 * One atomic operation on KV, kept within the platform's limits.
 *
 * @module
 */
import { type Family, familyOf, versionKey } from "./families.ts";
import type { InTime } from "./in_time.ts";
import { UNKNOWN_VERSION } from "./unreadable.ts";

export interface Change {
  /** The commit fails unless the entry still has this version; `null` means that there is none. */
  check(key: Deno.KvKey, versionstamp: string | null): Change;
  set(key: Deno.KvKey, value: unknown, options?: { expireInMs: number }): Change;
  delete(key: Deno.KvKey): Change;
  /** The new versionstamp, or `undefined` where a check failed and nothing was written. */
  commit(): Promise<string | undefined>;
}

/** Told of each commit before anybody is answered. */
export type OnCommit = (keys: readonly Deno.KvKey[], families: ReadonlySet<Family>, versionstamp: string) => void;

/** A change that no atomic operation can hold: it must be made in smaller steps. */
export class TooLarge extends Error {
  override name = "TooLarge";
}

/** What every KV back end takes; the embedded one takes more checks, a KV server does not. */
const MAX_CHECKS = 10;
const MAX_MUTATIONS = 1_000;
const LOCKED_ATTEMPTS = 8;

const atLeisure: InTime = (_, call) => call();

export function changes(kv: Pick<Deno.Kv, "atomic">, onCommit: OnCommit, inTime = atLeisure): Change {
  const operation = kv.atomic();
  const keys: Deno.KvKey[] = [];
  const families = new Set<Family>();
  let checks = 0;

  function touch(key: Deno.KvKey): void {
    keys.push(key);
    const family = familyOf(key);
    if (family !== undefined) families.add(family);
  }

  const change: Change = {
    check(key, versionstamp) {
      // KV tells no version without the value, so repairs and migrations, which alone come this far, write over such an entry
      // unseen. Nobody's change is lost by it that was made from what stood there, since all others fail to read it; what is set
      // in the same moment by one who does not read first can be, and repairs only write there what is derived from elsewhere.
      if (versionstamp === UNKNOWN_VERSION) return change;
      checks += 1;
      operation.check({ key: [...key], versionstamp });
      return change;
    },
    set(key, value, options) {
      touch(key);
      operation.set(key, value, options && { expireIn: options.expireInMs });
      return change;
    },
    delete(key) {
      touch(key);
      operation.delete(key);
      return change;
    },
    async commit() {
      if (checks > MAX_CHECKS) throw new TooLarge(`${checks} checks in one operation; KV takes ${MAX_CHECKS}`);
      const mutations = keys.length + families.size;
      if (mutations > MAX_MUTATIONS) {
        throw new TooLarge(`${mutations} mutations in one operation; KV takes ${MAX_MUTATIONS}`);
      }
      for (const family of families) operation.set(versionKey(family), true);
      const result = await inTime("write", () => whileLocked(() => operation.commit()));
      if (!result.ok) return undefined;
      onCommit(keys, families, result.versionstamp);
      return result.versionstamp;
    },
  };
  return change;
}

/** A back-up that reads the file can make a commit find it locked for a moment. */
async function whileLocked<T>(commit: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await commit();
    } catch (error) {
      const locked = error instanceof Error && error.message.includes("database is locked");
      if (!locked || attempt === LOCKED_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
    }
  }
}
