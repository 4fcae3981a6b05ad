/**
 * The one way in which bars are stored: grouped by shard and block, each group's blocks, sheets and shard record in one
 * atomic operation. A write is an upsert, so that every write may be sent again; what it replaces is kept beside it.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dayNumber } from "../day.ts";
import { watchAssetRemovals } from "../store/assets.ts";
import type { Change } from "../store/change.ts";
import { decoded } from "../store/unreadable.ts";
import type { Bar } from "./bar.ts";
import { decodeBlock, encodeBlock, type RecordedBar, sameBar } from "./block.ts";
import {
  blockKey,
  LAYOUT,
  type Layout,
  shardKey,
  shardOf,
  sheetKey,
  slotOf,
  supersededDaysKey,
  supersededKey,
} from "./layout.ts";
import { decodeShard, encodeShard, type Span } from "./shard.ts";
import { decodeSheet, encodeSheet } from "./sheet.ts";
import { encodeSuperseded, type Superseded, supersededBy } from "./superseded.ts";

export interface AssetBar {
  readonly assetNo: number;
  readonly bar: Bar;
}

export interface Written {
  /** Bars that are new, or differ from what was stored. */
  readonly written: number;
  readonly unchanged: number;
  /** Of those written, the ones that took another bar's place. */
  readonly corrected: number;
}

export interface WriteOptions {
  readonly layout?: Layout;
  /** A bar that is stored already stays. */
  readonly onlyMissing?: boolean;
  /** Told after each atomic operation how many bars are settled so far. */
  readonly onProgress?: (bars: number) => void | Promise<void>;
  /** Ends the write between two operations. */
  readonly signal?: AbortSignal;
  /** Stages in each operation that writes a bar what must be known with it, or not at all; `written` is what it writes. */
  readonly stage?: (change: Change, written: Written) => Promise<void>;
  /** How each is committed, where not alone: `undefined` where a check failed and nothing was written. */
  readonly commit?: (change: Change) => Promise<unknown>;
}

type GroupOptions = Pick<WriteOptions, "stage" | "commit" | "onlyMissing">;

/** A shard's bars that fall into one block, by asset and date: what one atomic operation writes. */
interface Group {
  readonly shard: number;
  readonly block: string;
  readonly assets: Map<number, Map<string, Bar>>;
}

/** An asset's block before and after. */
interface Merge extends Written {
  readonly bars: readonly RecordedBar[];
  readonly changed: readonly RecordedBar[];
  /** By date. */
  readonly replaced: ReadonlyMap<string, Superseded>;
}

const MAX_CONFLICTS = 50;
/** Leaves room in an operation, which takes 800 KiB, for sheets and keys. */
const MAX_OPERATION_BYTES = 650_000;
/** A bar of whole doubles in all its columns. */
const LARGEST_ROW_BYTES = 80;

/** Of two bars of an asset's day the later one given counts. */
export async function writeBars(ctx: Context, bars: Iterable<AssetBar>, options: WriteOptions = {}): Promise<Written> {
  const layout = options.layout ?? LAYOUT;
  const total = { written: 0, unchanged: 0, corrected: 0 };
  for (const group of groupsOf(bars, layout)) {
    options.signal?.throwIfAborted();
    const write = () => writeGroup(ctx, group, layout, options);
    const done = await ctx.store.inTurn(shardKey(group.shard), write);
    total.written += done.written;
    total.unchanged += done.unchanged;
    total.corrected += done.corrected;
    await options.onProgress?.(total.written + total.unchanged);
  }
  return total;
}

function groupsOf(bars: Iterable<AssetBar>, layout: Layout): Group[] {
  const groups = new Map<string, Group>();
  for (const { assetNo, bar } of bars) {
    const [shard, block] = [shardOf(assetNo, layout), layout.blockOf(bar.date)];
    const id = `${block}/${shard}`;
    const group = groups.get(id) ?? { shard, block, assets: new Map() };
    groups.set(id, group);
    const byDate = group.assets.get(assetNo) ?? new Map<string, Bar>();
    group.assets.set(assetNo, byDate.set(bar.date, bar));
  }
  return [...groups.values()];
}

async function writeGroup(
  ctx: Context,
  group: Group,
  layout: Layout,
  options: GroupOptions,
): Promise<Written> {
  const { stage, commit = (change) => change.commit(), onlyMissing = false } = options;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const sinceRemovals = await watchAssetRemovals(ctx.store);
    const shard = await ctx.store.get(shardKey(group.shard));
    const merges = await mergeBlocks(ctx, group, onlyMissing);
    const counts = countsOf(merges.values());
    if (counts.written === 0) return counts;
    if (mayBeTooLarge(merges)) return await writeHalves(ctx, group, layout, options);
    const change = sinceRemovals(ctx.store.change()).check(shard.key, shard.versionstamp);
    stageBlocks(change, group.block, merges);
    await stageSheets(ctx, change, group.shard, merges);
    await stageSuperseded(ctx, change, group.shard, merges);
    change.set(shard.key, encodeShard(spansAfter(decoded(shard, decodeShard), merges, layout)));
    await stage?.(change, counts);
    if (await commit(change) !== undefined) return counts;
  }
  throw new Error(`Shard ${group.shard} changed ${MAX_CONFLICTS} times while ${group.block} was written`);
}

/** A shard's month fits into one operation; one of which most is replaced may not. */
async function writeHalves(
  ctx: Context,
  group: Group,
  layout: Layout,
  options: GroupOptions,
): Promise<Written> {
  const assets = [...group.assets];
  const middle = Math.ceil(assets.length / 2);
  const halves: Written[] = [];
  for (const half of [assets.slice(0, middle), assets.slice(middle)]) {
    halves.push(await writeGroup(ctx, { ...group, assets: new Map(half) }, layout, options));
  }
  return countsOf(halves);
}

function mayBeTooLarge(merges: ReadonlyMap<number, Merge>): boolean {
  const changed = [...merges.values()].filter(({ changed }) => changed.length > 0);
  const rows = changed.reduce((total, { bars, replaced }) => total + bars.length + replaced.size, 0);
  return changed.length > 1 && rows * LARGEST_ROW_BYTES > MAX_OPERATION_BYTES;
}

async function mergeBlocks(ctx: Context, group: Group, onlyMissing: boolean): Promise<Map<number, Merge>> {
  const recordedAtSeconds = Math.floor(ctx.now().getTime() / 1_000);
  const assetNos = await stillThere(ctx, [...group.assets.keys()]);
  const entries = await ctx.store.getMany(assetNos.map((no) => blockKey(no, group.block)));
  const merges = new Map<number, Merge>();
  for (const [i, no] of assetNos.entries()) {
    const entry = entries[i];
    const bars = entry?.versionstamp ? decoded(entry, decodeBlock) : [];
    const sent = group.assets.get(no) ?? new Map<string, Bar>();
    const incoming = onlyMissing ? missingIn(bars, sent) : sent;
    merges.set(no, merge(no, bars, incoming.values(), recordedAtSeconds));
  }
  return merges;
}

function missingIn(bars: readonly RecordedBar[], sent: ReadonlyMap<string, Bar>): Map<string, Bar> {
  const missing = new Map(sent);
  for (const { date } of bars) missing.delete(date);
  return missing;
}

/** What was removed meanwhile gets no history. */
async function stillThere(ctx: Context, assetNos: readonly number[]): Promise<number[]> {
  const assets = await ctx.store.getMany(assetNos.map((no) => ["assets", no]));
  return assetNos.filter((_, i) => assets[i]?.versionstamp);
}

function merge(
  assetNo: number,
  stored: readonly RecordedBar[],
  incoming: Iterable<Bar>,
  recordedAtSeconds: number,
): Merge {
  const byDate = new Map(stored.map((bar) => [bar.date, bar]));
  const changed: RecordedBar[] = [];
  const replaced = new Map<string, Superseded>();
  const counts = { written: 0, unchanged: 0, corrected: 0 };
  for (const bar of incoming) {
    const before = byDate.get(bar.date);
    if (before !== undefined && sameBar(before, bar)) {
      counts.unchanged += 1;
      continue;
    }
    const recorded = { ...bar, recordedAtSeconds };
    byDate.set(bar.date, recorded);
    changed.push(recorded);
    counts.written += 1;
    if (before !== undefined) replaced.set(bar.date, supersededBy(bar, before, assetNo));
  }
  const bars = [...byDate.values()].sort((a, b) => a.date < b.date ? -1 : 1);
  return { ...counts, corrected: replaced.size, bars, changed, replaced };
}

function countsOf(parts: Iterable<Written>): Written {
  const total = { written: 0, unchanged: 0, corrected: 0 };
  for (const { written, unchanged, corrected } of parts) {
    total.written += written;
    total.unchanged += unchanged;
    total.corrected += corrected;
  }
  return total;
}

function stageBlocks(change: Change, block: string, merges: ReadonlyMap<number, Merge>): void {
  for (const [no, { bars, changed }] of merges) {
    if (changed.length > 0) change.set(blockKey(no, block), encodeBlock(bars));
  }
}

async function stageSheets(
  ctx: Context,
  change: Change,
  shard: number,
  merges: ReadonlyMap<number, Merge>,
): Promise<void> {
  const closes = new Map<string, Map<number, number>>();
  for (const [no, { changed }] of merges) {
    for (const { date, close } of changed) closes.set(date, (closes.get(date) ?? new Map()).set(no, close));
  }
  const days = [...closes.keys()];
  const entries = await ctx.store.getMany(days.map((day) => sheetKey(day, shard)));
  for (const [i, day] of days.entries()) {
    const entry = entries[i];
    const before = entry?.versionstamp ? decoded(entry, decodeSheet) : [];
    change.set(sheetKey(day, shard), encodeSheet(new Map([...before, ...closes.get(day) ?? []])));
  }
}

/** Under the next number of each day: the shard's version, which is checked, lets nobody take the same. */
async function stageSuperseded(
  ctx: Context,
  change: Change,
  shard: number,
  merges: ReadonlyMap<number, Merge>,
): Promise<void> {
  const replaced = [...merges.values()].flatMap(({ replaced }) => [...replaced]);
  for (const [day, rows] of Map.groupBy(replaced, ([date]) => date)) {
    const newest = ctx.store.list({ prefix: supersededDaysKey(shard, day) }, { reverse: true, limit: 1 });
    const [last] = await Array.fromAsync(newest, ({ key }) => Number(key.at(-1)));
    change.set(supersededKey(shard, day, (last ?? 0) + 1), encodeSuperseded(rows.map(([, row]) => row)));
  }
}

function spansAfter(
  spans: ReadonlyMap<number, Span>,
  merges: ReadonlyMap<number, Merge>,
  layout: Layout,
): Map<number, Span> {
  const after = new Map(spans);
  for (const [no, { bars }] of merges) {
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined) continue;
    const slot = slotOf(no, layout);
    const before = spans.get(slot);
    const [firstDay, lastDay] = [dayNumber(first.date), dayNumber(last.date)];
    after.set(slot, {
      firstDay: Math.min(before?.firstDay ?? firstDay, firstDay),
      ...(before === undefined || lastDay >= before.lastDay
        ? { lastDay, lastClose: last.close }
        : { lastDay: before.lastDay, lastClose: before.lastClose }),
    });
  }
  return after;
}
