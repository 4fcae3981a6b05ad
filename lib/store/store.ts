/**
 * The one way to Deno KV: cached reads, atomic changes that raise the versions of what they touch, listings.
 *
 * A cached value is shared by all its readers: never change it.
 *
 * @module
 */
import { type CacheCounts, type ReadCache, readCache } from "./cache.ts";
import { type Change, changes } from "./change.ts";
import { type Doorkeeper, doorkeeper } from "./doorkeeper.ts";
import { FAMILIES, type Family, familyOf, versionKey } from "./families.ts";
import type { Log } from "../log.ts";
import { Problem } from "../problem.ts";
import { deadlines, type InTime } from "./in_time.ts";
import { gatheredReads, GET_MANY_MAX_KEYS } from "./gathered_reads.ts";
import { keyText } from "./key_text.ts";
import { StoreUnusable } from "./kv_file.ts";
import { migrate } from "./migrations/mod.ts";
import { roughBytes } from "./rough_bytes.ts";
import { type InTurn, turns } from "./turns.ts";
import type { Listing, Reads } from "./reads.ts";
import { forgivingReads, namingReads, UnreadableEntry } from "./unreadable.ts";

export interface Store {
  /** What is stored now. */
  get(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<unknown>>;
  /** Any number of keys; KV itself takes ten a call. */
  getMany(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<unknown>[]>;
  /**
   * What an entry says, decoded once and kept as long as nobody writes it; of a portfolio, once it is asked for again. One key,
   * one decoder.
   */
  cached<T>(key: Deno.KvKey, decode: Decoder<T>): Promise<T>;
  cachedMany<T>(keys: readonly Deno.KvKey[], decode: Decoder<T>): Promise<T[]>;
  /** Everything under a prefix that is known to be small, decoded and kept as one; of what cannot be read, the key counts. */
  cachedAll<T>(prefix: Deno.KvKey, decode: (entries: readonly Deno.KvEntry<unknown>[]) => T): Promise<T>;
  list(selector: Deno.KvListSelector, options?: Deno.KvListOptions): Listing;
  change(): Change;
  /** For what reads, decides and writes in several steps: the work of this process on that thing, one after another. */
  inTurn: InTurn;
  /** The newest version of a family that this process knows of: on an embedded file always the newest there is. */
  version(family: Family): string;
  /** How the memory of what was read serves, by family. */
  cacheCounts(family: Family): CacheCounts;
  /** Whether other processes write to the same KV. */
  readonly isShared: boolean;
  /** What the store said when a write failed last, unless one has succeeded since. */
  refusal(): string | undefined;
  close(): void;
  /** The same past all memory, for whoever looks at all there is: what cannot be read is {@link UNREADABLE}. */
  forgiving(): Store;
}

export type Decoder<T> = (entry: Deno.KvEntryMaybe<unknown>) => T;

export interface StoreOptions {
  /** Other processes write to the same KV: follow their versions. */
  readonly shared: boolean;
  /** About as much memory as what is kept of a family takes, if not as much as {@link CACHED_BYTES} says. */
  readonly maxCachedBytes?: number;
  /** Told when the store falls silent or fails, and when it works again. */
  readonly log?: Pick<Log, "error" | "info">;
  /** How long a call of KV may take; `Infinity` where a test's clock stands still. */
  readonly answerMs?: number;
  /** Ends once everything else that is waiting has had its turn; what is read until then is read together. */
  readonly nextTurn?: () => Promise<void>;
  /** How often a process looks for what others have written, beside watching. */
  readonly lookEveryMs?: number;
}

const NO_COMMIT_YET = "00000000000000000000";
const WATCH_AGAIN_MS = 1_000;
/** A connection that is lost may be long in saying so: whoever watches looks for itself, too. */
const LOOK_EVERY_MS = 800;

const MEBIBYTE = 1024 * 1024;
/** A block of a month takes some 7 kB, a day's sheet of a shard 15, a portfolio of twenty investments 3. */
const CACHED_BYTES: Readonly<Record<Family, number>> = {
  market: 128 * MEBIBYTE,
  portfolios: 64 * MEBIBYTE,
  identity: 16 * MEBIBYTE,
};

/** What is stored of the market is read for many portfolios, a portfolio often once. */
const DOORKEEPERS: Partial<Record<Family, () => Doorkeeper>> = { portfolios: doorkeeper };

type Caches = Readonly<Record<Family, ReadCache>>;

/**
 * Brings it to the form that this program reads first. Throws `StoreUnusable` where a newer program wrote it, or where it does
 * not answer.
 */
export async function openStore(kv: Deno.Kv, options: StoreOptions): Promise<Store> {
  const { log, answerMs, nextTurn = () => Promise.resolve(), lookEveryMs = LOOK_EVERY_MS } = options;
  const { inTime, refusal, stop } = deadlines({ log, answerMs, onLateAnswer: () => catchUp().catch(() => {}) });
  const cacheOf = (family: Family) =>
    readCache(options.maxCachedBytes ?? CACHED_BYTES[family], roughBytes, DOORKEEPERS[family]?.());
  const caches = Object.fromEntries(FAMILIES.map((family) => [family, cacheOf(family)])) as Caches;
  const timed = readsInTime(kv, inTime);
  const reads = namingReads(timed);
  const forgiving = forgivingReads(timed);
  const read = gatheredReads({ ...reads, nextTurn });
  const versions = await loadedVersions(kv, reads).catch((error) => {
    stop();
    throw error;
  });
  const stopFollowing = options.shared ? followVersions({ kv, reads, versions, caches, lookEveryMs }) : () => {};

  /** What was given up may have been done all the same. */
  async function catchUp(): Promise<void> {
    for (const [family, versionstamp] of await loadVersions(reads)) raise(versions, family, versionstamp);
    for (const family of FAMILIES) caches[family].clear();
  }

  function committed(keys: readonly Deno.KvKey[], families: ReadonlySet<Family>, versionstamp: string): void {
    for (const family of families) {
      raise(versions, family, versionstamp);
      // A version of ours stands for every commit before it, those of other processes included.
      if (options.shared) caches[family].clear();
    }
    for (const key of keys) forget(caches, key);
  }

  function kept<T>(key: Deno.KvKey, id: string, work: () => Promise<T>): Promise<T> {
    const family = familyOf(key);
    return family === undefined ? work() : caches[family].get(id, work);
  }

  const cached = <T>(key: Deno.KvKey, decode: Decoder<T>): Promise<T> =>
    kept(key, idOf(key), () => read(key).then(decode));

  const store: Store = {
    get: reads.get,
    getMany: (keys) => readMany(reads, keys),
    cached,
    cachedMany: (keys, decode) => Promise.all(keys.map((key) => cached(key, decode))),
    cachedAll: (prefix, decode) =>
      kept(prefix, `all:${idOf(prefix)}`, async () => decode(await Array.fromAsync(forgiving.list({ prefix })))),
    list: reads.list,
    change: () => changes(kv, committed, inTime),
    inTurn: turns(),
    version: (family) => versions.get(family) ?? NO_COMMIT_YET,
    cacheCounts: (family) => caches[family].counts(),
    isShared: options.shared,
    refusal,
    close() {
      stop();
      stopFollowing();
      kv.close();
    },
    forgiving: () => forgivingStore(store, forgiving),
  };
  return store;
}

/** The same store, but for its memory: every read is a read of KV. */
export const pastCache = (store: Store): Store => ({
  ...store,
  cached: async (key, decode) => decode(await store.get(key)),
  cachedMany: async (keys, decode) => (await store.getMany(keys)).map(decode),
  cachedAll: async (prefix, decode) => decode(await Array.fromAsync(store.forgiving().list({ prefix }))),
});

const forgivingStore = (store: Store, reads: Reads): Store =>
  pastCache({ ...store, get: reads.get, getMany: (keys) => readMany(reads, keys), list: reads.list });

function readsInTime(kv: Deno.Kv, inTime: InTime): Reads {
  return {
    get: (key) => inTime("read", () => kv.get(key)),
    getMany: (keys) => inTime("read", () => kv.getMany<unknown[]>([...keys])),
    list: (selector, options) => listInTime(kv.list(selector, options), inTime),
  };
}

function listInTime(entries: Listing, inTime: InTime): Listing {
  const iterator: Listing = {
    next: () => inTime("read", () => entries.next()),
    /** Whoever looks on hears of a listing that is broken off, too. */
    async return() {
      await entries.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** Throws `StoreUnusable` where the store does not answer, fails, or cannot be read in what all of it hangs on. */
async function loadedVersions(kv: Deno.Kv, reads: Reads): Promise<Map<Family, string>> {
  try {
    await loadVersions(reads);
    await migrate(kv);
    return await loadVersions(reads);
  } catch (error) {
    if (error instanceof UnreadableEntry) {
      throw new StoreUnusable(`${keyText(error.key)} ${LEFT_OUT}`, { cause: error });
    }
    if (!(error instanceof Problem)) throw error;
    const { cause } = error;
    const reason = cause instanceof Error ? `fails (${cause.message})` : "does not answer";
    throw new StoreUnusable(`The store ${reason}; look at KV_URL and KV_ACCESS_TOKEN, and start the KV server first.`, {
      cause: error,
    });
  }
}

const LEFT_OUT =
  "of the store cannot be read; write it as text (deno task backup FILE.ndjson), which leaves that out, " +
  "and restore the text (deno task restore FILE.ndjson).";

const idOf = (key: Deno.KvKey): string => JSON.stringify(key);

function forget(caches: Caches, key: Deno.KvKey): void {
  const family = familyOf(key);
  if (family === undefined) return;
  caches[family].forget(idOf(key));
  for (let parts = 1; parts < key.length; parts++) caches[family].forget(`all:${idOf(key.slice(0, parts))}`);
}

async function readMany(
  reads: Pick<Reads, "getMany">,
  keys: readonly Deno.KvKey[],
): Promise<Deno.KvEntryMaybe<unknown>[]> {
  const chunks: Deno.KvKey[][] = [];
  for (let i = 0; i < keys.length; i += GET_MANY_MAX_KEYS) chunks.push(keys.slice(i, i + GET_MANY_MAX_KEYS));
  return (await Promise.all(chunks.map((chunk) => reads.getMany(chunk)))).flat();
}

async function loadVersions(reads: Reads): Promise<Map<Family, string>> {
  const entries = await readMany(reads, FAMILIES.map(versionKey));
  return new Map(FAMILIES.map((family, i) => [family, entries[i]?.versionstamp ?? NO_COMMIT_YET]));
}

function raise(versions: Map<Family, string>, family: Family, versionstamp: string): void {
  if (versionstamp > (versions.get(family) ?? NO_COMMIT_YET)) versions.set(family, versionstamp);
}

interface Following {
  readonly kv: Deno.Kv;
  readonly reads: Reads;
  readonly versions: Map<Family, string>;
  readonly caches: Caches;
  readonly lookEveryMs: number;
}

/**
 * Any process's commit raises a version key; what this process cached is dropped as soon as the watch says so. A watch that
 * ends is begun again, and all that was cached is dropped then: nobody knows what it has missed.
 */
function followVersions({ kv, reads, versions, caches, lookEveryMs }: Following): () => void {
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

  async function look(): Promise<void> {
    const entries = await readMany(reads, FAMILIES.map(versionKey));
    if (!isStopped) dropWhatMoved(entries);
  }

  follow();
  const looking = setInterval(() => look().catch(() => {}), lookEveryMs);
  return () => {
    isStopped = true;
    clearInterval(looking);
    reader?.cancel().catch(() => {});
  };
}
