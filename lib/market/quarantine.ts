/**
 * The rows of a market's day that are kept apart.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import type { MarketDate } from "../store/market_days.ts";
import { quarantineCollection, type QuarantineEntry } from "../store/quarantine.ts";

/** Each row takes one check; an operation has ten. */
const ROWS_PER_OPERATION = 10;

/** Those of a market's day, whatever became of them. */
export async function quarantinedBars(
  ctx: Context,
  { market, date }: MarketDate,
): Promise<Versioned<QuarantineEntry>[]> {
  const ofDate = await Array.fromAsync(quarantineCollection(ctx.store).each({ by: "date", value: [date] }));
  return ofDate.filter(({ value }) => value.kind === "bar" && value.market === market);
}

/** How many wait. */
export const waitingOn = async (ctx: Context, day: MarketDate): Promise<number> =>
  (await quarantinedBars(ctx, day)).filter(({ value }) => value.state === "waiting").length;

/** Makes these a day's waiting rows: what waited and is in order now is taken out, what was decided stays. */
export async function replaceWaiting(ctx: Context, day: MarketDate, rows: readonly QuarantineEntry[]): Promise<void> {
  const entries = quarantineCollection(ctx.store);
  const added = new Map(rows.map((row) => [keyOf(row), row]));
  const steps: ((change: Change) => Change)[] = [];
  for (const before of await quarantinedBars(ctx, day)) {
    const row = added.get(keyOf(before.value));
    added.delete(keyOf(before.value));
    if (before.value.state !== "waiting") continue;
    if (row === undefined) steps.push((change) => entries.remove(change, before));
    else {
      const after = { ...row, id: before.value.id, recordedAt: before.value.recordedAt };
      if (!isSame(before.value, after)) steps.push((change) => entries.replace(change, before, after));
    }
  }
  for (const row of added.values()) steps.push((change) => entries.insert(change, row));

  for (let i = 0; i < steps.length; i += ROWS_PER_OPERATION) {
    const change = ctx.store.change();
    for (const step of steps.slice(i, i + ROWS_PER_OPERATION)) step(change);
    // Somebody came between: what is there has to be looked at again.
    if (await change.commit() === undefined) return await replaceWaiting(ctx, day, rows);
  }
}

/** Adds to a day's waiting rows; one that is there already, whatever became of it, stays as it is. */
export async function addWaiting(ctx: Context, day: MarketDate, rows: readonly QuarantineEntry[]): Promise<void> {
  const known = new Set((await quarantinedBars(ctx, day)).map(({ value }) => keyOf(value)));
  const entries = quarantineCollection(ctx.store);
  const added = rows.filter((row) => !known.has(keyOf(row))).slice(0, ROWS_PER_OPERATION);
  if (added.length === 0) return;
  const change = ctx.store.change();
  for (const row of added) entries.insert(change, row);
  await change.commit();
  // Whether there are more, or somebody came between: what is there has to be looked at again.
  await addWaiting(ctx, day, rows);
}

/** Of the rows of one day. */
export const keyOf = ({ assetNo, row }: Pick<QuarantineEntry, "assetNo" | "row">): string =>
  JSON.stringify([assetNo, row]);

const isSame = (a: QuarantineEntry, b: QuarantineEntry): boolean =>
  a.reason === b.reason && a.source === b.source && JSON.stringify(a.comparedWith) === JSON.stringify(b.comparedWith);
