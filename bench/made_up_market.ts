/**
 * A market of any size, made up: the same bars on every run, without a generator's state, so that any part of it can be made
 * on its own.
 *
 * @module
 */
import type { Context } from "../lib/context.ts";
import { addDays, isWeekend } from "../lib/day.ts";
import type { Bar } from "../lib/history/bar.ts";
import { LAYOUT } from "../lib/history/layout.ts";
import { type AssetBar, writeBars } from "../lib/history/write.ts";
import { type Asset, SECTORS } from "../lib/store/assets.ts";

/** A change holds ten checks, and an asset takes two of them. */
const ASSETS_PER_CHANGE = 5;
const NOON = "2020-01-01T12:00:00.000Z";

/** The last weekdays up to a day, by rising date. */
export function weekdaysUpTo(last: string, count: number): string[] {
  const days: string[] = [];
  for (let day = last; days.length < count; day = addDays(day, -1)) if (!isWeekend(day)) days.unshift(day);
  return days;
}

export const madeUpAsset = (no: number): Asset => ({
  no,
  symbol: `A${String(no).padStart(5, "0")}`,
  name: `Asset ${no}`,
  kind: "stock",
  currency: "USD",
  sector: SECTORS[no % (SECTORS.length - 1)] ?? "unclassified",
  sectorWeights: null,
  sectorSource: "manual",
  chosen: [],
  figi: null,
  refreshedAt: "",
  formerSymbols: [],
  listedOn: null,
  symbolsAsked: true,
  symbolDoubt: null,
  marketSince: "",
  status: "active",
  createdAt: NOON,
  updatedAt: NOON,
});

/** Assets numbered from 1; for a store that has none. */
export async function insertAssets(ctx: Context, count: number): Promise<void> {
  for (let first = 1; first <= count; first += ASSETS_PER_CHANGE) {
    const last = Math.min(count, first + ASSETS_PER_CHANGE - 1);
    const change = ctx.store.change().set(["sequences", "assets"], last);
    for (let no = first; no <= last; no++) ctx.assets.insert(change, madeUpAsset(no));
    if (await change.commit() === undefined) throw new Error(`Assets ${first} to ${last} are there already`);
  }
}

/** Sessions by their place among all of a market's. */
export type PlacedDays = readonly (readonly [place: number, date: string])[];

/** As an import would bring it: a block's days of a shard at a time. */
export async function insertBars(ctx: Context, assets: number, days: PlacedDays, layout = LAYOUT): Promise<void> {
  for (const ofBlock of Map.groupBy(days, ([, date]) => layout.blockOf(date)).values()) {
    for (let first = 1; first <= assets; first += layout.assetsPerShard) {
      const last = Math.min(assets, first + layout.assetsPerShard - 1);
      await writeBars(ctx, barsOf(first, last, ofBlock), { layout });
    }
  }
}

export function* barsOf(first: number, last: number, days: PlacedDays): Generator<AssetBar> {
  for (let assetNo = first; assetNo <= last; assetNo++) {
    for (const [place, date] of days) yield { assetNo, bar: madeUpBar(assetNo, place, date) };
  }
}

/** The columns that a provider's grouped answer fills. */
export function madeUpBar(assetNo: number, day: number, date: string): Bar {
  const level = 20 + assetNo % 300 + 8 * Math.sin(day / 40 + assetNo);
  const spread = level * (0.004 + 0.02 * fraction(assetNo, day));
  const [open, close] = [level - spread * fraction(day, assetNo), level + spread * fraction(assetNo + 1, day)];
  return {
    date,
    open: cents(open),
    high: cents(close + spread),
    low: cents(open - spread),
    close: cents(close),
    volume: Math.round(1e6 * (0.1 + fraction(assetNo, day + 1))),
    vwap: Math.round(1e4 * (open + close) / 2) / 1e4,
    preMarket: null,
    afterHours: null,
    source: "made-up",
  };
}

const cents = (value: number): number => Math.round(value * 100) / 100;

/** Scattered over [0, 1) by both numbers. */
function fraction(a: number, b: number): number {
  let word = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d);
  return ((word ^ (word >>> 13)) >>> 0) / 2 ** 32;
}
