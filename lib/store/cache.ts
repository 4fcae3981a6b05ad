import type { Doorkeeper } from "./doorkeeper.ts";

/** Since the start, and what is held now. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
}

/**
 * Bounded memory of what was read; what is asked for again stays. Holds promises, so that many readers of one entry cost one
 * read; those who ask while it is under way share it even where what is read is not kept.
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

interface Entry {
  readonly value: Promise<unknown>;
  /** 0 until it is read. */
  weight: number;
}

interface Generation {
  readonly entries: Map<string, Entry>;
  weight: number;
}

/**
 * Keeps about as much as `max` says, in the unit of `weigh`; without one, so many entries. Of what is read only that which
 * `isLetIn`.
 */
export function readCache(
  max: number,
  weigh: (value: unknown) => number = () => 1,
  isLetIn: Doorkeeper = () => true,
): ReadCache {
  const half = Math.ceil(max / 2);
  let [younger, older] = [empty(), empty()];
  let [asked, misses] = [0, 0];

  function join(id: string, entry: Entry): void {
    if (younger.weight >= half) [younger, older] = [empty(), younger];
    younger.entries.set(id, entry);
    younger.weight += entry.weight;
  }

  function leave(generation: Generation, id: string): void {
    generation.weight -= generation.entries.get(id)?.weight ?? 0;
    generation.entries.delete(id);
  }

  function begin<T>(id: string, read: () => Promise<T>): Entry {
    misses += 1;
    const entry: Entry = { value: read(), weight: 0 };
    const isKept = isLetIn(id);
    const holding = () => [younger, older].find(({ entries }) => entries.get(id) === entry);
    entry.value.then((value) => {
      const generation = holding();
      if (generation === undefined) return;
      if (!isKept) return leave(generation, id);
      entry.weight = weigh(value);
      generation.weight += entry.weight;
    }, () => {
      const generation = holding();
      if (generation !== undefined) leave(generation, id);
    });
    return entry;
  }

  function get<T>(id: string, read: () => Promise<T>): Promise<T> {
    asked += 1;
    const young = younger.entries.get(id);
    if (young !== undefined) return young.value as Promise<T>;
    const entry = older.entries.get(id) ?? begin(id, read);
    leave(older, id);
    join(id, entry);
    return entry.value as Promise<T>;
  }

  function forget(id: string): void {
    leave(younger, id);
    leave(older, id);
  }

  function clear(): void {
    [younger, older] = [empty(), empty()];
  }

  const counts = () => ({
    ...{ hits: asked - misses, misses },
    entries: younger.entries.size + older.entries.size,
  });

  return { get, forget, clear, counts };
}

const empty = (): Generation => ({ entries: new Map(), weight: 0 });
