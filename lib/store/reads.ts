/** A listing of KV: of where it is, only the keys tell. */
export type Listing = AsyncIterableIterator<Deno.KvEntry<unknown>>;

/** What is read of KV. */
export interface Reads {
  readonly get: (key: Deno.KvKey) => Promise<Deno.KvEntryMaybe<unknown>>;
  readonly getMany: (keys: readonly Deno.KvKey[]) => Promise<Deno.KvEntryMaybe<unknown>[]>;
  readonly list: (selector: Deno.KvListSelector, options?: Deno.KvListOptions) => Listing;
}

/** For whoever needs no more of KV than to read and to commit. */
export interface ReadsAndCommits extends Reads {
  atomic(): Deno.AtomicOperation;
}
