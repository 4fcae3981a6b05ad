/**
 * Taking an asset's history out of the store, once the asset itself is gone. It takes many atomic operations; a note left with
 * the asset's removal lets the next start finish what a crash cut short.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { stageWaiting } from "../store/market_days.ts";
import { quarantineCollection, type QuarantineEntry } from "../store/quarantine.ts";
import type { Store } from "../store/store.ts";
import { supersededName } from "./action_versions.ts";
import { decodeBlock } from "./block.ts";
import { DIVIDENDS, eraseActions, SPLITS } from "./corporate_actions.ts";
import { shardKey, shardOf, sheetKey, slotOf } from "./layout.ts";
import { decodeShard, encodeShard } from "./shard.ts";
import { decodeSheet, encodeSheet } from "./sheet.ts";
import { decodeSuperseded, encodeSuperseded } from "./superseded.ts";

const noteKey = (assetNo: number): Deno.KvKey => ["erasures", assetNo];

/** Stages the promise to erase. */
export const promiseErasure = (change: Change, assetNo: number): Change => change.set(noteKey(assetNo), true);

/** Finishes what was promised. */
export async function eraseHistory(ctx: Context, assetNo: number): Promise<void> {
  for await (const block of ctx.store.list({ prefix: ["series", assetNo] })) await eraseBlock(ctx, assetNo, block);
  const superseded = ctx.store.list({ prefix: ["superseded", shardOf(assetNo)] });
  for await (const entry of superseded) await eraseSuperseded(ctx, assetNo, entry);
  await eraseSpan(ctx, assetNo);
  const names = [SPLITS.name, supersededName(SPLITS), DIVIDENDS.name, supersededName(DIVIDENDS)];
  for (const name of names) await eraseActions(ctx, name, assetNo);
  await eraseQuarantine(ctx, assetNo);
  await ctx.store.change().delete(["asked_histories", assetNo]).delete(noteKey(assetNo)).commit();
}

/** A note of an asset that exists was never a promise: the verifier reports it. */
export async function finishErasures(ctx: Context): Promise<void> {
  for await (const { key: [, assetNo = 0] } of ctx.store.list({ prefix: ["erasures"] })) {
    const { versionstamp } = await ctx.store.get(["assets", assetNo]);
    if (versionstamp === null && Number.isInteger(assetNo)) await eraseHistory(ctx, Number(assetNo));
  }
}

/** What cannot be read is left to the verifier, and holds up nothing else. */
function readable<T>(decode: (value: unknown) => T, value: unknown): T | undefined {
  try {
    return decode(value);
  } catch {
    return undefined;
  }
}

async function eraseBlock(ctx: Context, assetNo: number, block: Deno.KvEntry<unknown>): Promise<void> {
  const days = readable(decodeBlock, block.value)?.map(({ date }) => date) ?? [];
  await untilCommitted(ctx, assetNo, async (shard) => {
    const sheets = await ctx.store.getMany(days.map((day) => sheetKey(day, shardOf(assetNo))));
    const change = ctx.store.change().set(shard.key, shard.value).delete(block.key);
    for (const { key, value } of sheets) {
      const closes = readable(decodeSheet, value);
      if (!closes?.delete(assetNo)) continue;
      if (closes.size === 0) change.delete(key);
      else change.set(key, encodeSheet(closes));
    }
    return change;
  });
}

/** What is left of other assets' bars stays as it is. */
async function eraseSuperseded(ctx: Context, assetNo: number, { key, value }: Deno.KvEntry<unknown>): Promise<void> {
  if (!readable(decodeSuperseded, value)?.some((row) => row.assetNo === assetNo)) return;
  await untilCommitted(ctx, assetNo, async (shard) => {
    const stored = await ctx.store.get(key);
    const left = stored.value === null ? [] : decodeSuperseded(stored.value).filter((row) => row.assetNo !== assetNo);
    // What is too old goes without the shard's leave.
    const change = ctx.store.change().check(key, stored.versionstamp).set(shard.key, shard.value);
    return left.length === 0 ? change.delete(key) : change.set(key, encodeSuperseded(left));
  });
}

async function eraseSpan(ctx: Context, assetNo: number): Promise<void> {
  await untilCommitted(ctx, assetNo, (shard) => {
    const spans = readable(decodeShard, shard.value);
    spans?.delete(slotOf(assetNo));
    return ctx.store.change().set(shard.key, spans === undefined ? shard.value : encodeShard(spans));
  });
}

async function eraseQuarantine({ store }: Context, assetNo: number): Promise<void> {
  const entries = quarantineCollection(store);
  for (const id of await entries.idsUnder("asset", [assetNo])) {
    let isGone = false;
    // Whoever decides on one meanwhile need not know of the removal.
    while (!isGone) {
      const entry = await entries.getFresh(id);
      isGone = entry === undefined || await eraseEntry(store, entry);
    }
  }
}

/** The day counts a row that waited no longer. */
async function eraseEntry(store: Store, entry: Versioned<QuarantineEntry>): Promise<boolean> {
  const change = quarantineCollection(store).remove(store.change(), entry);
  const { kind, state } = entry.value;
  if (kind === "bar" && state === "waiting") await stageWaiting(store, change, entry.value, -1);
  return await change.commit() !== undefined;
}

/** Again and again, from the shard as it is then, until nobody came between. */
function untilCommitted(
  { store }: Context,
  assetNo: number,
  stage: (shard: Deno.KvEntryMaybe<unknown>) => Change | Promise<Change>,
): Promise<void> {
  const key = shardKey(shardOf(assetNo));
  return store.inTurn(key, async () => {
    let isCommitted = false;
    while (!isCommitted) {
      const shard = await store.get(key);
      const change = (await stage(shard)).check(key, shard.versionstamp);
      isCommitted = await change.commit() !== undefined;
    }
  });
}
