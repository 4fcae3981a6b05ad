/**
 * The record of a day that is pulled: what it says at each step, wherever the pull is cut off.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Change } from "../store/change.ts";
import {
  type MarketDate,
  type MarketDay,
  marketDayCollection,
  marketDayId,
  marketDayKey,
} from "../store/market_days.ts";
import type { QuarantineEntry } from "../store/quarantine.ts";
import { assertStill } from "./quarantine.ts";

const PENDING = "not all of its rows are stored yet";
const CORRECTING = "not all of its corrections are stored yet";

/** A day that was complete stays so while it is pulled again. */
export async function openDay(ctx: Context, day: MarketDate, source: string): Promise<void> {
  await marketDayCollection(ctx.store).update(marketDayId(day), (before) =>
    before?.status === "complete" ? before : {
      ...bare(ctx, day, source, before),
      status: "pending",
      reason: PENDING,
    });
}

/**
 * Stages, with the first bar of a complete day that is changed, that it has a new revision. No bar is stored by what was judged of
 * the day's rows before somebody has settled one of them: `Overtaken` is thrown.
 */
export function revising(
  ctx: Context,
  day: MarketDate,
  quarantined: readonly QuarantineEntry[],
): (change: Change) => Promise<void> {
  const days = marketDayCollection(ctx.store);
  return async (change) => {
    const before = await days.getFresh(marketDayId(day));
    // Read after the day, which whoever settles a row changes.
    await assertStill(ctx, day, quarantined);
    const isRevised = before?.value.status === "complete" && before.value.reason !== CORRECTING;
    if (!isRevised) return void change.check(marketDayKey(day), before?.versionstamp ?? null);
    days.replace(change, before, { ...before.value, revision: before.value.revision + 1, reason: CORRECTING });
  };
}

export interface PulledRows extends Pick<MarketDay, "source" | "rows" | "assetsUpTo"> {
  /** When the last of the assets that the market's days price came to be one of them. */
  readonly assetsSince: string;
  /** All that the day has in quarantine. */
  readonly quarantined: readonly QuarantineEntry[];
}

/**
 * A complete day keeps its revision unless a bar of it was changed, and its whole record where nothing was. Rows that do not come
 * again are still stored, and count. Throws `Overtaken` where somebody has settled a row meanwhile.
 */
export async function completeDay(
  ctx: Context,
  day: MarketDate,
  { source, rows, assetsUpTo, assetsSince, quarantined: entries }: PulledRows,
): Promise<void> {
  const quarantined = entries.filter(({ state }) => state === "waiting").length;
  await marketDayCollection(ctx.store).update(marketDayId(day), async (before) => {
    await assertStill(ctx, day, entries);
    const complete = before?.status === "complete" ? before : undefined;
    const isSame = complete?.quarantined === quarantined && complete.assetsUpTo === assetsUpTo &&
      assetsSince <= complete.fetchedAt;
    if (isSame && complete.reason === null) return complete;
    return {
      ...bare(ctx, day, source, before),
      status: "complete",
      rows: Math.max(rows, complete?.rows ?? 0),
      quarantined,
      assetsUpTo,
      revision: complete?.revision ?? (before?.revision ?? 0) + 1,
      reason: null,
    };
  });
}

/** Answers whether the day counts as closed now. Throws where rows of it were there before, but not all are stored. */
export async function closeDay(ctx: Context, day: MarketDate, source: string): Promise<boolean> {
  const { value: { status } } = await marketDayCollection(ctx.store).update(marketDayId(day), (before) => {
    if (before?.status === "pending") {
      throw new Error(`malformed: the provider had rows of ${day.date} before, and has none now`);
    }
    return before ?? {
      ...bare(ctx, day, source, before),
      status: "closed",
      reason: "the provider has no rows of this day",
    };
  });
  return status === "closed";
}

/** Stages that a row of the day waits no longer; with a new revision where a bar of it was stored, or took another's place. */
export async function stageSettledRow(
  ctx: Context,
  change: Change,
  day: MarketDate,
  stored: "nothing" | "new" | "changed",
): Promise<void> {
  const days = marketDayCollection(ctx.store);
  const before = await days.getFresh(marketDayId(day));
  if (before === undefined) return void change.check(marketDayKey(day), null);
  const isRevised = before.value.status === "complete" && stored !== "nothing";
  days.replace(change, before, {
    ...before.value,
    quarantined: Math.max(0, before.value.quarantined - 1),
    rows: before.value.rows + (isRevised && stored === "new" ? 1 : 0),
    revision: before.value.revision + (isRevised ? 1 : 0),
  });
}

const bare = (ctx: Context, day: MarketDate, source: string, before: MarketDay | undefined) => ({
  ...day,
  rows: 0,
  quarantined: 0,
  revision: before?.revision ?? 0,
  source,
  fetchedAt: ctx.now().toISOString(),
});
