/**
 * A market of a test's own: assets by number, and a plain model of their bars to compare with.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Context } from "../../../lib/context.ts";
import type { Bar } from "../../../lib/history/bar.ts";
import type { AssetBar } from "../../../lib/history/write.ts";
import { keyText, verify } from "../../../lib/verify/mod.ts";
import { asset, openTestStore, type TestStore } from "../store/harness.ts";

/** Assets of these numbers, which have no history yet. */
export async function openMarket(...assetNos: number[]): Promise<TestStore> {
  const opened = await openTestStore();
  const { store, ctx } = opened;
  for (const no of assetNos) await ctx.assets.insert(store.change(), asset(no)).commit();
  await store.change().set(["sequences", "assets"], Math.max(...assetNos)).commit();
  return opened;
}

export const bar = (date: string, close: number, facts: Partial<Bar> = {}): Bar => ({
  date,
  open: null,
  high: null,
  low: null,
  close,
  volume: null,
  vwap: null,
  preMarket: null,
  afterHours: null,
  source: "test",
  ...facts,
});

export const assetBar = (assetNo: number, date: string, close: number): AssetBar => ({
  assetNo,
  bar: bar(date, close),
});

export async function faultsIn(ctx: Context): Promise<string[]> {
  return await Array.fromAsync(verify(ctx), ({ key, what }) => `${keyText(key)} ${what}`);
}

export const assertClean = async (ctx: Context): Promise<void> => assert.deepEqual(await faultsIn(ctx), []);

/** Bars by asset and date, as whoever wrote them last said. */
export interface MarketModel {
  write(bars: Iterable<AssetBar>): void;
  remove(assetNo: number): void;
  /** By rising date. */
  series(assetNo: number): Bar[];
  /** Closes by asset. */
  day(date: string): Map<number, number>;
  /** Every day with a bar, by rising date. */
  dates(): string[];
}

export function marketModel(): MarketModel {
  const assets = new Map<number, Map<string, Bar>>();
  return {
    write(bars) {
      for (const { assetNo, bar } of bars) {
        assets.set(assetNo, (assets.get(assetNo) ?? new Map<string, Bar>()).set(bar.date, bar));
      }
    },
    remove: (assetNo) => void assets.delete(assetNo),
    series: (assetNo) => [...assets.get(assetNo)?.values() ?? []].sort((a, b) => a.date < b.date ? -1 : 1),
    day(date) {
      const closes = new Map<number, number>();
      for (const [no, bars] of assets) {
        const bar = bars.get(date);
        if (bar !== undefined) closes.set(no, bar.close);
      }
      return closes;
    },
    dates: () => [...new Set([...assets.values()].flatMap((bars) => [...bars.keys()]))].sort(),
  };
}
