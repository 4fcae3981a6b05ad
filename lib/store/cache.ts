/** Since the start, and what is held now. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
}

/**
 * Bounded memory of what was read; what is asked for again stays. Holds promises, so that many readers of one entry cost one
 * read.
 *
 * Entries are of two generations, each of half the bound: what is read joins the younger one, and once that is full the older
 * one is forgotten in its favour. A hit therefore moves an entry once a generation, where the order of last use would have to be
 * kept on each.
 */
export interface ReadCache {
  get<T>(id: string, read: () => Promise<T>): Promise<T>;
  forget(id: string): void;
  clear(): void;
  counts(): CacheCounts;
}

type Generation = Map<string, Promise<unknown>>;

export function readCache(maxEntries: number): ReadCache {
  const half = Math.ceil(maxEntries / 2);
  let younger: Generation = new Map();
  let older: Generation = new Map();
  let [asked, misses] = [0, 0];

  function join(id: string, entry: Promise<unknown>): void {
    if (younger.size >= half) [younger, older] = [new Map(), younger];
    younger.set(id, entry);
  }

  function get<T>(id: string, read: () => Promise<T>): Promise<T> {
    asked += 1;
    const young = younger.get(id) as Promise<T> | undefined;
    if (young !== undefined) return young;
    const old = older.get(id) as Promise<T> | undefined;
    if (old === undefined) misses += 1;
    const entry = old ?? read();
    older.delete(id);
    join(id, entry);
    if (old === undefined) entry.catch(() => forgetFailed(id, entry));
    return entry;
  }

  function forgetFailed(id: string, entry: Promise<unknown>): void {
    for (const generation of [younger, older]) if (generation.get(id) === entry) generation.delete(id);
  }

  function forget(id: string): void {
    younger.delete(id);
    older.delete(id);
  }

  function clear(): void {
    younger.clear();
    older.clear();
  }

  const counts = () => ({ hits: asked - misses, misses, entries: younger.size + older.size });

  return { get, forget, clear, counts };
}
