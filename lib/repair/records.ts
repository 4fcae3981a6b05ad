/**
 * Single records: numbers given, notes of erasures, days of markets, and what the program does not know.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type MarketDay, marketDayCollection } from "../store/market_days.ts";
import { waitingBarsOf } from "../store/quarantine.ts";
import type { Fault } from "../verify/check.ts";
import { faultOfDay } from "../verify/market_days.ts";
import { faultOfState } from "../verify/records.ts";
import { highestOf } from "../verify/sequences.ts";

/** What is known of the provider is known again once it has answered. */
export async function forgetState({ store }: Context, { key }: Fault): Promise<boolean> {
  const { value, versionstamp } = await store.get(key);
  if (versionstamp === null || faultOfState(value) === undefined) return false;
  return await store.change().check(key, versionstamp).delete(key).commit() !== undefined;
}

export async function removeUnknown({ store }: Context, { key }: Fault): Promise<boolean> {
  const { versionstamp } = await store.get(key);
  if (versionstamp === null) return false;
  return await store.change().check(key, versionstamp).delete(key).commit() !== undefined;
}

/** Whoever takes a number raises the sequence in the same operation. */
export async function raiseSequence({ store }: Context, { key }: Fault): Promise<boolean> {
  const { value, versionstamp } = await store.get(key);
  const highest = await highestOf(store, String(key[1]));
  if (typeof value === "number" && Number.isInteger(value) && value >= highest) return false;
  const change = store.change().check(key, versionstamp);
  return await (highest === 0 ? change.delete(key) : change.set(key, highest)).commit() !== undefined;
}

export async function removeErasure({ store }: Context, { key }: Fault): Promise<boolean> {
  const [note, asset] = await store.getMany([key, ["assets", key[1] ?? 0]]);
  if (!note?.versionstamp || !asset || Number.isInteger(key[1]) && asset.versionstamp === null) return false;
  const change = store.change().check(key, note.versionstamp).check(asset.key, asset.versionstamp);
  return await change.delete(key).commit() !== undefined;
}

/** The day's bars stay; where its record goes, the day counts as not asked for. */
export async function mendDay(ctx: Context, { key: [, id] }: Fault): Promise<boolean> {
  const days = marketDayCollection(ctx.store);
  const before = await days.getFresh(String(id));
  if (before === undefined || faultOfDay(ctx, before.value) === undefined) return false;
  const after = mended(before.value);
  const change = ctx.store.change();
  const staged = faultOfDay(ctx, after) === undefined
    ? days.replace(change, before, after)
    : days.remove(change, before);
  return await staged.commit() !== undefined;
}

/** A pending day has no rows that count yet, and a complete one its first revision at least. */
function mended(day: MarketDay): MarketDay {
  if (day.status === "pending") return { ...day, rows: 0 };
  return { ...day, revision: Math.max(1, day.revision) };
}

/** Whoever adds a row, or settles one, changes the day too. */
export async function recountDay({ store }: Context, { key: [, id] }: Fault): Promise<boolean> {
  const days = marketDayCollection(store);
  const before = await days.getFresh(String(id));
  if (before?.value.status !== "complete") return false;
  const quarantined = (await waitingBarsOf(store, before.value)).length;
  if (quarantined === before.value.quarantined) return false;
  return await days.replace(store.change(), before, { ...before.value, quarantined }).commit() !== undefined;
}
