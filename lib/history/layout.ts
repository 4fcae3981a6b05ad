/**
 * Where a bar lies: in its asset's block of a span of time, and in its day's sheet of a shard of assets.
 *
 * @module
 */
import { dayNumber, dayOf } from "../day.ts";

/** How history is cut; `bench/history_layout.ts` compares the choices. */
export interface Layout {
  /** The block of an asset's series that holds a day: four weeks or longer, and ordered as the days are. */
  readonly blockOf: (day: string) => string;
  /** A shard is as many assets as one atomic operation can write together with their blocks. */
  readonly assetsPerShard: number;
}

export const LAYOUT: Layout = { blockOf: (day) => day.slice(0, 7), assetsPerShard: 256 };

export const shardOf = (assetNo: number, layout = LAYOUT): number => Math.floor((assetNo - 1) / layout.assetsPerShard);

/** The asset's place in its shard. */
export const slotOf = (assetNo: number, layout = LAYOUT): number => (assetNo - 1) % layout.assetsPerShard;

/** The blocks that hold the days from one to another, by rising time. */
export function blocksBetween(from: string, to: string, layout = LAYOUT): string[] {
  if (from > to) return [];
  const found = new Set<string>();
  for (let day = dayNumber(from); day < dayNumber(to); day += 28) found.add(layout.blockOf(dayOf(day)));
  return [...found.add(layout.blockOf(to))];
}

export const shardKey = (shard: number): Deno.KvKey => ["shards", shard];
export const blockKey = (assetNo: number, block: string): Deno.KvKey => ["series", assetNo, block];
export const sheetKey = (day: string, shard: number): Deno.KvKey => ["sheets", day, shard];
/** Before all that was superseded of a day. */
export const supersededDaysKey = (shard: number, day: string): Deno.KvKey => ["superseded", shard, day];
/** What the `version`-th write that replaced bars of a day left of them; from 1. */
export const supersededKey = (shard: number, day: string, version: number): Deno.KvKey => [
  ...supersededDaysKey(shard, day),
  version,
];
