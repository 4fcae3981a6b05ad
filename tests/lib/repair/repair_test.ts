import assert from "node:assert/strict";
import { finishErasures } from "../../../lib/history/erase.ts";
import { adviceOn, type Left, repairOnce } from "../../../lib/repair/mod.ts";
import { openStore, type Store } from "../../../lib/store/store.ts";
import { verify } from "../../../lib/verify/mod.ts";
import { asset, contextOf, kvWith } from "../store/harness.ts";
import { contentsOf, openSample, repairAll } from "../verify/harness.ts";
import { damage, DAMAGES } from "./damages.ts";
import { fill } from "./harness.ts";

const kindsIn = async (store: Store): Promise<string[]> => {
  const kinds = await Array.fromAsync(verify(contextOf(store)), ({ kind }) => kind);
  return [...new Set(kinds)].sort();
};

Deno.test("a store with every kind of fault: those for people are left, each with advice", async () => {
  using opened = await openSample();
  await damage(opened.kv);
  const kinds = Object.keys(DAMAGES) as (keyof typeof DAMAGES)[];
  assert.deepEqual(await kindsIn(opened.store), kinds.toSorted());
  await repairAll(opened.ctx);
  assert.deepEqual(await kindsIn(opened.store), kinds.filter((kind) => adviceOn(kind) !== undefined).sort());
});

/** A process on this store that dies instead of its n-th commit; answers how many there were. */
async function repairCutAt(kv: Deno.Kv, n: number): Promise<number> {
  let [commits, isDead] = [0, false];
  const alive = <T>(work: () => T): T => {
    if (isDead) throw new Error("dead");
    return work();
  };
  const mortal = kvWith(kv, {
    get: (key) => alive(() => kv.get(key)),
    getMany: ((keys: Deno.KvKey[]) => alive(() => kv.getMany<unknown[]>(keys))) as Deno.Kv["getMany"],
    list: (selector, options) => alive(() => kv.list(selector, options)),
    atomic() {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = () =>
        alive(() => {
          isDead = ++commits === n;
          return isDead ? Promise.reject(new Error("dead")) : commit();
        });
      return operation;
    },
    close: () => {},
  });
  const store = await openStore(mortal, { shared: false });
  await repairAll(contextOf(store)).catch((error) => assert.ok(isDead, error));
  store.close();
  return commits;
}

/** What there is once a process repairs it that nothing disturbs, and the next start has finished what was begun. */
async function endOf(kv: Deno.Kv): Promise<Map<string, string>> {
  const store = await openStore(kvWith(kv, { close: () => {} }), { shared: false });
  await repairAll(contextOf(store));
  await finishErasures({ ...contextOf(store), log: console });
  store.close();
  return await contentsOf(kv);
}

Deno.test("a repair that is cut off before any of its commits: the next one comes to the same end", async () => {
  using opened = await openSample();
  await damage(opened.kv);
  const damaged = await contentsOf(opened.kv);
  const commits = await repairCutAt(opened.kv, Infinity);
  const end = await endOf(opened.kv);
  assert.ok(commits > 20, `${commits} commits`);
  for (let n = 1; n <= commits; n++) {
    using kv = await Deno.openKv(":memory:");
    await fill(kv, damaged);
    assert.equal(await repairCutAt(kv, n), n);
    assert.deepEqual(await endOf(kv), end, `cut off at commit ${n}`);
  }
});

Deno.test("what somebody changes meanwhile is left to the next look", async () => {
  using opened = await openSample();
  const { kv, ctx } = opened;
  await kv.delete(["assets_by_kind", "stock", "A2", 2]);
  let isFirst = true;
  const disturbed = kvWith(kv, {
    atomic() {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = async () => {
        if (isFirst) {
          isFirst = false;
          await ctx.assets.update(2, (before) => ({ ...before ?? asset(2), kind: "fund" }));
        }
        return await commit();
      };
      return operation;
    },
    close: () => {},
  });
  const store = await openStore(disturbed, { shared: false });
  const left: Left[] = [];
  assert.equal(await repairOnce(contextOf(store), { onLeft: (one) => left.push(one) }), 0);
  assert.deepEqual(left.map(({ fault, failure }) => [fault.kind, failure]), [["missing_pointer", undefined]]);
  assert.deepEqual(await kindsIn(store), []);
  store.close();
});

Deno.test("a repair that fails says why, and holds up no other", async () => {
  using opened = await openSample();
  const { kv } = opened;
  await kv.set(["aaa"], 1);
  await kv.set(["zzz"], 1);
  let isFirst = true;
  const failing = kvWith(kv, {
    atomic() {
      const operation = kv.atomic();
      if (!isFirst) return operation;
      isFirst = false;
      operation.commit = () => Promise.reject(new Error("disk full"));
      return operation;
    },
    close: () => {},
  });
  const store = await openStore(failing, { shared: false });
  const left: Left[] = [];
  assert.equal(await repairOnce(contextOf(store), { onLeft: (one) => left.push(one) }), 1);
  assert.deepEqual(left.map(({ fault, failure }) => [fault.key, failure]), [[["aaa"], "disk full"]]);
  store.close();
});
