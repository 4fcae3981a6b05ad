/**
 * Reads of single keys, gathered: what is asked for within one turn of the event loop is read together, since a call of KV for
 * ten keys costs little more than one for a single key.
 *
 * @module
 */
import { UnreadableEntry } from "./unreadable.ts";

type Entry = Deno.KvEntryMaybe<unknown>;

export interface GatheredReadsOptions {
  readonly get: (key: Deno.KvKey) => Promise<Entry>;
  readonly getMany: (keys: readonly Deno.KvKey[]) => Promise<readonly Entry[]>;
  /** Ends the turn in which keys are gathered. */
  readonly nextTurn: () => Promise<void>;
}

/** KV takes no more. */
export const GET_MANY_MAX_KEYS = 10;

interface Asked {
  readonly key: Deno.KvKey;
  readonly resolve: (entry: Entry | Promise<Entry>) => void;
  readonly reject: (error: unknown) => void;
}

export function gatheredReads({ get, getMany, nextTurn }: GatheredReadsOptions): GatheredReadsOptions["get"] {
  let waiting: Asked[] = [];

  async function readWaiting(): Promise<void> {
    await nextTurn();
    const asked = waiting;
    waiting = [];
    for (let i = 0; i < asked.length; i += GET_MANY_MAX_KEYS) readTogether(asked.slice(i, i + GET_MANY_MAX_KEYS));
  }

  async function readTogether(asked: readonly Asked[]): Promise<void> {
    const [first] = asked;
    if (first !== undefined && asked.length === 1) return first.resolve(get(first.key));
    try {
      const entries = await getMany(asked.map(({ key }) => key));
      for (const [i, { key, resolve }] of asked.entries()) resolve(entries[i] ?? get(key));
    } catch (error) {
      if (isOfOneKey(error)) { for (const { key, resolve } of asked) resolve(get(key)); }
      else for (const { reject } of asked) reject(error);
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ key, resolve, reject }) === 1) readWaiting();
    });
}

/** A key that KV does not take, or a value that it cannot read, is nothing to whoever asked for another. */
const isOfOneKey = (error: unknown): boolean => error instanceof TypeError || error instanceof UnreadableEntry;
