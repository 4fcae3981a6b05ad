import assert from "node:assert/strict";
import fc from "fast-check";
import { readCache } from "../../../lib/store/cache.ts";
import { doorkeeper } from "../../../lib/store/doorkeeper.ts";
import { roughBytes } from "../../../lib/store/rough_bytes.ts";
import { kvWith, openTestStore } from "./harness.ts";

const stampOf = ({ versionstamp }: { versionstamp: string | null }) => versionstamp;

/** Counts the keys that are read from KV itself. */
function counting(reads: Deno.KvKey[]): (kv: Deno.Kv) => Deno.Kv {
  return (kv) =>
    kvWith(kv, {
      get: (key) => (reads.push(key), kv.get(key)),
      getMany: (keys) => (reads.push(...keys), kv.getMany(keys)),
      list(selector, options) {
        reads.push("prefix" in selector ? selector.prefix : selector.start);
        return kv.list(selector, options);
      },
    });
}

Deno.test("what was read is kept until somebody writes it", async () => {
  const reads: Deno.KvKey[] = [];
  using opened = await openTestStore({}, counting(reads));
  const { store } = opened;
  const [one, two] = [["series", 1, "2021-01"], ["series", 2, "2021-01"]];
  await store.change().set(one, "one").set(two, "two").commit();
  reads.length = 0;
  const read = () => store.cached(one, ({ value }) => value);
  assert.deepEqual(await Promise.all([read(), read()]), ["one", "one"]);
  assert.deepEqual(await store.cachedMany([one, two], ({ value }) => value), ["one", "two"]);
  assert.deepEqual(reads, [one, two]);
  await store.change().set(one, "other").commit();
  assert.equal(await read(), "other");
  assert.deepEqual(reads, [one, two, one]);
});

Deno.test("a portfolio is kept once it is asked for again, until somebody writes it", async () => {
  const reads: Deno.KvKey[] = [];
  using opened = await openTestStore({}, counting(reads));
  const { store } = opened;
  const key = ["portfolios", 1];
  const read = () => store.cached(key, ({ value }) => value);
  const timesRead = async (expected: unknown) => {
    reads.length = 0;
    for (let i = 0; i < 4; i++) assert.equal(await read(), expected);
    return reads.length;
  };
  assert.equal(await timesRead(null), 2);
  await store.change().set(key, "one").commit();
  assert.equal(await timesRead("one"), 1);
  await store.change().set(key, "other").commit();
  assert.equal(await timesRead("other"), 1);
});

Deno.test("what is written after it was asked for once is what the second reader is given", async () => {
  using opened = await openTestStore();
  const { store } = opened;
  const key = ["portfolios", 1];
  const read = () => store.cached(key, ({ value }) => value);
  assert.equal(await read(), null);
  await store.change().set(key, "one").commit();
  assert.equal(await read(), "one");
  await store.change().set(key, "other").commit();
  assert.equal(await read(), "other");
});

Deno.test("those who ask at one time cost one read, of what is not kept too", async () => {
  const reads: Deno.KvKey[] = [];
  using opened = await openTestStore({}, counting(reads));
  const { store } = opened;
  reads.length = 0;
  const readThrice = () =>
    Promise.all(Array.from({ length: 3 }, () => store.cached(["portfolios", 1], ({ value }) => value)));
  for (const expected of [1, 2, 2]) {
    assert.deepEqual(await readThrice(), [null, null, null]);
    assert.equal(reads.length, expected);
  }
  assert.equal(store.cacheCounts("portfolios").entries, 1);
});

Deno.test("that there is nothing is kept too, until there is something", async () => {
  const reads: Deno.KvKey[] = [];
  using opened = await openTestStore({}, counting(reads));
  const { store } = opened;
  reads.length = 0;
  const key = ["assets_by_symbol", "AAPL"];
  const read = () => store.cached(key, ({ value }) => value);
  assert.deepEqual([await read(), await read()], [null, null]);
  assert.equal(reads.length, 1);
  await store.change().set(key, 1).commit();
  assert.equal(await read(), 1);
  await store.change().delete(key).commit();
  assert.equal(await read(), null);
});

Deno.test("everything under a prefix is kept as one, until any of it is written", async () => {
  const reads: Deno.KvKey[] = [];
  using opened = await openTestStore({}, counting(reads));
  const { store } = opened;
  const read = (assetNo: number) =>
    store.cachedAll(["splits", assetNo], (entries) => entries.map(({ key }) => key.slice(1)));
  await store.change().set(["splits", 1, "2020-08-31"], {}).commit();
  assert.deepEqual(await read(1), [[1, "2020-08-31"]]);
  assert.deepEqual(await read(2), []);
  reads.length = 0;
  await store.change().set(["splits", 1, "2014-06-09"], {}).commit();
  assert.deepEqual(await read(1), [[1, "2014-06-09"], [1, "2020-08-31"]]);
  assert.deepEqual(await read(2), []);
  assert.deepEqual(reads, [["splits", 1]]);
});

Deno.test("what belongs to no family is never kept", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  const read = () => store.cached(["jobs", "x"], ({ value }) => value);
  assert.equal(await read(), null);
  await kv.set(["jobs", "x"], "written past the store");
  assert.equal(await read(), "written past the store");
});

Deno.test("a read that fails is tried again by the next reader", async () => {
  let isBroken = false;
  const broken = (kv: Deno.Kv) =>
    kvWith(kv, { get: (key) => isBroken ? Promise.reject(new Error("disk I/O error")) : kv.get(key) });
  using opened = await openTestStore({}, broken);
  isBroken = true;
  const read = () => opened.store.cached(["series", 1, "2021-01"], stampOf);
  await assert.rejects(Promise.all([read(), read()]), { type: "unavailable" });
  isBroken = false;
  assert.equal(await read(), null);
  const undecodable = () => opened.store.cached(["series", 2, "2021-01"], () => assert.fail("not of this form"));
  await assert.rejects(undecodable(), /not of this form/);
  await assert.rejects(undecodable(), /not of this form/);
});

Deno.test("the least recently read makes room", async () => {
  const cache = readCache(2);
  const reads: string[] = [];
  const get = (id: string) => cache.get(id, () => Promise.resolve(reads.push(id)));
  for (const id of ["a", "b", "a", "c", "a", "b"]) await get(id);
  assert.deepEqual(reads, ["a", "b", "c", "b"]);
  cache.clear();
  await get("a");
  assert.deepEqual(reads.at(-1), "a");
});

Deno.test("whatever is read, no more is kept than the bound says", async () => {
  const [max, heaviest] = [1_000, 400];
  const asked = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: heaviest })), { maxLength: 200 });
  await fc.assert(fc.asyncProperty(asked, async (asked) => {
    const cache = readCache(max, (value) => Number(value));
    for (const [id, weight] of asked) await cache.get(`${id}`, () => Promise.resolve(weight));
    let kept = 0;
    for (const id of new Set(asked.map(([id]) => `${id}`))) {
      kept += await cache.get(id, () => Promise.reject(new Error("it is not kept"))).catch(() => 0);
    }
    // The last entry of each half may stand over.
    assert.ok(kept <= max + 2 * heaviest, `${kept} are kept`);
  }));
});

Deno.test("what is asked for once pushes out nothing that is kept", async () => {
  const cache = readCache(100, () => 10, doorkeeper());
  const get = (id: string) => cache.get(id, () => Promise.resolve(id));
  for (let i = 0; i < 2; i++) await get("stays");
  for (let i = 0; i < 1_000; i++) await get(`${i}`);
  assert.equal(await cache.get("stays", () => assert.fail("it was pushed out")), "stays");
  assert.equal(cache.counts().entries, 1);
});

Deno.test("what is forgotten takes no room", async () => {
  const cache = readCache(100, () => 10);
  const get = (id: string) => cache.get(id, () => Promise.resolve(id));
  await get("stays");
  for (let i = 0; i < 100; i++) {
    await get("written");
    cache.forget("written");
  }
  await cache.get("stays", () => assert.fail("it was pushed out"));
});

Deno.test("what a value takes is known roughly", () => {
  const bar = { date: "2021-11-05", open: 1.5, close: 2.5, source: "fixture" };
  const of = (bars: number) => roughBytes(Array.from({ length: bars }, () => bar));
  assert.equal(of(200) - of(100), of(100) - of(0));
  assert.ok(of(100) > 10_000 && of(100) < 30_000, `${of(100)}`);
  assert.equal(roughBytes(new Float64Array(256)) - roughBytes(new Float64Array(0)), 8 * 256);
  const sheet = new Map(Array.from({ length: 256 }, (_, i) => [i, 1.5]));
  assert.ok(roughBytes(sheet) > 10_000 && roughBytes(sheet) < 30_000, `${roughBytes(sheet)}`);
});

Deno.test("any number of keys is read in calls of ten, in order", async () => {
  const calls: number[] = [];
  const watched = (kv: Deno.Kv) => kvWith(kv, { getMany: (keys) => (calls.push(keys.length), kv.getMany(keys)) });
  using opened = await openTestStore({}, watched);
  const { kv, store } = opened;
  const keys = Array.from({ length: 25 }, (_, i) => ["series", i, "2021-01"]);
  for (const key of keys) await kv.set(key, key[1]);
  calls.length = 0;
  assert.deepEqual((await store.getMany(keys)).map(({ value }) => value), keys.map(([, i]) => i));
  assert.deepEqual(await store.cachedMany(keys, ({ value }) => value), keys.map(([, i]) => i));
  assert.deepEqual(await store.cachedMany(keys, ({ value }) => value), keys.map(([, i]) => i));
  assert.deepEqual(calls, [10, 10, 5, 10, 10, 5]);
  assert.deepEqual(await store.getMany([]), []);
});
