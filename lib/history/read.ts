/**
 * Reading history: an asset over time, all assets on a day, the newest price on or before a day.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayNumber, dayOf, sharedDayOf } from "../day.ts";
import { decoded } from "../store/unreadable.ts";
import { decodeBlock, type RecordedBar } from "./block.ts";
import { blockKey, blocksBetween, shardKey, shardOf, sheetKey, slotOf } from "./layout.ts";
import { decodeShard, type Span } from "./shard.ts";
import { decodeSheet, type Sheet } from "./sheet.ts";

/** A close as it was traded on its date. */
export interface Price {
  readonly close: number;
  readonly date: string;
}

export interface Range {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface TradedDay {
  readonly date: string;
  readonly closes: Sheet;
}

/** The first and last day of an asset's history and its newest close; `undefined` where it has none. */
export async function spanOf(ctx: Context, assetNo: number): Promise<Span | undefined> {
  const shard = await ctx.store.cached(shardKey(shardOf(assetNo)), (entry) => decoded(entry, decodeShard));
  return shard.get(slotOf(assetNo));
}

export async function newestPrice(ctx: Context, assetNo: number): Promise<Price | undefined> {
  const span = await spanOf(ctx, assetNo);
  return span && priceOf(span);
}

/** The newest price on or before a day: never a later one. */
export async function priceAsOf(ctx: Context, assetNo: number, day: string): Promise<Price | undefined> {
  const span = await spanOf(ctx, assetNo);
  if (span === undefined || dayNumber(day) < span.firstDay) return undefined;
  if (dayNumber(day) >= span.lastDay) return priceOf(span);
  const close = (await readSheet(ctx, day, shardOf(assetNo))).get(assetNo);
  return close === undefined ? await lastPriceBefore(ctx, assetNo, day, span) : { close, date: day };
}

/** An asset's bars by rising date, both ends included. */
export async function readSeries(ctx: Context, assetNo: number, { from, to }: Range = {}): Promise<RecordedBar[]> {
  const span = await spanOf(ctx, assetNo);
  if (span === undefined) return [];
  const [first, last] = [dayOf(span.firstDay), dayOf(span.lastDay)];
  const start = from === undefined || from < first ? first : from;
  const end = to === undefined || to > last ? last : to;
  const keys = blocksBetween(start, end).map((block) => blockKey(assetNo, block));
  const blocks = await ctx.store.cachedMany(keys, blockIn);
  return blocks.flat().filter(({ date }) => date >= start && date <= end);
}

/** An asset's bar of one day. */
export async function readBar(ctx: Context, assetNo: number, day: string): Promise<RecordedBar | undefined> {
  return (await readSeries(ctx, assetNo, { from: day, to: day }))[0];
}

/** How far a session is looked for among days that are none, in sheets. */
const MAX_PASSED_SHEETS = 200;

/** The newest day on or before a day on which an asset has a bar; of the assets that count, if only some do. */
export async function sessionAsOf(
  ctx: Context,
  day: string,
  counts?: (assetNo: number) => Promise<boolean>,
): Promise<string | undefined> {
  const selector = { start: ["sheets"], end: ["sheets", addDays(day, 1)] };
  const limit = counts === undefined ? 1 : MAX_PASSED_SHEETS;
  for await (const entry of ctx.store.list(selector, { reverse: true, limit, batchSize: 2 })) {
    if (counts === undefined || await hasAny(decoded(entry, decodeSheet), counts)) return String(entry.key[1]);
  }
  return counts === undefined ? undefined : await sessionAsOf(ctx, day);
}

async function hasAny(sheet: Sheet, counts: (assetNo: number) => Promise<boolean>): Promise<boolean> {
  for (const assetNo of sheet.keys()) if (await counts(assetNo)) return true;
  return false;
}

/** The closes of a day, of all shards together. */
export async function readDay(ctx: Context, day: string): Promise<Sheet> {
  const sheets = await Array.fromAsync(
    ctx.store.list({ prefix: ["sheets", day] }),
    (entry) => decoded(entry, decodeSheet),
  );
  return new Map(sheets.flatMap((sheet) => [...sheet]));
}

/** The closes of each day of a span that has any, by rising date. */
export async function* tradedByDay(
  ctx: Context,
  { from, to }: { from: string; to: string },
): AsyncGenerator<TradedDay> {
  const selector = { start: ["sheets", from], end: ["sheets", addDays(to, 1)] };
  let day: { date: string; closes: Map<number, number> } | undefined;
  for await (const entry of ctx.store.list(selector)) {
    const date = String(entry.key[1]);
    if (day !== undefined && day.date !== date) yield day;
    if (day?.date !== date) day = { date, closes: new Map() };
    for (const [assetNo, close] of decoded(entry, decodeSheet)) day.closes.set(assetNo, close);
  }
  if (day !== undefined) yield day;
}

function readSheet(ctx: Context, day: string, shard: number): Promise<Sheet> {
  return ctx.store.cached(
    sheetKey(day, shard),
    (entry) => entry.value === null ? new Map() : decoded(entry, decodeSheet),
  );
}

async function lastPriceBefore(ctx: Context, assetNo: number, day: string, span: Span): Promise<Price | undefined> {
  for (const block of blocksBetween(dayOf(span.firstDay), day).reverse()) {
    const bars = await ctx.store.cached(blockKey(assetNo, block), blockIn);
    const bar = bars.findLast(({ date }) => date <= day);
    if (bar !== undefined) return { close: bar.close, date: bar.date };
  }
  return undefined;
}

const priceOf = (span: Span): Price => ({ close: span.lastClose, date: sharedDayOf(span.lastDay) });

const blockIn = (entry: Deno.KvEntryMaybe<unknown>): readonly RecordedBar[] =>
  entry.value === null ? [] : decoded(entry, decodeBlock);
