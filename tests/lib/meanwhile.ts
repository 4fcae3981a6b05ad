/**
 * Two processes on one KV, of which the second comes between any two operations of the first.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Context, contextOn } from "../../lib/context.ts";
import { faultsIn } from "./history/harness.ts";
import { storeThrough } from "./jobs/harness.ts";
import { NOW } from "./store/harness.ts";

export interface Scene<T> {
  readonly prepare: (ctx: Context) => Promise<unknown>;
  /** What the first process does, operation by operation. */
  readonly act: (ctx: Context) => Promise<unknown>;
  /** What the second one does at once, and what it saw then. */
  readonly meanwhile: (ctx: Context) => Promise<T>;
  /** What has to hold afterwards. */
  readonly holds: (ctx: Context, seen: T) => Promise<void>;
}

/** Plays the scene once for each operation of the first process, with the second one before it. */
export async function atEachMoment<T>({ prepare, act, meanwhile, holds }: Scene<T>): Promise<void> {
  for (let n = 1;; n++) {
    using kv = await Deno.openKv(":memory:");
    await prepare(await processOn(kv));
    const other = await processOn(kv);
    let [left, seen]: [number, T | undefined] = [n, undefined];
    const first = await processOn(kv, async () => {
      if (--left === 0) seen = await meanwhile(other);
    });
    await act(first);
    if (left > 0) return;
    const after = await processOn(kv);
    try {
      await holds(after, seen as T);
      assert.deepEqual(await faultsIn(after), []);
    } catch (error) {
      throw new Error(`before operation ${n}`, { cause: error });
    }
  }
}

/** A process on the KV; `before` is gone through before each of its operations. */
export async function processOn(kv: Deno.Kv, before = () => Promise.resolve()): Promise<Context> {
  let isOpen = false;
  const store = await storeThrough(kv, async (operation) => {
    if (isOpen) await before();
    return await operation();
  });
  isOpen = true;
  return contextOn(store, () => NOW, "America/New_York");
}
