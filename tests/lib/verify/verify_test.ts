import assert from "node:assert/strict";
import { finishErasures } from "../../../lib/history/erase.ts";
import { verify } from "../../../lib/verify/mod.ts";
import { faultsIn } from "../history/harness.ts";
import { asset } from "../store/harness.ts";
import { contentsOf, openSample, patchSpan, valueIn } from "./harness.ts";

Deno.test("a store that agrees with itself has no faults, and everything in it was looked at", async () => {
  using opened = await openSample();
  const counts = new Map<string, number>();
  const faults = await Array.fromAsync(
    verify(opened.ctx, (what, more) => counts.set(what, (counts.get(what) ?? 0) + more)),
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(Object.fromEntries(counts), {
    "portfolios": 2,
    "assets": 6,
    "market_days": 1,
    "jobs": 1,
    "pacing": 1,
    "schedules": 1,
    "index entries": 6 + 7 + 2 * 6 + 2 * 7 + 1 + 5,
    "investments": 4,
    "splits": 1,
    "dividends": 1,
    "values of superseded splits": 1,
    "values of superseded dividends": 1,
    "blocks": 8,
    "bars": 12,
    "values of superseded bars": 6,
  });
});

Deno.test("a note that would erase the history of an asset that exists erases nothing", async () => {
  using opened = await openSample();
  await opened.kv.set(["erasures", 1], true);
  const before = await contentsOf(opened.kv);
  await finishErasures({ ...opened.ctx, log: console });
  assert.deepEqual(await contentsOf(opened.kv), before);
});

Deno.test("what a removed asset has left is no fault as long as its erasure is pending", async () => {
  using opened = await openSample();
  const { kv, store, ctx } = opened;
  await kv.set(["erasures", 2], true);
  const removed = await ctx.assets.getFresh(2);
  assert.deepEqual(removed?.value, asset(2));
  await ctx.assets.remove(store.change(), removed).commit();
  await patchSpan(kv, 0, 1, { lastClose: 7 });
  await kv.set(["splits", 2, "2021-01-29"], await valueIn(kv, ["splits", 1, "2021-01-29"]));
  assert.deepEqual(await faultsIn(ctx), []);
});
