import assert from "node:assert/strict";
import { UnreadableEntry } from "../../../lib/store/unreadable.ts";
import { gatheredReads } from "../../../lib/store/gathered_reads.ts";

const entryOf = (key: Deno.KvKey): Deno.KvEntryMaybe<unknown> => ({ key, value: key[1], versionstamp: "1" });
const keys = (count: number): Deno.KvKey[] => Array.from({ length: count }, (_, i) => ["x", i]);

/** Reads with a turn that ends when the test says so, and what they asked KV for. */
function gathering(refuses: (keys: readonly Deno.KvKey[]) => unknown = () => undefined) {
  const calls: number[][] = [];
  let turn = Promise.withResolvers<void>();
  function asked(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<unknown>[]> {
    calls.push(keys.map(([, i]) => Number(i)));
    const error = refuses(keys);
    return error === undefined ? Promise.resolve(keys.map(entryOf)) : Promise.reject(error);
  }
  const read = gatheredReads({
    get: async (key) => (await asked([key]))[0] ?? assert.fail(),
    getMany: asked,
    nextTurn: () => turn.promise,
  });
  function endTurn(): void {
    turn.resolve();
    turn = Promise.withResolvers();
  }
  return { calls, read, endTurn };
}

Deno.test("what is asked for within a turn is read in calls of ten, each by whom it was asked for", async () => {
  const { calls, read, endTurn } = gathering();
  const first = Promise.all(keys(12).map(read));
  endTurn();
  assert.deepEqual((await first).map(({ value }) => value), keys(12).map(([, i]) => i));
  assert.deepEqual(calls, [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 11]]);
  const alone = read(["x", 5]);
  endTurn();
  assert.equal((await alone).value, 5);
  assert.deepEqual(calls.at(-1), [5]);
});

Deno.test("a key that KV does not take is the fault of nobody else", async () => {
  const refusing = (keys: readonly Deno.KvKey[]) =>
    keys.some(([, i]) => i === 1) ? new TypeError("Key too large") : undefined;
  const { read, endTurn } = gathering(refusing);
  const asked = Promise.allSettled(keys(3).map(read));
  endTurn();
  assert.deepEqual((await asked).map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
});

Deno.test("a value that KV cannot read is the fault of nobody else", async () => {
  const failing = (keys: readonly Deno.KvKey[]) =>
    keys.some(([, i]) => i === 1)
      ? new UnreadableEntry(["k", 1], new RangeError("could not deserialize value"))
      : undefined;
  const { read, endTurn } = gathering(failing);
  const asked = Promise.allSettled(keys(3).map(read));
  endTurn();
  assert.deepEqual((await asked).map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
});

Deno.test("a store that fails is asked once, and all who asked hear of it", async () => {
  const { calls, read, endTurn } = gathering(() => new Error("disk I/O error"));
  const asked = Promise.allSettled(keys(3).map(read));
  endTurn();
  assert.deepEqual((await asked).map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  assert.equal(calls.length, 1);
});
