/**
 * A whole store as text, the same from a file and from a KV server: a header, then an entry a line in key order. What is loaded
 * from it and dumped again gives the same text.
 *
 * A line is an array of key and value in the form of npm's devalue, which keeps what JSON would lose: typed arrays, -0,
 * `undefined`. Times at which KV drops an entry by itself are not in it; entries that end say so in their values.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { parse, stringify } from "devalue";
import { isHalfRestored, RESTORING } from "./restoring.ts";
import { forgivingKv, UNREADABLE } from "./unreadable.ts";

/** The text is no dump, or is cut off; the message says where. */
export class NotADump extends Error {
  override name = "NotADump";
}

const FORM = "foliolens-dump";
const HEADER = JSON.stringify({ form: FORM, version: 1 });
/** The last line says how many there were before it: without it, the text is cut off. */
const footer = (entries: number): string => JSON.stringify({ entries });

const LIST_BATCH = 500;
/** An atomic operation takes 800 KiB, and a key and its value are shorter there than here. */
const MAX_BATCH_CHARS = 600_000;
const MAX_BATCH_ENTRIES = 500;

/**
 * What processes note as they go, every minute or with every request, and nothing else depends on. A service that is only read from would
 * never stand still otherwise.
 */
const NOTED_IN_PASSING: readonly Deno.KvKeyPart[] = ["credential_uses", "rate_limits", "workers"];

export interface Dumped {
  /** The same as {@link versionsOf} afterwards, unless somebody wrote meanwhile and the text may be of no one moment. */
  readonly versions: string;
  /** What cannot be read. */
  readonly leftOut: readonly Deno.KvKey[];
}

/** Hands over the lines, each with its line feed. */
export async function dump(kv: Deno.Kv, write: (line: string) => Promise<void>): Promise<Dumped> {
  let entries = 0;
  const leftOut: Deno.KvKey[] = [];
  await write(`${HEADER}\n`);
  const versions = await forEach(kv, async ({ key, value }) => {
    if (value === UNREADABLE) return void leftOut.push(key);
    entries += 1;
    await write(`${stringify([key, value])}\n`);
  });
  await write(`${footer(entries)}\n`);
  return { versions, leftOut };
}

/** A digest of all keys and versions, but for what is noted in passing. */
export const versionsOf = (kv: Deno.Kv): Promise<string> => forEach(kv, () => Promise.resolve());

async function forEach(kv: Deno.Kv, look: (entry: Deno.KvEntry<unknown>) => Promise<void>): Promise<string> {
  const hash = createHash("sha256");
  for await (const entry of forgivingKv(kv).list({ prefix: [] }, { batchSize: LIST_BATCH })) {
    const [collection = ""] = entry.key;
    if (!NOTED_IN_PASSING.includes(collection)) hash.update(`${stringify(entry.key)} ${entry.versionstamp}\n`);
    await look(entry);
  }
  return hash.digest("hex");
}

export interface DumpEntry {
  readonly key: Deno.KvKey;
  readonly value: unknown;
}

/** What a dump's lines say. Throws {@link NotADump}, at the latest at their end. */
export async function* entriesIn(lines: AsyncIterable<string>): AsyncGenerator<DumpEntry & { readonly chars: number }> {
  let [lineNo, entries, end] = [0, 0, -1];
  for await (const line of lines) {
    lineNo += 1;
    if (lineNo === 1) {
      if (line !== HEADER) throw new NotADump(`line 1: this is no dump that this program reads; one begins ${HEADER}`);
    } else if (end >= 0) {
      throw new NotADump(`line ${lineNo}: there is more after the end of the dump`);
    } else if (line.startsWith("{")) {
      end = endOf(line, lineNo);
    } else {
      yield { ...entryOf(line, lineNo), chars: line.length };
      entries += 1;
    }
  }
  if (end !== entries) throw new NotADump(`it is cut off: ${entries} entries, and no last line that says so`);
}

/**
 * Writes a dump's entries to an empty store, or to one where that was cut off before, and answers how many there were. Until it
 * ends the store is marked as half of one (`restoring.ts`); where another begins meanwhile, this one ends, and leaves the mark to it.
 */
export async function load(kv: Deno.Kv, lines: AsyncIterable<string>): Promise<number> {
  const { versionstamp } = await kv.set(RESTORING, true);
  const begin: Begin = () => kv.atomic().check({ key: RESTORING, versionstamp });
  await clear(kv, begin);
  const stage: Stage<DumpEntry> = (operation, { key, value }) => operation.set([...key], value);
  const entries = await inBatches(begin, entriesIn(lines), stage);
  await end(kv, begin);
  return entries;
}

/**
 * Takes the mark away. A KV server's client sends again what it got no answer to, and finds no mark then. It was this load that took it
 * if anything is there that is as old as what was loaded: another one takes all of that away before it ends.
 */
async function end(kv: Deno.Kv, begin: Begin): Promise<void> {
  const { value: loaded } = await entriesBesideMark(kv).next();
  if ((await begin().delete(RESTORING).commit()).ok) return;
  if (loaded === undefined || await isHalfRestored(kv)) throw overtaken();
  for await (const { versionstamp } of entriesBesideMark(kv)) if (versionstamp <= loaded.versionstamp) return;
  throw overtaken();
}

/** What another dump has left there. */
async function clear(kv: Deno.Kv, begin: Begin): Promise<void> {
  async function* left(): AsyncGenerator<Sized> {
    for await (const { key } of entriesBesideMark(kv)) yield { key, chars: 0 };
  }
  await inBatches(begin, left(), (operation, { key }) => operation.delete([...key]));
}

async function* entriesBesideMark(kv: Deno.Kv): AsyncGenerator<Deno.KvEntry<unknown>, undefined> {
  for await (const entry of forgivingKv(kv).list({ prefix: [] }, { batchSize: LIST_BATCH })) {
    if (entry.key[0] !== RESTORING[0]) yield entry;
  }
}

interface Sized {
  readonly key: Deno.KvKey;
  readonly chars: number;
}

/** An operation that goes through as long as the mark is the one that was set. */
type Begin = () => Deno.AtomicOperation;

type Stage<T> = (operation: Deno.AtomicOperation, item: T) => unknown;

async function inBatches<T extends Sized>(begin: Begin, items: AsyncIterable<T>, stage: Stage<T>): Promise<number> {
  let batch: T[] = [];
  let [count, chars] = [0, 0];
  for await (const item of items) {
    if (chars + item.chars > MAX_BATCH_CHARS || batch.length === MAX_BATCH_ENTRIES) {
      await commitAll(begin, batch, stage);
      [batch, chars] = [[], 0];
    }
    batch.push(item);
    chars += item.chars;
    count += 1;
  }
  await commitAll(begin, batch, stage);
  return count;
}

/** In halves where it is more than KV takes at once: how many bytes keys and values are there, their text does not say. */
async function commitAll<T>(begin: Begin, batch: readonly T[], stage: Stage<T>): Promise<void> {
  const operation = begin();
  for (const item of batch) stage(operation, item);
  try {
    await commit(operation);
  } catch (error) {
    if (!(error instanceof TypeError) || batch.length < 2) throw error;
    const middle = Math.ceil(batch.length / 2);
    await commitAll(begin, batch.slice(0, middle), stage);
    await commitAll(begin, batch.slice(middle), stage);
  }
}

async function commit(operation: Deno.AtomicOperation): Promise<void> {
  if (!(await operation.commit()).ok) throw overtaken();
}

const overtaken = (): Error => new Error("another restore to the same store has begun meanwhile");

function entryOf(line: string, lineNo: number): DumpEntry {
  try {
    const [key, value] = parse(line) as [Deno.KvKey, unknown];
    if (Array.isArray(key) && key.length > 0) return { key, value };
  } catch {
    // Said below.
  }
  throw new NotADump(`line ${lineNo}: no entry of a dump`);
}

function endOf(line: string, lineNo: number): number {
  try {
    const { entries } = JSON.parse(line);
    if (Number.isSafeInteger(entries) && entries >= 0) return entries;
  } catch {
    // Said below.
  }
  throw new NotADump(`line ${lineNo}: no entry of a dump`);
}
