/**
 * Bars that waited because their price jumped, and that jump no more: since the price before them was accepted, or a split
 * came to be known. They come out of quarantine by themselves.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { quarantineCollection, type QuarantineEntry, waitingBars } from "../store/quarantine.ts";
import { type Jump, jumpsAmong } from "./price_jumps.ts";
import { acceptedBar } from "./quarantined_bar.ts";
import { storeFromQuarantine } from "./stored_from_quarantine.ts";

/** Of one asset. Answers how many were released. May be cut off anywhere, and called again. */
export async function releaseBars(ctx: Context, assetNo: number): Promise<number> {
  const entries = quarantineCollection(ctx.store);
  const waiting = await jumpingBars(ctx, assetNo);
  const jumps = await jumpsAmong(ctx, waiting.map(({ value }) => ({ assetNo, bar: acceptedBar(value) })));
  const jumpOn = new Map(jumps.map((jump) => [jump.bar.date, jump]));
  let released = 0;
  for (const entry of waiting) {
    const jump = jumpOn.get(entry.value.date);
    if (jump !== undefined) await compareAnew(ctx, entry, jump);
    else {
      const stage = (change: Change) => entries.remove(change, entry);
      if (await storeFromQuarantine(ctx, entry, acceptedBar(entry.value), { stage })) released += 1;
    }
  }
  return released;
}

/** Of all assets. */
export async function releaseAllBars(ctx: Context): Promise<number> {
  let released = 0;
  for (const assetNo of (await waitingBars(ctx.store)).keys()) released += await releaseBars(ctx, assetNo);
  return released;
}

/** By rising date. */
async function jumpingBars(ctx: Context, assetNo: number): Promise<Versioned<QuarantineEntry>[]> {
  const waiting = quarantineCollection(ctx.store).each({ by: "waiting", value: ["bar", assetNo] });
  // One may have been decided on since its place in the index was read.
  return (await Array.fromAsync(waiting)).filter(({ value }) =>
    value.state === "waiting" && value.reason === "price_jump"
  );
}

/** Where the last good price is another one now, the entry says so. */
async function compareAnew(ctx: Context, entry: Versioned<QuarantineEntry>, { comparedWith }: Jump): Promise<void> {
  const { date, close } = comparedWith;
  if (entry.value.comparedWith?.date === date && entry.value.comparedWith.close === close) return;
  const after = { ...entry.value, comparedWith: { date, close } };
  await quarantineCollection(ctx.store).replace(ctx.store.change(), entry, after).commit();
}
