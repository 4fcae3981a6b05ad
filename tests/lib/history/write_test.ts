import assert from "node:assert/strict";
import { readSeries } from "../../../lib/history/read.ts";
import { type AssetBar, writeBars } from "../../../lib/history/write.ts";
import { openStore } from "../../../lib/store/store.ts";
import { contextOf, keysIn, kvWith } from "../store/harness.ts";
import { assertClean, assetBar, bar, openMarket } from "./harness.ts";

const closesOf = (bars: readonly { date: string; close: number }[]) => bars.map(({ date, close }) => [date, close]);

Deno.test("a second write of the same writes nothing and leaves the version", async () => {
  using opened = await openMarket(1, 300);
  const { kv, store, ctx } = opened;
  const bars = [assetBar(1, "2021-01-04", 10), assetBar(1, "2021-02-01", 11), assetBar(300, "2021-01-04", 20)];
  assert.deepEqual(await writeBars(ctx, bars), { written: 3, unchanged: 0, corrected: 0 });
  const before = await Array.fromAsync(kv.list({ prefix: [] }));
  const version = store.version("market");
  assert.deepEqual(await writeBars(ctx, bars), { written: 0, unchanged: 3, corrected: 0 });
  assert.deepEqual(await Array.fromAsync(kv.list({ prefix: [] })), before);
  assert.equal(store.version("market"), version);
});

Deno.test("a bar that differs in any value takes the other's place; where it came from makes no difference", async () => {
  using opened = await openMarket(1);
  const { ctx } = opened;
  const first = bar("2021-01-04", 10, { volume: 5 });
  await writeBars(ctx, [{ assetNo: 1, bar: first }]);
  const again = await writeBars(ctx, [{ assetNo: 1, bar: { ...first, source: "other" } }]);
  assert.deepEqual(again, { written: 0, unchanged: 1, corrected: 0 });
  const corrected = await writeBars(ctx, [{ assetNo: 1, bar: { ...first, volume: 6, source: "other" } }]);
  assert.deepEqual(corrected, { written: 1, unchanged: 0, corrected: 1 });
  const [stored] = await readSeries(ctx, 1);
  assert.deepEqual([stored?.volume, stored?.source], [6, "other"]);
  await assertClean(ctx);
});

Deno.test("of two bars of one day the later one given counts, once", async () => {
  using opened = await openMarket(1);
  const { ctx } = opened;
  const bars = [assetBar(1, "2021-01-04", 10), assetBar(1, "2021-01-05", 12), assetBar(1, "2021-01-04", 11)];
  assert.deepEqual(await writeBars(ctx, bars), { written: 2, unchanged: 0, corrected: 0 });
  assert.deepEqual(closesOf(await readSeries(ctx, 1)), [["2021-01-04", 11], ["2021-01-05", 12]]);
});

Deno.test("each bar says when this store came to know it", async () => {
  using opened = await openMarket(1);
  const later = { ...opened.ctx, now: () => new Date("2026-11-21T08:00:00Z") };
  await writeBars(opened.ctx, [assetBar(1, "2021-01-04", 10), assetBar(1, "2021-01-05", 10)]);
  await writeBars(later, [assetBar(1, "2021-01-04", 10), assetBar(1, "2021-01-05", 11)]);
  const seconds = (await readSeries(later, 1)).map(({ recordedAtSeconds }) => recordedAtSeconds);
  assert.deepEqual(seconds, [Date.parse("2026-11-20T08:00:00Z") / 1_000, Date.parse("2026-11-21T08:00:00Z") / 1_000]);
});

Deno.test("an asset that does not exist gets no history", async () => {
  using opened = await openMarket(1);
  const { kv, ctx } = opened;
  assert.deepEqual(await writeBars(ctx, [assetBar(2, "2021-01-04", 10)]), { written: 0, unchanged: 0, corrected: 0 });
  assert.deepEqual((await keysIn(kv)).filter((key) => /^(series|sheets|shards)/.test(key)), []);
});

Deno.test("progress is told after each atomic operation", async () => {
  using opened = await openMarket(1, 300);
  const bars = [assetBar(1, "2021-01-04", 1), assetBar(1, "2021-02-01", 1), assetBar(300, "2021-01-04", 1)];
  const settled: number[] = [];
  await writeBars(opened.ctx, bars, { onProgress: (done) => void settled.push(done) });
  assert.deepEqual(settled, [1, 2, 3]);
});

Deno.test("any number of writers of one shard lose no bar", async () => {
  using opened = await openMarket(1, 2, 3);
  const { ctx } = opened;
  const days = Array.from({ length: 80 }, (_, i) => new Date(Date.UTC(2021, 0, 4 + i)).toISOString().slice(0, 10));
  const written = await Promise.all(
    days.map((day, i) => writeBars(ctx, [assetBar(1 + i % 3, day, i + 1), assetBar(1 + (i + 1) % 3, day, i + 2)])),
  );
  assert.deepEqual(written, days.map(() => ({ written: 2, unchanged: 0, corrected: 0 })));
  for (const no of [1, 2, 3]) {
    const expected = days.flatMap((day, i) =>
      1 + i % 3 === no ? [[day, i + 1]] : 1 + (i + 1) % 3 === no ? [[day, i + 2]] : []
    );
    assert.deepEqual(closesOf(await readSeries(ctx, no)), expected);
  }
  await assertClean(ctx);
});

Deno.test("nor do two processes that write the same shard", async () => {
  using opened = await openMarket(1, 2);
  const { kv, ctx } = opened;
  const other = contextOf(await openStore(kvWith(kv, { close: () => {} }), { shared: false }));
  const days = Array.from({ length: 20 }, (_, i) => new Date(Date.UTC(2021, 0, 20 + i)).toISOString().slice(0, 10));
  await Promise.all(days.flatMap((day, i) => [
    writeBars(ctx, [assetBar(1, day, i + 1)]),
    writeBars(other, [assetBar(2, day, i + 101)]),
  ]));
  const reader = contextOf(await openStore(kvWith(kv, { close: () => {} }), { shared: false }));
  assert.deepEqual(closesOf(await readSeries(reader, 1)), days.map((day, i) => [day, i + 1]));
  assert.deepEqual(closesOf(await readSeries(reader, 2)), days.map((day, i) => [day, i + 101]));
  await assertClean(ctx);
});

Deno.test("writers of the same bars at once: one of them wrote each", async () => {
  using opened = await openMarket(1, 300);
  const { ctx } = opened;
  const bars: AssetBar[] = [assetBar(1, "2021-01-04", 1), assetBar(1, "2021-02-01", 2), assetBar(300, "2021-01-04", 3)];
  const results = await Promise.all(Array.from({ length: 8 }, () => writeBars(ctx, bars)));
  assert.equal(results.reduce((total, { written }) => total + written, 0), 3);
  assert.equal(results.reduce((total, { unchanged }) => total + unchanged, 0), 21);
  await assertClean(ctx);
});
