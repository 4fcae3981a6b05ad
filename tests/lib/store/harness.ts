/**
 * A store of a test's own, over an in-memory KV.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { Scheduler } from "fast-check";
import { type Context, contextOn } from "../../../lib/context.ts";
import type { Asset } from "../../../lib/store/assets.ts";
import { migrate } from "../../../lib/store/migrations/mod.ts";
import type { Listing } from "../../../lib/store/reads.ts";
import { openStore, type Store, type StoreOptions } from "../../../lib/store/store.ts";
import type { Portfolio } from "../../../lib/store/portfolios.ts";

export const NOW = new Date("2026-11-20T08:00:00Z");
const AT = NOW.toISOString();

export interface TestStore extends Disposable {
  readonly kv: Deno.Kv;
  readonly store: Store;
  readonly ctx: Context;
}

export const contextOf = (store: Store): Context => contextOn(store, () => NOW, "America/New_York");

/** `seenAs` is the KV that the store is given, where that is not the one below. */
export async function openTestStore(
  options: Partial<StoreOptions> = {},
  seenAs: (kv: Deno.Kv) => Deno.Kv = (kv) => kv,
): Promise<TestStore> {
  const kv = await Deno.openKv(":memory:");
  await migrate(kv);
  const store = await openStore(seenAs(kv), { shared: false, ...options });
  return { kv, store, ctx: contextOf(store), [Symbol.dispose]: () => store.close() };
}

interface Changed extends Partial<Omit<Deno.Kv, "list">> {
  list?(selector: Deno.KvListSelector, options?: Deno.KvListOptions): AsyncIterable<Deno.KvEntry<unknown>>;
}

/** The same KV, but for what is given. */
export function kvWith(kv: Deno.Kv, changed: Changed): Deno.Kv {
  return {
    get: kv.get.bind(kv),
    getMany: kv.getMany.bind(kv),
    set: kv.set.bind(kv),
    list: kv.list.bind(kv),
    atomic: kv.atomic.bind(kv),
    watch: kv.watch.bind(kv),
    close: kv.close.bind(kv),
    ...changed,
  } as Deno.Kv;
}

/** A KV each of whose requests and answers waits until the scheduler lets it through. */
export function delayed(kv: Deno.Kv, scheduler: Scheduler): Deno.Kv {
  async function through<T>(work: () => Promise<T>): Promise<T> {
    await scheduler.schedule(Promise.resolve());
    const answer = await work();
    await scheduler.schedule(Promise.resolve());
    return answer;
  }
  return kvWith(kv, {
    get: ((key: Deno.KvKey) => through(() => kv.get(key))) as Deno.Kv["get"],
    getMany: ((keys: Deno.KvKey[]) => through(() => kv.getMany<unknown[]>(keys))) as Deno.Kv["getMany"],
    async *list(selector) {
      yield* await through(() => Array.fromAsync(kv.list(selector)));
    },
    atomic() {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = () => through(commit);
      return operation;
    },
  });
}

const SPOILED = { spoiled: true };

/** Has what is stored there be as if its bytes were wrong, for whoever reads through {@link spoiled}. */
export const spoil = (kv: Deno.Kv, key: Deno.KvKey): Promise<unknown> => kv.set(key, SPOILED);

/** The same KV, which cannot give back the values that are spoiled, nor anything that is read together with them. */
export function spoiled(kv: Deno.Kv): Deno.Kv {
  function given<T extends Deno.KvEntryMaybe<unknown>>(entries: readonly T[]): readonly T[] {
    if (entries.every(({ value }) => !isDeepStrictEqual(value, SPOILED))) return entries;
    throw new RangeError("could not deserialize value");
  }

  async function* list(selector: Deno.KvListSelector, options: Deno.KvListOptions = {}): Listing {
    let batch: Deno.KvEntry<unknown>[] = [];
    for await (const entry of kv.list(selector, options)) {
      batch.push(entry);
      if (batch.length < (options.batchSize ?? 100)) continue;
      yield* given(batch);
      batch = [];
    }
    yield* given(batch);
  }

  return kvWith(kv, {
    get: (async (key: Deno.KvKey) => given([await kv.get(key)])[0]) as Deno.Kv["get"],
    getMany: (async (keys: Deno.KvKey[]) => given(await kv.getMany<unknown[]>(keys))) as Deno.Kv["getMany"],
    list,
  });
}

export const asset = (no: number, facts: Partial<Asset> = {}): Asset => ({
  no,
  symbol: `A${no}`,
  name: `Asset ${no}`,
  kind: "stock",
  currency: "USD",
  sector: "energy",
  sectorWeights: null,
  sectorSource: "manual",
  chosen: [],
  figi: null,
  refreshedAt: "",
  formerSymbols: [],
  listedOn: null,
  symbolsAsked: true,
  symbolDoubt: null,
  marketSince: "",
  status: "active",
  createdAt: AT,
  updatedAt: AT,
  ...facts,
});

export const portfolio = (id: number, facts: Partial<Portfolio> = {}): Portfolio => ({
  id,
  owner: "usr_a",
  name: `Portfolio ${id}`,
  currency: "USD",
  visibility: "private",
  status: "active",
  investments: [],
  createdAt: AT,
  updatedAt: AT,
  ...facts,
});

/** Every key that is stored, but for versions and the form. */
export async function keysIn(kv: Deno.Kv): Promise<string[]> {
  const keys = await Array.fromAsync(kv.list({ prefix: [] }), ({ key }) => key);
  return keys.filter(([first]) => first !== "versions" && first !== "schema_version").map((key) => key.join("/"));
}
