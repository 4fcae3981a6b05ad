import assert from "node:assert/strict";
import type { Context } from "../../../lib/context.ts";
import { addDays } from "../../../lib/day.ts";
import { eraseHistory, promiseErasure } from "../../../lib/history/erase.ts";
import { writeBars } from "../../../lib/history/write.ts";
import { ASSET_REMOVALS, watchAssetRemovals } from "../../../lib/store/assets.ts";
import { nextNumber } from "../../../lib/store/sequence.ts";
import { openStore, pastCache, type Store } from "../../../lib/store/store.ts";
import { investments } from "../../../lib/verify/investments.ts";
import { turn } from "../../support/clock.ts";
import { assetBar, faultsIn } from "../history/harness.ts";
import { asset, contextOf, kvWith, portfolio, type TestStore } from "../store/harness.ts";
import { openSample } from "./harness.ts";

const ROUNDS = 25;

/** An asset that comes, gets history, is held for a while, and goes with all it had. */
async function comeAndGo({ store, ctx }: TestStore, round: number): Promise<void> {
  const number = await nextNumber(store, "assets");
  const no = number.number;
  await ctx.assets.insert(number.stage(store.change()), asset(no)).commit();
  await writeBars(ctx, [assetBar(no, addDays("2021-01-20", round), round + 1), assetBar(no, "2021-03-01", round + 1)]);
  const removals = await watchAssetRemovals(store);
  const held = portfolio(100 + round, { investments: [{ assetNo: no, amount: "1" }] });
  const id = store.change().set(["sequences", "portfolios"], held.id);
  await ctx.portfolios.insert(removals(id), held).commit();
  const stored = await ctx.portfolios.getFresh(held.id);
  assert.ok(stored);
  await ctx.portfolios.remove(store.change(), stored).commit();
  const removed = await ctx.assets.getFresh(no);
  assert.ok(removed);
  await ctx.assets.remove(promiseErasure(store.change().set(ASSET_REMOVALS, true), no), removed).commit();
  await eraseHistory(ctx, no);
}

Deno.test("a store that is written to all the time is found clean all the same", async () => {
  using opened = await openSample();
  const { ctx } = opened;
  let isWriting = true;
  const writer = async () => {
    for (let round = 0; round < ROUNDS; round++) await comeAndGo(opened, round);
  };
  const renamer = async () => {
    for (let round = 0; isWriting; round++) {
      await ctx.portfolios.update(1, (before) => ({ ...before ?? portfolio(1), name: `Name ${round}` }));
      await ctx.assets.update(2, (before) => ({ ...before ?? asset(2), sector: round % 2 ? "energy" : "materials" }));
      await writeBars(ctx, [assetBar(1 + round % 3, addDays("2021-04-01", round % 90), round + 1)]);
    }
  };
  const verifier = async () => {
    let times = 0;
    for (; isWriting; times++) assert.deepEqual(await faultsIn(ctx), []);
    return times;
  };
  const [times] = await Promise.all([verifier(), renamer(), writer().finally(() => isWriting = false)]);
  assert.ok(times > 1, `looked ${times} times`);
  assert.deepEqual(await faultsIn(ctx), []);
});

/** A store that agrees with itself, and a context in which something happens each time that a shard's series are read. */
async function withDisturbed(
  disturb: (opened: TestStore, looks: number) => Promise<unknown>,
  test: (ctx: Context) => Promise<void>,
): Promise<void> {
  using opened = await openSample();
  const { kv } = opened;
  let looks = 0;
  const disturbed = kvWith(kv, {
    async *list(selector, options) {
      const entries = await Array.fromAsync(kv.list(selector, options));
      const isLook = !("prefix" in selector) && selector.start.length === 2 && selector.start[0] === "series";
      if (isLook && options?.limit !== 1) await disturb(opened, looks++);
      yield* entries;
    },
  });
  const store: Store = { ...opened.store, list: disturbed.list.bind(disturbed), forgiving: () => pastCache(store) };
  await test(contextOf(store));
}

Deno.test("a shard that another process changes meanwhile is looked at again", () =>
  withDisturbed(
    async ({ kv }, looks) => {
      if (looks > 5) return;
      const other = contextOf(await openStore(kvWith(kv, { close: () => {} }), { shared: false }));
      await writeBars(other, [assetBar(1, "2021-01-28", 100 + looks), assetBar(300, "2021-01-28", 100 + looks)]);
    },
    async (ctx) => assert.deepEqual(await faultsIn(ctx), []),
  ));

Deno.test("one that never comes to rest cannot be vouched for", () =>
  withDisturbed(
    ({ kv }, looks) => kv.set(["shards", 0], looks),
    async (ctx) => await assert.rejects(faultsIn(ctx), /Shard 0 changed 20 times while it was looked at/),
  ));

Deno.test("writers of this process wait until a shard has been looked at", async () => {
  const writes: Promise<unknown>[] = [];
  await withDisturbed(
    async ({ ctx }, looks) => {
      writes.push(writeBars(ctx, [assetBar(1, "2021-01-28", 100 + looks), assetBar(300, "2021-01-28", 100 + looks)]));
      for (let turns = 0; turns < 100; turns++) await turn();
    },
    async (ctx) => {
      assert.deepEqual(await faultsIn(ctx), []);
      await Promise.all(writes);
      assert.equal(writes.length, 2);
      assert.deepEqual(await faultsIn(contextOf({ ...ctx.store })), []);
    },
  );
});

Deno.test("an asset that left its portfolio before it was removed is no fault, however late that is seen", async () => {
  using opened = await openSample();
  const { store, ctx } = opened;
  const moves: [number, number[]][] = [[300, [301]], [301, []]];
  const move = async (removed: number, held: number[]) => {
    const holdings = held.map((assetNo) => ({ assetNo, amount: "1" }));
    for (const id of [1, 2]) {
      await ctx.portfolios.update(id, (before) => ({ ...before ?? portfolio(id), investments: holdings }));
    }
    const gone = await ctx.assets.getFresh(removed);
    assert.ok(gone);
    await ctx.assets.remove(store.change(), gone).commit();
  };
  const disturbed = contextOf({
    ...store,
    async getMany(keys) {
      const next = moves.shift();
      if (next !== undefined) await move(...next);
      return await store.getMany(keys);
    },
  });
  const faults = await Array.fromAsync(investments.faults({ ctx: disturbed, count: () => {} }));
  assert.deepEqual([faults, moves], [[], []]);
});
