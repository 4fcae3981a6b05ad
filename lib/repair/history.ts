/**
 * Sheets and records of shards, made anew from the series: those are what counts. And what is left of assets that are gone.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";
import { newestDay } from "../day.ts";
import { eraseHistory, promiseErasure } from "../history/erase.ts";
import { valueFaultOf } from "../history/checks.ts";
import { blockKey, LAYOUT, shardKey, shardOf, slotOf } from "../history/layout.ts";
import { encodeShard, type Span } from "../history/shard.ts";
import { decodeSheet, encodeSheet, type Sheet } from "../history/sheet.ts";
import type { Change } from "../store/change.ts";
import { versionKey } from "../store/families.ts";
import type { Fault } from "../verify/check.ts";
import { holds } from "../verify/ownerless.ts";
import { readBars, readShardSeries } from "../verify/series.ts";
import { readSpans, standingOf } from "../verify/spans.ts";

export function rebuildSheet(ctx: Context, { key }: Fault): Promise<boolean> {
  const [, day, shard] = key;
  return inShard(ctx, Number(shard), async (change, record) => {
    const { value, versionstamp } = await ctx.store.get(key);
    const before = readRows(value);
    const rows = await rowsOf(ctx, String(day), Number(shard), before ?? new Map());
    if (before !== undefined && isSame(before, rows)) return undefined;
    if (record.versionstamp !== null) change.set(record.key, record.value);
    if (rows.size > 0) return change.set(key, encodeSheet(rows));
    return versionstamp === null ? undefined : change.delete(key);
  });
}

/** Where a block cannot be read, or a bar cannot be, the sheet may be right: it stays as it is. */
async function rowsOf({ store }: Context, day: string, shard: number, before: Sheet): Promise<Map<number, number>> {
  const block = LAYOUT.blockOf(day);
  const assetNos = Array.from({ length: LAYOUT.assetsPerShard }, (_, slot) => shard * LAYOUT.assetsPerShard + 1 + slot);
  const blocks = await store.getMany(assetNos.map((no) => blockKey(no, block)));
  const rows = new Map<number, number>();
  for (const [i, no] of assetNos.entries()) {
    const value = blocks[i]?.value ?? null;
    const bars = value === null ? [] : readBars(value, block);
    const bar = "kind" in bars ? "unreadable" : bars.find(({ date }) => date === day);
    const isDoubtful = bar === "unreadable" || (bar !== undefined && valueFaultOf(bar) !== undefined);
    const close = isDoubtful ? before.get(no) : bar?.close;
    if (close !== undefined) rows.set(no, close);
  }
  return rows;
}

function readRows(value: unknown): Map<number, number> | undefined {
  try {
    return decodeSheet(value);
  } catch {
    return undefined;
  }
}

/** An empty sheet is no sheet. */
const isSame = (a: Sheet, b: Sheet): boolean =>
  a.size > 0 && a.size === b.size && [...a].every(([no, close]) => Object.is(b.get(no), close));

/** What it says of an asset with a fault in its series stays, and of one that is being erased. */
export function rebuildRecord(ctx: Context, { key: [, shard] }: Fault): Promise<boolean> {
  return inShard(ctx, Number(shard), async (change, record) => {
    const series = await readShardSeries(ctx.store, Number(shard), newestDay(ctx.now(), ctx.marketTimeZone));
    const read = readSpans(record.value);
    const before: ReadonlyMap<number, Span> = "kind" in read ? new Map() : read;
    const doubtful = new Set(series.faults.map(({ key }) => key[1]));
    const first = Number(shard) * LAYOUT.assetsPerShard + 1;
    const nos = new Set([...series.spans.keys(), ...Array.from(before.keys(), (slot) => first + slot)]);
    const after = new Map<number, Span>();
    for (const { assetNo, isBeingErased } of await standingOf(ctx.store, [...nos])) {
      const [found, recorded] = [series.spans.get(assetNo), before.get(slotOf(assetNo))];
      const span = isBeingErased || doubtful.has(assetNo) ? recorded ?? found : found;
      if (span !== undefined) after.set(slotOf(assetNo), span);
    }
    const rebuilt = encodeShard(after);
    return isDeepStrictEqual(rebuilt, record.value) ? undefined : change.set(record.key, rebuilt);
  });
}

export function removeEmpty(ctx: Context, { key }: Fault): Promise<boolean> {
  const shard = key[0] === "series" ? shardOf(Number(key[1])) : Number(key[1]);
  return inShard(ctx, shard, async (change, record) => {
    const { versionstamp } = await ctx.store.get(key);
    if (versionstamp === null) return undefined;
    if (record.versionstamp !== null) change.set(record.key, record.value);
    return change.check(key, versionstamp).delete(key);
  });
}

/** Every write to a shard checks and raises its version; so nothing that was read of it has changed by then. */
function inShard(
  { store }: Context,
  shard: number,
  stage: (change: Change, record: Deno.KvEntryMaybe<unknown>) => Promise<Change | undefined>,
): Promise<boolean> {
  const key = shardKey(shard);
  return store.inTurn(key, async () => {
    const record = await store.get(key);
    const staged = await stage(store.change().check(key, record.versionstamp), record);
    return staged !== undefined && await staged.commit() !== undefined;
  });
}

/** By the promise that every removal of an asset begins with; so the next start finishes what is cut off. */
export async function eraseGoneAsset(ctx: Context, { of = [] }: Fault): Promise<boolean> {
  const assetNo = Number(of[1]);
  const uses = await ctx.store.get(versionKey("portfolios"));
  const { versionstamp } = await ctx.store.get(["assets", assetNo]);
  if (versionstamp !== null || await holds(ctx.store, assetNo)) return false;
  const change = ctx.store.change().check(["assets", assetNo], null).check(uses.key, uses.versionstamp);
  if (await promiseErasure(change, assetNo).commit() === undefined) return false;
  await eraseHistory(ctx, assetNo);
  return true;
}
