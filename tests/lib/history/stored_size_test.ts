import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { insertAssets, madeUpBar, weekdaysUpTo } from "../../../bench/made_up_market.ts";
import { contextOn } from "../../../lib/context.ts";
import { type AssetBar, writeBars } from "../../../lib/history/write.ts";
import { openStore } from "../../../lib/store/store.ts";

const MAX_BYTES_PER_BAR = 80;

/** A bar again, with a volume that the night before did not know. */
function lateTrades(assetNo: number, day: number, date: string): AssetBar {
  const bar = madeUpBar(assetNo, day, date);
  return { assetNo, bar: { ...bar, volume: (bar.volume ?? 0) + 17 * assetNo } };
}

Deno.test("a bar takes 80 bytes of the file or fewer, whether it came in bulk or night by night and was corrected", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/size.kv`;
    const [assets, bulk, nights] = [256, weekdaysUpTo("2021-10-29", 240), weekdaysUpTo("2021-11-26", 20)];
    const store = await openStore(await Deno.openKv(path), { shared: false });
    const ctx = contextOn(store, () => new Date("2021-11-27T08:00:00Z"), "America/New_York");
    await insertAssets(ctx, assets);
    const numbers = Array.from({ length: assets }, (_, i) => i + 1);
    const days = [...bulk.entries()];
    await writeBars(
      ctx,
      numbers.flatMap((no) => days.map(([day, date]) => ({ assetNo: no, bar: madeUpBar(no, day, date) }))),
    );
    for (const [night, date] of nights.entries()) {
      const day = bulk.length + night;
      await writeBars(ctx, numbers.map((no) => ({ assetNo: no, bar: madeUpBar(no, day, date) })));
      const before = nights[night - 1];
      if (before !== undefined) await writeBars(ctx, numbers.map((no) => lateTrades(no, day - 1, before)));
    }
    store.close();
    const file = new DatabaseSync(path);
    file.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    file.close();
    const bytesPerBar = (await Deno.stat(path)).size / (assets * (bulk.length + nights.length));
    assert.ok(bytesPerBar <= MAX_BYTES_PER_BAR, `${bytesPerBar} bytes a bar`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
