/**
 * A typed collection in KV. Index entries hold only the primary id, and an entity and its index entries are staged
 * together in one change, beside whatever else has to happen with them.
 *
 * @module
 */
import type { z } from "zod";
import type { Change } from "./change.ts";
import { chunks } from "./chunks.ts";
import { cursorAt, InvalidCursor, keyAt } from "./cursor.ts";
import type { Listing } from "./reads.ts";
import { ahead, behind } from "./selector.ts";
import type { Store } from "./store.ts";
import { decoded } from "./unreadable.ts";

export type Id = string | number;

/** The key parts under which an entity can be found again. */
export type IndexKey = readonly Deno.KvKeyPart[];

export interface CollectionOptions<T, I extends Id> {
  /** First key part; an index `x` is stored under `${name}_by_x`. */
  readonly name: string;
  /** Raised when the stored shape changes, so that an old value is never read as a new one. */
  readonly schemaVersion: number;
  readonly schema: z.ZodType<T>;
  /** What `schema` makes the entity of again, where it is not stored as it is. */
  readonly toStored?: (entity: T) => object;
  readonly idOf: (entity: T) => I;
  /** At most one entity a value. */
  readonly unique?: Readonly<Record<string, (entity: T) => IndexKey>>;
  /** Any number of entities a value, listed in key order; an entity may stand under several values, or none. */
  readonly indexes?: Readonly<Record<string, (entity: T) => readonly IndexKey[]>>;
}

export interface Versioned<T> {
  readonly value: T;
  readonly versionstamp: string;
}

/** One page of a listing; `nextCursor` is absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export interface ListQuery<T> {
  /** An index or unique key; without one, the order of ids. */
  readonly by?: string;
  readonly value?: IndexKey;
  /** What the key part that follows begins with, which has to be text. */
  readonly startsWith?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly reverse?: boolean;
  /** Keeps an entity on the page; for what no index answers. */
  readonly where?: (entity: T) => boolean;
  /** Of entries, where most may be left out: the page then has fewer than it could, or none, and its cursor goes on from there. */
  readonly lookAtMost?: number;
}

/** Which entities, by an index or by id; the bounds are of the key part that follows. */
export interface EachQuery {
  readonly by?: string;
  readonly value?: IndexKey;
  readonly from?: Deno.KvKeyPart;
  /** Up to this one, and without it. */
  readonly before?: Deno.KvKeyPart;
}

export interface Collection<T, I extends Id> {
  get(id: I): Promise<Versioned<T> | undefined>;
  getMany(ids: readonly I[]): Promise<(Versioned<T> | undefined)[]>;
  getBy(unique: string, value: IndexKey): Promise<Versioned<T> | undefined>;
  /** Past the cache: what is stored now, for what is about to be changed. */
  getFresh(id: I): Promise<Versioned<T> | undefined>;
  /** The ids under values of a unique key, past the cache; `undefined` where nobody has the value. */
  idsBy(unique: string, values: readonly IndexKey[]): Promise<(I | undefined)[]>;
  /** The ids under the beginning of an index key, past the cache: for what is decided by who is there. The keys alone count. */
  idsUnder(index: string, value?: IndexKey, options?: { readonly limit?: number }): Promise<I[]>;
  /** Throws {@link InvalidCursor}. */
  list(query: ListQuery<T>): Promise<Page<Versioned<T>>>;
  /** All of them, in key order. */
  each(query?: EachQuery): AsyncIterable<Versioned<T>>;
  insert(change: Change, entity: T): Change;
  replace(change: Change, before: Versioned<T>, after: T): Change;
  remove(change: Change, entity: Versioned<T>): Change;
  /**
   * Reads, decides and writes, again and again until nobody came between: for decisions without side effects.
   * Writes nothing where `decide` gives back what it was given.
   */
  update(id: I, decide: (before: T | undefined) => T | Promise<T>): Promise<Versioned<T>>;
  /** Every index entry that an entity must have, for the verifier. */
  entriesOf(entity: T): { key: Deno.KvKey; id: I }[];
  readonly options: CollectionOptions<T, I>;
}

/** For a search that no index has an answer to: within it, what is sought among all assets of a market is on the first page. */
export const SEARCH = { lookAtMost: 10_000 } as const;

/** For a second filter, of which the first one's index leaves little to look at, but for a few. */
export const FILTER = { lookAtMost: 1_000 } as const;

/** The largest page is read in one batch; larger batches cost more than they save on a short list. */
const MAX_BATCH = 100;

export function collection<T extends object, I extends Id>(
  store: Store,
  options: CollectionOptions<T, I>,
): Collection<T, I> {
  const { name, schema, schemaVersion, toStored = asItIs, idOf, unique = {}, indexes = {} } = options;
  const primaryKey = (id: I): Deno.KvKey => [name, id];
  const stored = (entity: T) => ({ v: schemaVersion, ...toStored(entity) });
  const uniqueKeys = (entity: T): Deno.KvKey[] =>
    Object.entries(unique).map(([by, of]) => [`${name}_by_${by}`, ...of(entity)]);
  const indexKeys = (entity: T): Deno.KvKey[] =>
    Object.entries(indexes).flatMap(([by, of]) =>
      of(entity).map((value) => [`${name}_by_${by}`, ...value, idOf(entity)])
    );

  function parse(value: unknown): T {
    if (typeof value !== "object" || value === null) throw new TypeError("it holds no record");
    const { v, ...record } = value as { v?: unknown };
    if (v !== schemaVersion) throw new TypeError(`it has schema version ${v}; this program reads ${schemaVersion}`);
    return schema.parse(record);
  }

  const versioned = (entry: Deno.KvEntryMaybe<unknown>): Versioned<T> | undefined =>
    entry.versionstamp === null ? undefined : { value: decoded(entry, parse), versionstamp: entry.versionstamp };

  const idAt = (pointer: Deno.KvEntryMaybe<unknown>): I => decoded(pointer, (id) => id as I);
  const pointedAt = (pointer: Deno.KvEntryMaybe<unknown>): I | undefined =>
    pointer.versionstamp === null ? undefined : idAt(pointer);

  const get = (id: I) => store.cached(primaryKey(id), versioned);
  const getMany = (ids: readonly I[]) => store.cachedMany(ids.map(primaryKey), versioned);
  const getFresh = async (id: I) => versioned(await store.get(primaryKey(id)));

  async function getBy(by: string, value: IndexKey): Promise<Versioned<T> | undefined> {
    const id = await store.cached([`${name}_by_${by}`, ...value], pointedAt);
    return id === undefined ? undefined : await get(id);
  }

  async function idsBy(by: string, values: readonly IndexKey[]): Promise<(I | undefined)[]> {
    const pointers = await store.getMany(values.map((value) => [`${name}_by_${by}`, ...value]));
    return pointers.map(pointedAt);
  }

  function idsUnder(by: string, value: IndexKey = [], options: { readonly limit?: number } = {}) {
    const pointers = store.forgiving().list({ prefix: [`${name}_by_${by}`, ...value] }, options);
    return Array.fromAsync(pointers, idIn);
  }

  /** Of an entry of an index, whose key ends with it; what is unique has it as its value. */
  const idIn = ({ key }: Deno.KvEntry<unknown>) => key.at(-1) as I;

  /** Where the keys say it all, values that cannot be read hold up nothing. */
  const listed = (by: string | undefined, selector: Deno.KvListSelector, options: Deno.KvListOptions = {}): Listing =>
    (by !== undefined && by in indexes ? store.forgiving() : store).list(selector, options);

  const entitiesOf = (by: string | undefined, entries: readonly Deno.KvEntry<unknown>[]) =>
    by === undefined ? entries.map(versioned) : getMany(entries.map(by in indexes ? idIn : idAt));

  function insert(change: Change, entity: T): Change {
    const id = idOf(entity);
    change.check(primaryKey(id), null).set(primaryKey(id), stored(entity));
    for (const key of uniqueKeys(entity)) change.check(key, null).set(key, id);
    for (const key of indexKeys(entity)) change.set(key, id);
    return change;
  }

  function replace(change: Change, before: Versioned<T>, after: T): Change {
    const id = idOf(after);
    if (id !== idOf(before.value)) throw new TypeError(`Cannot change the id of ${name} ${idOf(before.value)}`);
    change.check(primaryKey(id), before.versionstamp).set(primaryKey(id), stored(after));
    const [oldUnique, newUnique] = [keySet(uniqueKeys(before.value)), keySet(uniqueKeys(after))];
    const [oldIndex, newIndex] = [keySet(indexKeys(before.value)), keySet(indexKeys(after))];
    for (const key of without(newUnique, oldUnique)) change.check(key, null).set(key, id);
    for (const key of without(newIndex, oldIndex)) change.set(key, id);
    for (const key of [...without(oldUnique, newUnique), ...without(oldIndex, newIndex)]) change.delete(key);
    return change;
  }

  function remove(change: Change, { value, versionstamp }: Versioned<T>): Change {
    change.check(primaryKey(idOf(value)), versionstamp).delete(primaryKey(idOf(value)));
    for (const key of [...uniqueKeys(value), ...indexKeys(value)]) change.delete(key);
    return change;
  }

  async function update(id: I, decide: (before: T | undefined) => T | Promise<T>): Promise<Versioned<T>> {
    for (;;) {
      const before = await getFresh(id);
      const value = await decide(before?.value);
      if (before !== undefined && value === before.value) return before;
      const change = store.change();
      const staged = before === undefined ? insert(change, value) : replace(change, before, value);
      const versionstamp = await staged.commit();
      if (versionstamp !== undefined) return { value, versionstamp };
    }
  }

  async function list(query: ListQuery<T>): Promise<Page<Versioned<T>>> {
    const { by, value = [], limit, cursor, reverse = false, where, lookAtMost = Infinity } = query;
    const prefix = by === undefined ? [name] : [`${name}_by_${by}`, ...value];
    const [order, all] = selection(prefix, query);
    const rest = cursor === undefined ? all : behindCursor(all, order, prefix, { ...query, cursor });
    const batchSize = Math.min(limit + 1, MAX_BATCH);
    const items: Versioned<T>[] = [];
    let [last, lookedAt, looked]: [Deno.KvKey, Deno.KvKey, number] = [[], [], 0];
    for await (const batch of chunks(listed(by, rest, { batchSize, reverse }), batchSize)) {
      for (const [i, item] of (await entitiesOf(by, batch)).entries()) {
        if (looked++ === lookAtMost) return { items, nextCursor: cursorAt(order, prefix, lookedAt) };
        lookedAt = batch[i]?.key ?? lookedAt;
        if (item === undefined || where?.(item.value) === false) continue;
        if (items.length === limit) return { items, nextCursor: cursorAt(order, prefix, last) };
        items.push(item);
        last = lookedAt;
      }
    }
    return { items };
  }

  async function* each({ by, value = [], from, before }: EachQuery = {}): AsyncGenerator<Versioned<T>> {
    const prefix = by === undefined ? [name] : [`${name}_by_${by}`, ...value];
    const start = from !== undefined && { start: [...prefix, from] };
    const end = before !== undefined && { end: [...prefix, before] };
    const selector = start && end ? { ...start, ...end } : { prefix, ...start, ...end };
    for await (const batch of chunks(listed(by, selector as Deno.KvListSelector), MAX_BATCH)) {
      yield* (await entitiesOf(by, batch)).filter((item) => item !== undefined);
    }
  }

  const entriesOf = (entity: T) =>
    [...uniqueKeys(entity), ...indexKeys(entity)].map((key) => ({ key, id: idOf(entity) }));

  return {
    get,
    getMany,
    getBy,
    getFresh,
    idsBy,
    idsUnder,
    list,
    each,
    insert,
    replace,
    remove,
    update,
    entriesOf,
    options,
  };
}

const asItIs = (entity: object): object => entity;

/** What a cursor is sealed to, and what is listed. */
function selection(
  prefix: Deno.KvKey,
  { startsWith, reverse = false }: Pick<ListQuery<never>, "startsWith" | "reverse">,
): [order: Deno.KvKey, selector: Deno.KvListSelector] {
  const order = [...prefix, ...(startsWith === undefined ? [] : [startsWith]), ...(reverse ? ["reverse"] : [])];
  if (startsWith === undefined) return [order, { prefix }];
  return [order, { start: [...prefix, startsWith], end: [...prefix, `${startsWith}${LAST_CHARACTER}`] }];
}

const LAST_CHARACTER = "\u{10ffff}";

function behindCursor(
  selector: Deno.KvListSelector,
  order: Deno.KvKey,
  prefix: Deno.KvKey,
  { cursor, startsWith = "", reverse }: Pick<ListQuery<never>, "startsWith" | "reverse"> & { readonly cursor: string },
): Deno.KvListSelector {
  const key = keyAt(order, prefix, cursor);
  const part = key[prefix.length];
  const isWithin = "prefix" in selector ||
    typeof part === "string" && part.startsWith(startsWith) && !part.startsWith(`${startsWith}${LAST_CHARACTER}`);
  if (!isWithin) throw new InvalidCursor(cursor);
  return (reverse ? ahead : behind)(selector, key);
}

const keySet = (keys: readonly Deno.KvKey[]) => new Map(keys.map((key) => [JSON.stringify(key), key]));

const without = (keys: Map<string, Deno.KvKey>, others: Map<string, Deno.KvKey>): Deno.KvKey[] =>
  [...keys].filter(([id]) => !others.has(id)).map(([, key]) => key);
