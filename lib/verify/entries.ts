/**
 * Every entity can be read, is what could be, and stands under all of its index and unique keys; and nothing else stands there.
 *
 * @module
 */
import { chunks } from "../store/chunks.ts";
import { keyText } from "../store/key_text.ts";
import type { Store } from "../store/store.ts";
import { type Check, type Fault, type FaultIn, type Run, sameKey } from "./check.ts";
import type { Subject } from "./subject.ts";

const CHUNK = 100;
const COUNT_BATCH = 500;
/** So many faults are remembered, so that none is reported from both its ends. */
const MAX_REMEMBERED = 10_000;

/** How many entries were found as they should be, by their first key part. */
type Tally = Map<string, number>;

export const entriesOf = (subject: Subject): Check => ({
  covers: [subject.name, ...subject.unique, ...subject.indexes],
  async *faults(run) {
    const [reported, right] = [new Set<string>(), new Map<string, number>()];
    for await (const fault of missing(run, subject, right)) {
      if (reported.size < MAX_REMEMBERED) reported.add(keyText(fault.key));
      yield fault;
    }
    for (const first of [...subject.unique, ...subject.indexes]) {
      if (await countOf(run, first) === (right.get(first) ?? 0)) continue;
      for await (const fault of left(run, subject, first)) if (!reported.has(keyText(fault.key))) yield fault;
    }
  },
});

/** Entities that cannot be read, or that do not stand where they should. */
async function* missing({ ctx: { store }, count }: Run, subject: Subject, right: Tally): AsyncGenerator<Fault> {
  for await (const chunk of chunks(store.list({ prefix: [subject.name] }, { batchSize: CHUNK }), CHUNK)) {
    count(subject.name, chunk.length);
    const wanted: { primary: Deno.KvKey; id: unknown; key: Deno.KvKey }[] = [];
    for (const entry of chunk) {
      const entity = subject.read(entry);
      const fault = "kind" in entity ? entity : entity.fault;
      if (fault !== undefined) yield { ...fault, key: entry.key };
      if ("kind" in entity) continue;
      for (const key of entity.entries) wanted.push({ primary: entry.key, id: entity.id, key });
    }
    const found = await store.getMany(wanted.map(({ key }) => key));
    for (const [i, { primary, id, key }] of wanted.entries()) {
      if (found[i]?.value === id) right.set(String(key[0]), (right.get(String(key[0])) ?? 0) + 1);
      else {
        const between = await faultBetween(store, subject, primary, key);
        if (between !== undefined) yield { ...between.fault, key };
      }
    }
  }
}

/** Where as many are stored as were found right, there are no others. */
async function countOf({ ctx: { store }, count }: Run, first: string): Promise<number> {
  let entries = 0;
  for await (const _ of store.list({ prefix: [first] }, { batchSize: COUNT_BATCH })) entries += 1;
  if (entries > 0) count("index entries", entries);
  return entries;
}

/** Entries of no entity. */
async function* left({ ctx: { store } }: Run, subject: Subject, first: string): AsyncGenerator<Fault> {
  const isUnique = subject.unique.includes(first);
  for await (const chunk of chunks(store.list({ prefix: [first] }, { batchSize: CHUNK }), CHUNK)) {
    const owners = chunk.map((entry) => [subject.name, isUnique ? entry.value : entry.key.at(-1)] as Deno.KvKey);
    const entities = await store.getMany(owners.map((owner) => isKey(owner) ? owner : [subject.name]));
    for (const [i, { key }] of chunk.entries()) {
      const [owner, entry] = [owners[i] ?? [], entities[i]];
      if (entry !== undefined && standsUnder(subject, entry, key)) continue;
      const between = await faultBetween(store, subject, owner, key);
      if (between !== undefined) yield { ...between.fault, key };
    }
  }
}

/** What is wrong between an entity and a key of its. */
export interface Between {
  readonly fault: FaultIn;
  /** All that was read to tell, in one snapshot. */
  readonly read: readonly Deno.KvEntryMaybe<unknown>[];
}

export async function faultBetween(
  store: Store,
  subject: Subject,
  of: Deno.KvKey,
  key: Deno.KvKey,
): Promise<Between | undefined> {
  if (!isKey(of)) {
    const fault: FaultIn = { kind: "stray_pointer", what: `points at ${String(of[1])}, which is no id`, of };
    return { fault, read: [await store.get(key)] };
  }
  const read = await store.getMany([of, key]);
  const [entry, pointer] = read;
  if (entry === undefined || pointer === undefined) throw new Error("KV answered fewer entries than it was asked for");
  const isWanted = entry.versionstamp !== null && standsUnder(subject, entry, key);
  if (isWanted && pointer.versionstamp === null) {
    return { fault: { kind: "missing_pointer", what: `is missing: ${keyText(of)} has it`, of }, read };
  }
  if (isWanted && pointer.value !== of[1]) return await pointingElsewhere(store, subject, of, pointer);
  if (isWanted || pointer.versionstamp === null) return undefined;
  const how = entry.versionstamp === null ? "does not exist" : "does not have it";
  return { fault: { kind: "stray_pointer", what: `is left from ${keyText(of)}, which ${how}`, of }, read };
}

/** Whoever it points at may have it too. */
async function pointingElsewhere(
  store: Store,
  subject: Subject,
  of: Deno.KvKey,
  { key, value, versionstamp }: Deno.KvEntryMaybe<unknown>,
): Promise<Between | undefined> {
  const elsewhere = [subject.name, value] as Deno.KvKey;
  const read = await store.getMany([of, key, ...(isKey(elsewhere) ? [elsewhere] : [])]);
  const [entry, pointer, other] = read;
  const isSame = entry !== undefined && standsUnder(subject, entry, key) && pointer?.versionstamp === versionstamp;
  if (!isSame) return await faultBetween(store, subject, of, key);
  const kind = other !== undefined && standsUnder(subject, other, key) ? "shared_value" : "wrong_pointer";
  return { fault: { kind, what: `points at ${String(value)}, but ${keyText(of)} has it`, of }, read };
}

/** An entity that cannot be read is reported as such, and might stand anywhere. */
function standsUnder(subject: Subject, entry: Deno.KvEntryMaybe<unknown>, key: Deno.KvKey): boolean {
  if (entry.versionstamp === null) return false;
  const entity = subject.read(entry);
  return "kind" in entity || entity.entries.some((wanted) => sameKey(wanted, key));
}

const isKey = ([, id]: Deno.KvKey): boolean => typeof id === "string" || typeof id === "number";
