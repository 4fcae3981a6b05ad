import assert from "node:assert/strict";
import fc from "fast-check";
import type { Context } from "../../../lib/context.ts";
import { eraseHistory, finishErasures, promiseErasure } from "../../../lib/history/erase.ts";
import { readSeries } from "../../../lib/history/read.ts";
import { writeBars } from "../../../lib/history/write.ts";
import { setDividend, setSplit } from "../../../lib/history/corporate_actions.ts";
import { ASSET_REMOVALS } from "../../../lib/store/assets.ts";
import { openStore, type Store } from "../../../lib/store/store.ts";
import { contextOf, delayed, keysIn, NOW, type TestStore } from "../store/harness.ts";
import { ASSET_NOS, assetBars } from "./arbitraries.ts";
import { assertClean, assetBar, marketModel, openMarket } from "./harness.ts";

const CRASH = "the process is gone";

/** The same store, until so many commits were made. */
function dyingAfter(store: Store, commits: number): Context {
  let left = commits;
  const dying = {
    change() {
      const change = store.change();
      const commit = change.commit.bind(change);
      change.commit = () => left-- > 0 ? commit() : Promise.reject(new Error(CRASH));
      return change;
    },
  };
  return contextOf({ ...store, ...dying, forgiving: () => ({ ...store.forgiving(), ...dying }) });
}

const unlessCrashed = (error: Error): boolean => {
  if (error.message !== CRASH) throw error;
  return false;
};

Deno.test("property: a write that was cut off anywhere leaves what agrees with itself, and the next one completes it", async () => {
  const commits = fc.nat({ max: 8 });
  await fc.assert(
    fc.asyncProperty(assetBars, assetBars, commits, async (before, bars, commits) => {
      using opened = await openMarket(...ASSET_NOS);
      const { store, ctx } = opened;
      await writeBars(ctx, before);
      await writeBars(dyingAfter(store, commits), bars).catch(unlessCrashed);
      await assertClean(ctx);
      await writeBars(ctx, bars);
      await assertClean(ctx);
      const model = marketModel();
      model.write(before);
      model.write(bars);
      for (const no of ASSET_NOS) {
        const closes = (await readSeries(ctx, no)).map(({ date, close }) => [date, close]);
        assert.deepEqual(closes, model.series(no).map(({ date, close }) => [date, close]));
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("a write that is told to stop ends between two operations, with what it was told for a reason", async () => {
  using opened = await openMarket(1, 300);
  const { ctx } = opened;
  const bars = [assetBar(1, "2021-01-04", 1), assetBar(1, "2021-02-01", 1), assetBar(300, "2021-01-04", 1)];
  const stop = new AbortController();
  const reason = new Error("the server stops");
  const writing = writeBars(ctx, bars, { signal: stop.signal, onProgress: () => stop.abort(reason) });
  await assert.rejects(writing, reason);
  assert.equal((await readSeries(ctx, 1)).length, 1);
  await assertClean(ctx);
  assert.deepEqual(await writeBars(ctx, bars), { written: 2, unchanged: 1, corrected: 0 });
  await assertClean(ctx);
});

const facts = { source: "test", recordedAt: NOW.toISOString() };

/** Two assets of one shard with bars on the same days, and one of them removed, its history still there. */
async function withRemoved(): Promise<TestStore> {
  const opened = await openMarket(1, 2);
  const { store, ctx } = opened;
  const days = ["2021-01-04", "2021-01-05", "2021-02-01", "2021-03-01"];
  await writeBars(ctx, days.flatMap((day) => [assetBar(1, day, 1), assetBar(2, day, 2)]));
  await writeBars(ctx, [assetBar(1, "2021-04-01", 1)]);
  await writeBars(ctx, [
    assetBar(1, "2021-01-04", 1.5),
    assetBar(2, "2021-01-04", 2.5),
    assetBar(1, "2021-04-01", 1.5),
  ]);
  const actions = store.change();
  setSplit(actions, 1, { executionDate: "2021-01-05", splitFrom: "1", splitTo: "4", ...facts });
  setDividend(actions, 1, { exDividendDate: "2021-02-01", cashAmount: "0.5", ...facts });
  await actions.commit();
  const removed = await ctx.assets.getFresh(1);
  assert.ok(removed);
  const change = promiseErasure(store.change().set(ASSET_REMOVALS, true), 1);
  await ctx.assets.remove(change, removed).commit();
  return opened;
}

/** Keys in which the asset's number stands, or the days that only it had. */
const leftOf = async ({ kv }: TestStore) =>
  (await keysIn(kv)).filter((key) => /^(series|splits|dividends|erasures)\/1(\/|$)|2021-04-01/.test(key));

Deno.test("an erasure that was cut off anywhere leaves what agrees with itself, and the next start completes it", async () => {
  for (let commits = 0;; commits++) {
    using opened = await withRemoved();
    const { store, ctx } = opened;
    await assertClean(ctx);
    const isDone = await eraseHistory(dyingAfter(store, commits), 1).then(() => true, unlessCrashed);
    await assertClean(ctx);
    await finishErasures({ ...ctx, log: console });
    await assertClean(ctx);
    assert.deepEqual(await leftOf(opened), []);
    assert.deepEqual(await readSeries(ctx, 1), []);
    assert.deepEqual((await readSeries(ctx, 2)).length, 4);
    if (isDone) return assert.ok(commits > 4, `the erasure took ${commits} commits`);
  }
});

Deno.test("property: a write that races with its asset's removal leaves nothing behind, and loses nobody else's bar", async () => {
  const days = ["2021-03-02", "2021-04-06", "2021-04-07"];
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      using opened = await openMarket(1, 2);
      const { kv, ctx } = opened;
      await writeBars(ctx, [assetBar(1, "2021-01-04", 1), assetBar(2, "2021-01-04", 2)]);
      const process = async () => contextOf(await openStore(delayed(kv, scheduler), { shared: false }));
      const [writer, remover] = await scheduler.waitFor(Promise.all([process(), process()]));
      const removal = async () => {
        const removed = await remover.assets.getFresh(1);
        assert.ok(removed);
        const change = promiseErasure(remover.store.change().set(ASSET_REMOVALS, true), 1);
        await remover.assets.remove(change, removed).commit();
        await eraseHistory(remover, 1);
      };
      const writes = days.map((day) => writeBars(writer, [assetBar(1, day, 1), assetBar(2, day, 2)]));
      await scheduler.waitFor(Promise.all([removal(), ...writes]));
      const reader = contextOf(await openStore(kv, { shared: false }));
      await assertClean(reader);
      assert.deepEqual(await leftOf(opened), []);
      assert.deepEqual((await readSeries(reader, 2)).map(({ date }) => date), ["2021-01-04", ...days]);
    }),
    { numRuns: 60 },
  );
});
