import assert from "node:assert/strict";
import { TooLarge } from "../../../lib/store/change.ts";
import { kvWith, openTestStore, portfolio } from "./harness.ts";

const NEW_VERSION = /^[0-9a-f]{20}$/;

Deno.test("a change is made as a whole or not at all", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  const stamp = await store.change().set(["a"], 1).set(["b"], 2).commit();
  assert.match(stamp ?? "", NEW_VERSION);
  assert.equal(await store.change().check(["a"], null).set(["b"], 3).delete(["a"]).commit(), undefined);
  assert.equal((await kv.get(["b"])).value, 2);
  assert.ok(await store.change().check(["a"], stamp ?? "").set(["b"], 3).delete(["a"]).commit());
  assert.deepEqual([(await kv.get(["a"])).value, (await kv.get(["b"])).value], [null, 3]);
});

Deno.test("a change takes 10 checks and refuses the 11th before anything is written", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  const checking = (count: number) => {
    const change = store.change().set(["written"], count);
    for (let i = 0; i < count; i++) change.check(["none", i], null);
    return change;
  };
  await assert.rejects(checking(11).commit(), TooLarge);
  assert.equal((await kv.get(["written"])).value, null);
  assert.ok(await checking(10).commit());
});

Deno.test("a change takes 1,000 mutations, the versions that it raises among them, and no more", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  const writing = (first: string, count: number) => {
    const change = store.change();
    for (let i = 0; i < count; i++) change.set([first, i], true);
    return change;
  };
  assert.ok(await writing("other", 1_000).commit());
  await assert.rejects(writing("other", 1_001).commit(), TooLarge);
  assert.ok(await writing("series", 999).commit());
  const version = store.version("market");
  await assert.rejects(writing("series", 1_000).commit(), TooLarge);
  assert.equal((await kv.get(["series", 999])).value, null);
  assert.equal(store.version("market"), version);
});

Deno.test("a family's version rises with each commit that touches it, and with no other", async () => {
  using opened = await openTestStore();
  const { store, ctx: { portfolios } } = opened;
  const versions = () => [store.version("market"), store.version("portfolios")];
  const [market, none] = versions();
  const stamp = await portfolios.insert(store.change(), portfolio(1)).commit();
  assert.deepEqual(versions(), [market, stamp]);
  assert.ok(String(stamp) > String(none));
  const next = await store.change().delete(["portfolios_by_asset", 1, 1]).set(["splits", 1, "2021-01-04"], {}).commit();
  assert.deepEqual(versions(), [next, next]);
  assert.ok(String(next) > String(stamp));
  await store.change().set(["jobs", "x"], {}).commit();
  assert.equal(await store.change().check(["portfolios", 1], null).set(["portfolios", 1], {}).commit(), undefined);
  assert.deepEqual(versions(), [next, next]);
});

Deno.test("versions are those of the store, not of the process", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  const stamp = await store.change().set(["series", 1, "2021-01"], {}).commit();
  assert.equal((await kv.get(["versions", "market"])).versionstamp, stamp);
});

Deno.test("a commit that finds the file locked is made again; any other failure is passed on", async () => {
  const failures = ["database is locked", "database is locked", "disk I/O error"];
  const lockedAtFirst = (kv: Deno.Kv) =>
    kvWith(kv, {
      atomic() {
        const operation = kv.atomic();
        const commit = operation.commit.bind(operation);
        operation.commit = () => {
          const failure = failures.shift();
          return failure === undefined ? commit() : Promise.reject(new Error(failure));
        };
        return operation;
      },
    });
  using opened = await openTestStore({}, lockedAtFirst);
  const { kv, store } = opened;
  await assert.rejects(store.change().set(["a"], 1).commit(), { type: "unavailable" });
  assert.equal((await kv.get(["a"])).value, null);
  failures.push("database is locked", "database is locked");
  assert.ok(await store.change().set(["a"], 1).commit());
  assert.equal((await kv.get(["a"])).value, 1);
});

Deno.test("an entry that expires is set with its time", async () => {
  const expiries: (number | undefined)[] = [];
  const watched = (kv: Deno.Kv) =>
    kvWith(kv, {
      atomic() {
        const operation = kv.atomic();
        const set = operation.set.bind(operation);
        operation.set = (key, value, options) => {
          expiries.push(options?.expireIn);
          return set(key, value, options);
        };
        return operation;
      },
    });
  using opened = await openTestStore({}, watched);
  await opened.store.change().set(["a"], 1, { expireInMs: 60_000 }).set(["b"], 1).commit();
  assert.deepEqual(expiries, [60_000, undefined]);
});
