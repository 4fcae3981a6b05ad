/**
 * An asset's closes over time and nothing else, as columns: what an analysis of many assets over years reads.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayNumber } from "../day.ts";
import { decoded } from "../store/unreadable.ts";
import { decodeCloses } from "./block.ts";
import { blockKey, LAYOUT } from "./layout.ts";
import { type Price, spanOf } from "./read.ts";
import { priceKnownAt, seriesKnownAt } from "./versions.ts";

/** As they were traded, by rising day. */
export interface Closes {
  /** Days since 1970-01-01. */
  readonly days: Int32Array;
  readonly closes: Float64Array;
}

/** Both ends included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const NONE: Closes = { days: new Int32Array(), closes: new Float64Array() };

/**
 * The closes of a span of days, and before them the last one that there was when it began; with an instant, as they were
 * known then.
 */
export async function readCloses(ctx: Context, assetNo: number, days: Days, knownAt?: Date): Promise<Closes> {
  if (knownAt !== undefined) return await closesKnownAt(ctx, assetNo, days, knownAt);
  const { to } = days;
  // Of a span that ends before it begins only the last close up to its end is told.
  const from = days.from < to ? days.from : to;
  const span = await spanOf(ctx, assetNo);
  if (span === undefined || span.firstDay > dayNumber(to)) return NONE;
  const start = blockKey(assetNo, LAYOUT.blockOf(from));
  // Behind the block itself, and before every other.
  const end = [...blockKey(assetNo, LAYOUT.blockOf(to)), ""];
  const within = await Array.fromAsync(ctx.store.list({ start, end }), (entry) => decoded(entry, decodeCloses));
  const isFirstLater = (within[0]?.days[0] ?? Infinity) > dayNumber(from);
  if (isFirstLater && span.firstDay < dayNumber(from)) within.unshift(...await blockBefore(ctx, assetNo, start));
  return cut(joined(within), dayNumber(from), dayNumber(to));
}

async function closesKnownAt(ctx: Context, assetNo: number, { from, to }: Days, knownAt: Date): Promise<Closes> {
  const bars: Price[] = await seriesKnownAt(ctx, assetNo, { from, to }, knownAt);
  const before = bars[0]?.date === from ? undefined : await priceKnownAt(ctx, assetNo, addDays(from, -1), knownAt);
  const all = before === undefined ? bars : [before, ...bars];
  return {
    days: Int32Array.from(all, ({ date }) => dayNumber(date)),
    closes: Float64Array.from(all, ({ close }) => close),
  };
}

async function blockBefore(ctx: Context, assetNo: number, end: Deno.KvKey): Promise<Closes[]> {
  const newest = ctx.store.list({ start: ["series", assetNo], end }, { reverse: true, limit: 1 });
  return await Array.fromAsync(newest, (entry) => decoded(entry, decodeCloses));
}

function joined(blocks: readonly Closes[]): Closes {
  const length = blocks.reduce((bars, { days }) => bars + days.length, 0);
  const [days, closes] = [new Int32Array(length), new Float64Array(length)];
  let place = 0;
  for (const block of blocks) {
    days.set(block.days, place);
    closes.set(block.closes, place);
    place += block.days.length;
  }
  return { days, closes };
}

function cut({ days, closes }: Closes, from: number, to: number): Closes {
  const [first, end] = [Math.max(0, countUpTo(days, from) - 1), countUpTo(days, to)];
  return { days: days.subarray(first, end), closes: closes.subarray(first, end) };
}

/** How many of the days, which rise, are on or before one. */
export function countUpTo(days: Int32Array, day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? 0) <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}
