/**
 * Entries that cannot be read: KV cannot give their value back, or it says what this program does not know. Waiting mends none of
 * them, and the store is well otherwise.
 *
 * @module
 */
import type { Log } from "../log.ts";
import { keyText } from "./key_text.ts";
import type { Listing, Reads, ReadsAndCommits } from "./reads.ts";
import { ahead, behind } from "./selector.ts";
import { isUnreadable, unreadableKey } from "./unreadable_keys.ts";

/** Names the entry, and says what to do about it: to whoever runs the service, not to its clients. */
export class UnreadableEntry extends Error {
  override name = "UnreadableEntry";
  constructor(readonly key: Deno.KvKey, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${keyText(key)} cannot be read: ${reason}; deno task verify says what to do about it`, { cause });
  }
}

/** What an entry says. Throws {@link UnreadableEntry}. */
export function decoded<T>({ key, value }: Deno.KvEntryMaybe<unknown>, decode: (value: unknown) => T): T {
  if (value === UNREADABLE) throw new UnreadableEntry(key, UNREADABLE.unreadable);
  try {
    return decode(value);
  } catch (error) {
    throw new UnreadableEntry(key, error);
  }
}

/** Goes on all the same where an entry cannot be read, and has the log say which. */
export async function unlessUnreadable<T>(log: Pick<Log, "error">, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnreadableEntry)) throw error;
    log.error("Left undone", { error });
    return undefined;
  }
}

/** What to do about an error where only such entries may be left for later. */
export const unlessLeft = (left: UnreadableEntry[]) => (error: unknown): void => {
  if (!(error instanceof UnreadableEntry)) throw error;
  left.push(error);
};

/** Stands in the place of a value that KV cannot give back, for whoever goes on all the same. */
export const UNREADABLE = { unreadable: "could not deserialize value" };

/** Of an entry whose value is {@link UNREADABLE}: KV tells it with the value alone. */
export const UNKNOWN_VERSION = "?";

const unreadable = (key: Deno.KvKey): Deno.KvEntry<unknown> => ({
  key,
  value: UNREADABLE,
  versionstamp: UNKNOWN_VERSION,
});

/** Where one of many cannot be read, each by itself. */
const manyBy = (kv: Reads, get: Reads["get"]): Reads["getMany"] => (keys) =>
  kv.getMany(keys).catch((error) => {
    if (isUnreadable(error)) return Promise.all(keys.map(get));
    throw error;
  });

/** Of a read of one key that has failed: throws {@link UnreadableEntry} where what stands there cannot be read. */
export const naming = (key: Deno.KvKey) => (error: unknown): never => {
  throw isUnreadable(error) ? new UnreadableEntry(key, error) : error;
};

/** KV whose reads name an entry that cannot be read: they throw {@link UnreadableEntry}. */
export function namingReads(kv: Reads): Reads {
  const nameIn = rememberedNames(kv);
  const get = (key: Deno.KvKey): Promise<Deno.KvEntryMaybe<unknown>> => kv.get(key).catch(naming(key));

  function list(selector: Deno.KvListSelector, options?: Deno.KvListOptions): Listing {
    const entries = kv.list(selector, options);
    const next = entries.next.bind(entries);
    entries.next = () =>
      next().catch(async (error) => {
        if (!isUnreadable(error)) throw error;
        const key = await nameIn(selector);
        throw key === undefined ? error : new UnreadableEntry(key, error);
      });
    return entries;
  }

  return { get, getMany: manyBy(kv, get), list };
}

/** The first entry of a selection that cannot be read. To find it takes hundreds of reads, to see that it is still so a single one. */
function rememberedNames(kv: Reads): (selector: Deno.KvListSelector) => Promise<Deno.KvKey | undefined> {
  const names = new Map<string, Deno.KvKey>();
  const isStill = (key: Deno.KvKey) => kv.get(key).then(() => false, isUnreadable);

  return async (selector) => {
    const selection = Object.entries<Deno.KvKey>({ ...selector }).map(([by, key]) => `${by} ${keyText(key)}`).join();
    const before = names.get(selection);
    if (before !== undefined && await isStill(before)) return before;
    for await (const { key, value } of forgivingReads(kv).list(selector)) {
      if (value !== UNREADABLE) continue;
      if (names.size === MAX_NAMES) names.clear();
      names.set(selection, key);
      return key;
    }
    return undefined;
  };
}

/** KV whose reads go on past entries that cannot be read, with {@link UNREADABLE} in the place of their values. */
export function forgivingReads(kv: Reads): Reads {
  const get = (key: Deno.KvKey): Promise<Deno.KvEntryMaybe<unknown>> =>
    kv.get(key).catch((error) => {
      if (isUnreadable(error)) return unreadable(key);
      throw error;
    });

  async function* list(
    selector: Deno.KvListSelector,
    { limit = Infinity, reverse = false, batchSize = Math.min(limit, DEFAULT_BATCH) }: Deno.KvListOptions = {},
  ): Listing {
    let left = limit;
    if (left === 0) return;
    for await (const entry of (reverse ? backwards : forwards)(kv, selector, batchSize)) {
      yield entry;
      left -= 1;
      if (left === 0) return;
    }
  }

  return { get, getMany: manyBy(kv, get), list };
}

/** The same of KV as it comes. */
export function forgivingKv(kv: Deno.Kv): ReadsAndCommits {
  const reads = forgivingReads({
    get: (key) => kv.get(key),
    getMany: (keys) => kv.getMany<unknown[]>([...keys]),
    list: (selector, options) => kv.list(selector, options),
  });
  return { ...reads, atomic: () => kv.atomic() };
}

const DEFAULT_BATCH = 100;
/** Of selections with an entry that cannot be read. */
const MAX_NAMES = 1_000;

async function* forwards(kv: Reads, selector: Deno.KvListSelector, batchSize: number): Listing {
  let rest = selector;
  for (;;) {
    // One by one from where a batch has one that cannot be read.
    for (const size of [batchSize, 1]) {
      try {
        for await (const entry of kv.list(rest, { batchSize: size })) {
          rest = behind(selector, entry.key);
          yield entry;
        }
        return;
      } catch (error) {
        if (!isUnreadable(error)) throw error;
      }
    }
    const key = await unreadableKey(kv, rest);
    rest = behind(selector, key);
    yield unreadable(key);
  }
}

/** As far as all can be read; else what is left is read forwards, and turned round. */
async function* backwards(kv: Reads, selector: Deno.KvListSelector, batchSize: number): Listing {
  let rest = selector;
  try {
    for await (const entry of kv.list(selector, { batchSize, reverse: true })) {
      rest = ahead(selector, entry.key);
      yield entry;
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    yield* (await Array.fromAsync(forwards(kv, rest, batchSize))).toReversed();
  }
}
