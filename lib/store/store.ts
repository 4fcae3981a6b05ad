/**
 * The one way to Deno KV: cached reads, atomic changes that raise the versions of what they touch, listings.
 *
 * A cached value is shared by all its readers: never change it.
 *
 * @module
 */
import { type ReadCache, readCache } from "./cache.ts";
import { type Change, changes } from "./change.ts";
import { FAMILIES, type Family, familyOf, versionKey } from "./families.ts";
import { migrate } from "./migrations/mod.ts";
import { type InTurn, turns } from "./turns.ts";

export interface Store {
  /** What is stored now. */
  get(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<unknown>>;
  /** Any number of keys; KV itself takes ten a call. */
  getMany(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<unknown>[]>;
  /** What an entry says, decoded once and kept as long as nobody writes it. One key, one decoder. */
  cached<T>(key: Deno.KvKey, decode: Decoder<T>): Promise<T>;
  cachedMany<T>(keys: readonly Deno.KvKey[], decode: Decoder<T>): Promise<T[]>;
  /** Everything under a prefix that is known to be small, decoded and kept as one. */
  cachedAll<T>(prefix: Deno.KvKey, decode: (entries: readonly Deno.KvEntry<unknown>[]) => T): Promise<T>;
  list(selector: Deno.KvListSelector, options?: Deno.KvListOptions): Deno.KvListIterator<unknown>;
  change(): Change;
  /** For what reads, decides and writes in several steps: the work of this process on that thing, one after another. */
  inTurn: InTurn;
  /** The newest version of a family that this process knows of: on an embedded file always the newest there is. */
  version(family: Family): string;
  /** Whether other processes write to the same KV. */
  readonly isShared: boolean;
  close(): void;
}

export type Decoder<T> = (entry: Deno.KvEntryMaybe<unknown>) => T;

export interface StoreOptions {
  /** Other processes write to the same KV: follow their versions. */
  readonly shared: boolean;
  /** How many entries are kept in memory, of each family. */
  readonly maxCachedEntries?: number;
}

const GET_MANY_MAX_KEYS = 10;
const NO_COMMIT_YET = "00000000000000000000";
const WATCH_AGAIN_MS = 1_000;

type Caches = Readonly<Record<Family, ReadCache>>;

/** Brings it to the form that this program reads first. Throws `StoreUnusable` where a newer program wrote it. */
export async function openStore(kv: Deno.Kv, options: StoreOptions): Promise<Store> {
  await migrate(kv);
  const maxEntries = options.maxCachedEntries ?? 50_000;
  const caches = Object.fromEntries(FAMILIES.map((family) => [family, readCache(maxEntries)])) as Caches;
  const versions = await loadVersions(kv);
  const stopFollowing = options.shared ? followVersions(kv, versions, caches) : () => {};

  function committed(keys: readonly Deno.KvKey[], families: ReadonlySet<Family>, versionstamp: string): void {
    for (const family of families) {
      raise(versions, family, versionstamp);
      // A version of ours stands for every commit before it, those of other processes included.
      if (options.shared) caches[family].clear();
    }
    for (const key of keys) forget(caches, key);
  }

  function cached<T>(key: Deno.KvKey, id: string, read: () => Promise<T>): Promise<T> {
    const family = familyOf(key);
    return family === undefined ? read() : caches[family].get(id, read);
  }

  return {
    get: (key) => kv.get(key),
    getMany: (keys) => readMany(kv, keys),
    cached: (key, decode) => cached(key, idOf(key), async () => decode(await kv.get(key))),
    cachedMany(keys, decode) {
      const read = batch(kv);
      return Promise.all(keys.map((key) => cached(key, idOf(key), async () => decode(await read(key)))));
    },
    cachedAll: (prefix, decode) =>
      cached(prefix, `all:${idOf(prefix)}`, async () => decode(await Array.fromAsync(kv.list({ prefix })))),
    list: (selector, listOptions) => kv.list(selector, listOptions),
    change: () => changes(kv, committed),
    inTurn: turns(),
    version: (family) => versions.get(family) ?? NO_COMMIT_YET,
    isShared: options.shared,
    close() {
      stopFollowing();
      kv.close();
    },
  };
}

const idOf = (key: Deno.KvKey): string => JSON.stringify(key);

function forget(caches: Caches, key: Deno.KvKey): void {
  const family = familyOf(key);
  if (family === undefined) return;
  caches[family].forget(idOf(key));
  for (let parts = 1; parts < key.length; parts++) caches[family].forget(`all:${idOf(key.slice(0, parts))}`);
}

async function readMany(kv: Deno.Kv, keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<unknown>[]> {
  const chunks: Deno.KvKey[][] = [];
  for (let i = 0; i < keys.length; i += GET_MANY_MAX_KEYS) chunks.push(keys.slice(i, i + GET_MANY_MAX_KEYS));
  return (await Promise.all(chunks.map((chunk) => kv.getMany<unknown[]>(chunk)))).flat();
}

/** Gathers the keys that are asked for within one turn, and reads them together. */
function batch(kv: Deno.Kv): (key: Deno.KvKey) => Promise<Deno.KvEntryMaybe<unknown>> {
  const keys: Deno.KvKey[] = [];
  let reading: Promise<Deno.KvEntryMaybe<unknown>[]> | undefined;
  return async (key) => {
    const place = keys.push(key) - 1;
    reading ??= Promise.resolve().then(() => readMany(kv, keys));
    const entry = (await reading)[place];
    if (entry === undefined) throw new Error(`KV answered fewer entries than it was asked for: ${idOf(key)}`);
    return entry;
  };
}

async function loadVersions(kv: Deno.Kv): Promise<Map<Family, string>> {
  const entries = await readMany(kv, FAMILIES.map(versionKey));
  return new Map(FAMILIES.map((family, i) => [family, entries[i]?.versionstamp ?? NO_COMMIT_YET]));
}

function raise(versions: Map<Family, string>, family: Family, versionstamp: string): void {
  if (versionstamp > (versions.get(family) ?? NO_COMMIT_YET)) versions.set(family, versionstamp);
}

/**
 * Any process's commit raises a version key; what this process cached is dropped as soon as the watch says so. A watch that
 * ends is begun again, and all that was cached is dropped then: nobody knows what it has missed.
 */
function followVersions(kv: Deno.Kv, versions: Map<Family, string>, caches: Caches): () => void {
  const seen = new Map(versions);
  let reader: ReadableStreamDefaultReader<unknown> | undefined;
  let isStopped = false;

  function dropWhatMoved(entries: readonly Deno.KvEntryMaybe<unknown>[]): void {
    for (const [i, family] of FAMILIES.entries()) {
      const versionstamp = entries[i]?.versionstamp ?? NO_COMMIT_YET;
      if (versionstamp === seen.get(family)) continue;
      seen.set(family, versionstamp);
      raise(versions, family, versionstamp);
      caches[family].clear();
    }
  }

  async function watchOnce(): Promise<void> {
    const watching = kv.watch<unknown[]>(FAMILIES.map(versionKey)).getReader();
    reader = watching;
    for (let next = await watching.read(); !next.done; next = await watching.read()) dropWhatMoved(next.value);
  }

  async function follow(): Promise<void> {
    while (!isStopped) {
      await watchOnce().catch(() => {});
      seen.clear();
      for (const family of FAMILIES) caches[family].clear();
      if (!isStopped) await new Promise((resolve) => setTimeout(resolve, WATCH_AGAIN_MS));
    }
  }

  follow();
  return () => {
    isStopped = true;
    reader?.cancel().catch(() => {});
  };
}
