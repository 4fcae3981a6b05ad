/**
 * When keys and sessions were used last: noted in memory on a request's way, and stored in batches beside it.
 *
 * @module
 */
import type { Log } from "../log.ts";
import type { Change } from "../store/change.ts";
import type { Store } from "../store/store.ts";
import { UNREADABLE } from "../store/unreadable.ts";

/** The first part of the key under which a credential's record is stored. */
export type CredentialKind = "api_keys" | "sessions";

export interface Uses {
  note(kind: CredentialKind, id: string): void;
  /** The newest that this process knows of; `undefined` where a credential was not used yet. */
  lastOf(ids: readonly string[]): Promise<(string | undefined)[]>;
  /** Stores what has been noted so far. */
  flush(): Promise<void>;
}

export interface UsesOptions {
  readonly store: Store;
  readonly now: () => Date;
  readonly log: Log;
}

const FLUSH_EVERY_MS = 60_000;
/** Each takes two checks; an operation has ten. */
const BATCH = 5;

const useKey = (id: string): Deno.KvKey => ["credential_uses", id];

const msOf = (stored: unknown): number => typeof stored === "string" ? Date.parse(stored) : 0;

/** Stages that nothing is left of a credential's uses. */
export const forgetUses = (change: Change, id: string): Change => change.delete(useKey(id));

export function createUses({ store, now, log }: UsesOptions): Uses {
  const noted = new Map<string, { kind: CredentialKind; atMs: number }>();
  let flushing: Promise<void> = Promise.resolve();
  let flushedAtMs = now().getTime();

  function note(kind: CredentialKind, id: string): void {
    const atMs = now().getTime();
    noted.set(id, { kind, atMs });
    if (atMs - flushedAtMs >= FLUSH_EVERY_MS) flush();
  }

  function flush(): Promise<void> {
    flushedAtMs = now().getTime();
    flushing = flushing.then(storeNoted).catch((error) => log.warn("Last uses were not stored", { error }));
    return flushing;
  }

  async function storeNoted(): Promise<void> {
    const uses = [...noted];
    for (let i = 0; i < uses.length; i += BATCH) await storeBatch(uses.slice(i, i + BATCH));
  }

  /** One that is gone meanwhile is left out: nothing of it may come back. Where somebody came between, each for itself. */
  async function storeBatch(uses: [id: string, use: { kind: CredentialKind; atMs: number }][]): Promise<void> {
    const { getMany } = store.forgiving();
    const records = await getMany(uses.map(([id, { kind }]) => [kind, id]));
    // What cannot be read of an earlier use is written over.
    const stored = await getMany(uses.map(([id]) => useKey(id)));
    const change = store.change();
    for (const [i, [, { atMs }]] of uses.entries()) {
      const [record, use] = [records[i], stored[i]];
      if (!record?.versionstamp || record.value === UNREADABLE || use === undefined || atMs <= msOf(use.value)) {
        continue;
      }
      change.check(record.key, record.versionstamp).check(use.key, use.versionstamp);
      change.set(use.key, new Date(atMs).toISOString());
    }
    if (await change.commit() === undefined) {
      for (const use of uses) await storeBatch([use]);
      return;
    }
    for (const [id, use] of uses) if (noted.get(id) === use) noted.delete(id);
  }

  async function lastOf(ids: readonly string[]): Promise<(string | undefined)[]> {
    const stored = await store.forgiving().getMany(ids.map(useKey));
    // Another process may have stored a newer one.
    return ids.map((id, i) => {
      const newestMs = Math.max(noted.get(id)?.atMs ?? 0, msOf(stored[i]?.value));
      return newestMs === 0 ? undefined : new Date(newestMs).toISOString();
    });
  }

  return { note, lastOf, flush };
}
