/**
 * Taking an asset's history out of the store, once the asset itself is gone. It takes many atomic operations; a note left with
 * the asset's removal lets the next start finish what a crash cut short.
 *
 * @module
 */
import { type Context, forgivingContext } from "../context.ts";
import type { Log } from "../log.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { stageWaiting } from "../store/market_days.ts";
import { quarantineCollection, type QuarantineEntry } from "../store/quarantine.ts";
import type { Store } from "../store/store.ts";
import { decoded, unlessLeft, UNREADABLE, type UnreadableEntry } from "../store/unreadable.ts";
import { untilGone } from "../store/until_gone.ts";
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

/**
 * Finishes what was promised, as far as it can be read. Answers what could not: for that, the promise stands until another start.
 */
export async function eraseHistory(given: Context, assetNo: number): Promise<readonly UnreadableEntry[]> {
  const ctx = forgivingContext(given);
  for await (const block of ctx.store.list({ prefix: ["series", assetNo] })) await eraseBlock(ctx, assetNo, block);
  const superseded = ctx.store.list({ prefix: ["superseded", shardOf(assetNo)] });
  for await (const entry of superseded) await eraseSuperseded(ctx, assetNo, entry);
  await eraseSpan(ctx, assetNo);
  const names = [SPLITS.name, supersededName(SPLITS), DIVIDENDS.name, supersededName(DIVIDENDS)];
  for (const name of names) await eraseActions(ctx, name, assetNo);
  const left = await eraseQuarantine(ctx, assetNo);
  const change = ctx.store.change().delete(["asked_histories", assetNo]);
  if (left.length === 0) change.delete(noteKey(assetNo));
  await change.commit();
  return left;
}

/** A note of an asset that exists was never a promise: the verifier reports it. */
export async function finishErasures(ctx: Context & { readonly log: Pick<Log, "error"> }): Promise<void> {
  const { get, list } = ctx.store.forgiving();
  for await (const { key: [, assetNo = 0] } of list({ prefix: ["erasures"] })) {
    const { versionstamp } = await get(["assets", assetNo]);
    if (versionstamp !== null || !Number.isInteger(assetNo)) continue;
    const left = await eraseHistory(ctx, Number(assetNo));
    for (const error of left) ctx.log.error("Not erased", { assetNo, error });
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
    const change = touch(ctx.store.change(), shard).delete(block.key);
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
    const left = stored.value === null
      ? []
      : decoded(stored, decodeSuperseded).filter((row) => row.assetNo !== assetNo);
    // What is too old goes without the shard's leave.
    const change = ctx.store.change().check(key, stored.versionstamp);
    touch(change, shard);
    return left.length === 0 ? change.delete(key) : change.set(key, encodeSuperseded(left));
  });
}

async function eraseSpan(ctx: Context, assetNo: number): Promise<void> {
  await untilCommitted(ctx, assetNo, (shard) => {
    const spans = readable(decodeShard, shard.value);
    spans?.delete(slotOf(assetNo));
    const change = ctx.store.change();
    return spans === undefined ? touch(change, shard) : change.set(shard.key, encodeShard(spans));
  });
}

async function eraseQuarantine({ store }: Context, assetNo: number): Promise<UnreadableEntry[]> {
  const entries = quarantineCollection(store);
  const left: UnreadableEntry[] = [];
  for (const id of await entries.idsUnder("asset", [assetNo])) {
    // Whoever decides on one meanwhile need not know of the removal.
    const erased = untilGone(() => entries.getFresh(id), (entry) => eraseEntry(store, entry));
    await erased.catch(unlessLeft(left));
  }
  return left;
}

/** The day counts a row that waited no longer. */
async function eraseEntry(store: Store, entry: Versioned<QuarantineEntry>): Promise<boolean> {
  const change = quarantineCollection(store).remove(store.change(), entry);
  const { kind, state } = entry.value;
  if (kind === "bar" && state === "waiting") await stageWaiting(store, change, entry.value, -1);
  return await change.commit() !== undefined;
}

/** Raises its version; one that KV cannot give back is written by nobody. */
const touch = (change: Change, { key, value }: Deno.KvEntryMaybe<unknown>): Change =>
  value === UNREADABLE ? change : change.set(key, value);

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
