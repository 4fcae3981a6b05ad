/**
 * The store as it is, entry by entry, for whoever wants to see what is behind an answer: read only, a page at a time.
 *
 * @module
 */
import { serialize } from "node:v8";
import type { Context } from "../context.ts";
import type { Page } from "../store/collection.ts";
import { cursorAt, keyAt } from "../store/cursor.ts";
import { behind } from "../store/selector.ts";
import { isKeySecret, isValueSecret, MASK, maskedKey } from "./masks.ts";
import { shownValue } from "./shown_value.ts";

export interface InspectedEntry {
  readonly key: Deno.KvKey;
  /** As JSON has it. */
  readonly value: unknown;
  readonly versionstamp: string;
  /** What the value takes, serialised. */
  readonly bytes: number;
}

export interface EntriesQuery {
  /** One part at least. */
  readonly prefix: Deno.KvKey;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/**
 * The entry of that key, if there is one, and then those under it. Where keys are secrets there is one page only, because a
 * cursor says the key that it stands at. Throws `InvalidCursor`.
 */
export async function inspectEntries(ctx: Context, query: EntriesQuery): Promise<Page<InspectedEntry>> {
  const store = ctx.store.forgiving();
  const { prefix, limit, cursor } = query;
  const own = cursor === undefined ? await store.get(prefix) : undefined;
  const rest = cursor === undefined ? { prefix: [...prefix] } : behind({ prefix }, keyAt(prefix, prefix, cursor));
  const entries = await Array.fromAsync(store.list(rest, { limit, batchSize: Math.min(limit, 100) }));
  const last = entries.length < limit || entries.some(({ key }) => isKeySecret(key)) ? undefined : entries.at(-1);
  const first = own === undefined || own.versionstamp === null ? [] : [own];
  return {
    items: [...first, ...entries].map(inspected),
    ...(last !== undefined && { nextCursor: cursorAt(prefix, prefix, last.key) }),
  };
}

const inspected = ({ key, value, versionstamp }: Deno.KvEntry<unknown>): InspectedEntry => ({
  key: maskedKey(key),
  value: isValueSecret(key) ? MASK : shownValue(value),
  versionstamp,
  bytes: serialize(value).byteLength,
});

/** The first key parts that there are, in order; each is found by one step past all that stands under the one before. */
export async function families(ctx: Context): Promise<string[]> {
  const store = ctx.store.forgiving();
  const found: string[] = [];
  let start: Deno.KvKey | undefined;
  for (;;) {
    const [entry] = await Array.fromAsync(
      store.list({ prefix: [], ...(start !== undefined && { start }) }, { limit: 1 }),
    );
    if (entry === undefined) return found;
    const first = String(entry.key[0]);
    found.push(first);
    start = [`${first}\0`];
  }
}
