/**
 * The rows of a market's day that are kept apart.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { watchAssetRemovals } from "../store/assets.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { type MarketDate, stageWaiting } from "../store/market_days.ts";
import { quarantineCollection, quarantinedBars, type QuarantineEntry } from "../store/quarantine.ts";

/** Each row takes one check, and so do the day and the assets' removals; an operation has ten. */
const ROWS_PER_OPERATION = 8;

/** Somebody has settled a row of the day, added one, or removed an asset since its rows were judged. */
export class Overtaken extends Error {
  override name = "Overtaken";
}

/** Throws {@link Overtaken} where a day has not exactly these any more. */
export async function assertStill(ctx: Context, day: MarketDate, entries: readonly QuarantineEntry[]): Promise<void> {
  const present = (await quarantinedBars(ctx.store, day)).map(({ value }) => value);
  if (textOf(present) !== textOf(entries)) throw new Overtaken(`Rows of ${day.date} were settled meanwhile`);
}

/** What was decided is never decided otherwise. */
const textOf = (entries: readonly QuarantineEntry[]): string =>
  entries.map((entry) => `${keyOf(entry)} ${entry.state}`).sort().join("\n");

/** What a day has in quarantine when its rows are judged. */
export interface Known {
  readonly entries: readonly Versioned<QuarantineEntry>[];
  /** Stages the condition that no asset was removed since. */
  readonly sinceRemovals: (change: Change) => Change;
}

export const knownOf = async (ctx: Context, day: MarketDate): Promise<Known> => ({
  sinceRemovals: await watchAssetRemovals(ctx.store),
  entries: await quarantinedBars(ctx.store, day),
});

/**
 * Makes these a day's waiting rows: what waited and is in order now is taken out, what was decided stays. Answers all that the
 * day has then. Throws {@link Overtaken} where what is known of it is not all that there is.
 */
export async function replaceWaiting(
  ctx: Context,
  day: MarketDate,
  known: Known,
  rows: readonly QuarantineEntry[],
): Promise<QuarantineEntry[]> {
  const entries = quarantineCollection(ctx.store);
  const added = new Map(rows.map((row) => [keyOf(row), row]));
  const steps: Step[] = [];
  for (const before of known.entries) {
    const row = added.get(keyOf(before.value));
    added.delete(keyOf(before.value));
    if (before.value.state !== "waiting") continue;
    if (row === undefined) steps.push({ more: -1, stage: (change) => entries.remove(change, before) });
    else {
      const after = { ...row, id: before.value.id, recordedAt: before.value.recordedAt };
      if (!isSame(before.value, after)) {
        steps.push({ more: 0, stage: (change) => entries.replace(change, before, after) });
      }
    }
  }
  for (const row of added.values()) steps.push({ more: 1, stage: (change) => entries.insert(change, row) });

  for (let i = 0; i < steps.length; i += ROWS_PER_OPERATION) {
    const change = known.sinceRemovals(ctx.store.change());
    const some = steps.slice(i, i + ROWS_PER_OPERATION);
    for (const { stage } of some) stage(change);
    await stageWaiting(ctx.store, change, day, some.reduce((sum, { more }) => sum + more, 0));
    if (await change.commit() === undefined) throw new Overtaken("Rows of the day were settled meanwhile");
  }
  return [...known.entries.map(({ value }) => value).filter(({ state }) => state !== "waiting"), ...rows];
}

interface Step {
  /** By how many more rows wait then. */
  readonly more: -1 | 0 | 1;
  readonly stage: (change: Change) => Change;
}

/** Adds to an asset's waiting rows of a day; one that is there already, whatever became of it, stays as it is. */
export async function addWaiting(ctx: Context, day: MarketDate, rows: readonly QuarantineEntry[]): Promise<void> {
  const { entries: present, sinceRemovals } = await knownOf(ctx, day);
  const known = new Set(present.map(({ value }) => keyOf(value)));
  const entries = quarantineCollection(ctx.store);
  const [row, ...more] = rows.filter((row) => !known.has(keyOf(row))).slice(0, ROWS_PER_OPERATION);
  if (row === undefined || await ctx.assets.getFresh(row.assetNo) === undefined) return;
  const change = sinceRemovals(ctx.store.change());
  for (const one of [row, ...more]) entries.insert(change, one);
  await stageWaiting(ctx.store, change, day, 1 + more.length);
  await change.commit();
  // Whether there are more, or somebody came between: what is there has to be looked at again.
  await addWaiting(ctx, day, rows);
}

/** Of the rows of one day. */
export const keyOf = ({ assetNo, row }: Pick<QuarantineEntry, "assetNo" | "row">): string =>
  JSON.stringify([assetNo, row]);

const isSame = (a: QuarantineEntry, b: QuarantineEntry): boolean =>
  a.reason === b.reason && a.source === b.source && JSON.stringify(a.comparedWith) === JSON.stringify(b.comparedWith);
