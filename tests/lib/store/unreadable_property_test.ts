/** An entry whose value KV cannot give back is named, and holds up nothing but itself. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { keyText } from "../../../lib/store/key_text.ts";
import { pastCache } from "../../../lib/store/store.ts";
import { decoded, forgivingKv, namingReads, UNREADABLE, UnreadableEntry } from "../../../lib/store/unreadable.ts";
import { openTestStore, spoil, spoiled } from "./harness.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const keyPart = fc.oneof(
  fc.string({ unit: "binary", maxLength: 4 }),
  fc.constantFrom("", "a", "a\0", "ab", "2021-11-05", "\u{10ffff}", "stocks:2021-11-05"),
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, 1.5, 1_636_070_400_000, Infinity, -Infinity, NaN),
  fc.uint8Array({ maxLength: 3 }),
  fc.constantFrom(bytes(), bytes(0), bytes(1), bytes(2), bytes(0, 0), bytes(0xff), bytes(0xff, 0)),
  fc.bigInt({ min: -(1n << 70n), max: 1n << 70n }),
  fc.constantFrom(0n, 1n, -1n, (1n << 2_040n) - 1n, 1n - (1n << 2_040n)),
  fc.boolean(),
);
const entries = fc.uniqueArray(
  fc.record({ key: fc.array(keyPart, { minLength: 1, maxLength: 3 }), isSpoiled: fc.boolean() }),
  { selector: ({ key }) => keyText(key), maxLength: 20 },
);

Deno.test("whichever values are spoiled, and wherever they stand, all keys are listed, in order and in reverse", () =>
  fc.assert(
    fc.asyncProperty(entries, fc.integer({ min: 1, max: 5 }), fc.nat(20), async (entries, batchSize, limit) => {
      using kv = await Deno.openKv(":memory:");
      for (const { key, isSpoiled } of entries) await (isSpoiled ? spoil(kv, ["t", ...key]) : kv.set(["t", ...key], 1));
      await kv.set(["s"], 1);
      await spoil(kv, ["u", 1]);
      const all = await Array.fromAsync(kv.list({ prefix: ["t"] }));
      const wanted = all.map(({ key, value }) => [key, value === 1 ? 1 : UNREADABLE]);
      const listed = (selector: Deno.KvListSelector, options: Deno.KvListOptions = {}) =>
        Array.fromAsync(
          forgivingKv(spoiled(kv)).list(selector, { batchSize, ...options }),
          ({ key, value }) => [key, value],
        );
      assert.deepEqual(await listed({ prefix: ["t"] }), wanted);
      assert.deepEqual(await listed({ prefix: ["t"] }, { reverse: true }), wanted.toReversed());
      assert.deepEqual(await listed({ prefix: ["t"] }, { limit }), wanted.slice(0, limit));
      const last = wanted.toReversed().slice(0, limit);
      assert.deepEqual(await listed({ prefix: ["t"] }, { limit, reverse: true }), last);
      assert.deepEqual(await listed({ start: ["t"], end: ["t", "b"] }), wanted.filter(([key]) => isBefore(key)));
      assert.deepEqual((await listed({ prefix: [] })).map(([key]) => key), [["s"], ...all.map(({ key }) => key), [
        "u",
        1,
      ]]);
    }),
    { numRuns: 8 },
  ));

/** Before `["t", "b"]`: bytes, and text before "b". */
const isBefore = (key: unknown): boolean => {
  const part = (key as Deno.KvKey)[1];
  return part instanceof Uint8Array ||
    typeof part === "string" && (part === "" || (part.codePointAt(0) ?? 0) < "b".charCodeAt(0));
};

Deno.test("a key that is not found is an error, so that nothing is passed over", async () => {
  using kv = await Deno.openKv(":memory:");
  // There are two NaNs in the order of KV; in its place, either is read.
  const [belowAll = 0] = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0000n]).buffer);
  await spoil(kv, ["t", belowAll]);
  await kv.set(["t", 1], 1);
  const listed = Array.fromAsync(forgivingKv(spoiled(kv)).list({ prefix: ["t"] }));
  await assert.rejects(listed, /stands under a key that cannot be found/);
});

Deno.test("an entry that was named is found again by a single read, until it is mended", async () => {
  using kv = await Deno.openKv(":memory:");
  for (const no of [1, 2, 3]) await kv.set(["t", `${no}`], 1);
  await spoil(kv, ["t", "2"]);
  let reads = 0;
  const counted = <A extends unknown[], R>(read: (...args: A) => R) => (...args: A) => (reads++, read(...args));
  const bad = spoiled(kv);
  const naming = namingReads({
    get: counted((key) => bad.get(key)),
    getMany: counted((keys) => bad.getMany<unknown[]>([...keys])),
    list: counted((selector, options) => bad.list(selector, options)),
  });
  const all = () => Array.fromAsync(naming.list({ prefix: ["t"] }));
  const isNamed = (no: string) => (error: unknown) => {
    assert.ok(error instanceof UnreadableEntry, `${error}`);
    assert.deepEqual(error.key, ["t", no]);
    return true;
  };
  await assert.rejects(all(), isNamed("2"));
  reads = 0;
  await assert.rejects(all(), isNamed("2"));
  assert.equal(reads, 2, "the list, and the entry");
  await spoil(kv, ["t", "3"]);
  await kv.set(["t", "2"], 1);
  await assert.rejects(all(), isNamed("3"));
  await kv.set(["t", "3"], 1);
  assert.equal((await all()).length, 3);
});

Deno.test("whoever reads it alone, among others or in a list is told which it is and what to do, and others are read", async () => {
  using opened = await openTestStore({ answerMs: Infinity }, spoiled);
  const { kv, store } = opened;
  for (const no of [1, 2, 3]) await kv.set(["users", `usr_${no}`], { no });
  await spoil(kv, ["users", "usr_2"]);
  const isNamed = (error: unknown): boolean => {
    assert.ok(error instanceof UnreadableEntry, `${error}`);
    const message = '["users", "usr_2"] cannot be read: could not deserialize value; ' +
      "deno task verify says what to do about it";
    assert.deepEqual([error.key, error.message], [["users", "usr_2"], message]);
    return true;
  };
  const decode = ({ value }: Deno.KvEntryMaybe<unknown>) => value;
  const keys = [1, 2, 3].map((no) => ["users", `usr_${no}`]);
  await assert.rejects(store.get(["users", "usr_2"]), isNamed);
  await assert.rejects(store.getMany(keys), isNamed);
  await assert.rejects(Array.fromAsync(store.list({ prefix: ["users"] })), isNamed);
  assert.equal(await store.cachedAll(["users"], (all) => all.length), 3);
  const said = pastCache(store).cachedAll(["users"], (all) => all.map((entry) => decoded(entry, (value) => value)));
  await assert.rejects(said, isNamed);
  const cached = await Promise.allSettled(keys.map((key) => store.cached(key, decode)));
  assert.deepEqual(cached.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  await store.change().set(["users", "usr_2"], { no: 2 }).commit();
  assert.deepEqual(await store.cachedMany(keys, decode), [{ no: 1 }, { no: 2 }, { no: 3 }]);
});

Deno.test("the store is not taken for one that fails", async () => {
  const lines: string[] = [];
  const log = { error: (line: string) => void lines.push(line), info: (line: string) => void lines.push(line) };
  using opened = await openTestStore({ answerMs: Infinity, log }, spoiled);
  await spoil(opened.kv, ["users", "usr_1"]);
  await assert.rejects(opened.store.get(["users", "usr_1"]), UnreadableEntry);
  assert.deepEqual([lines, opened.store.refusal()], [[], undefined]);
});
