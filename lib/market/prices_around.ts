/**
 * An asset's prices before and from a day on, by which a split or dividend of that day is checked.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayNumber } from "../day.ts";
import type { Bar } from "../history/bar.ts";
import { readSeries, spanOf } from "../history/read.ts";
import type { AssetBar } from "../history/write.ts";
import { MAX_COMPARISON_DAYS } from "./price_jumps.ts";

export interface PricesAroundDay {
  /** Of the last session before the day, and of the first on or after it; none that is further away than can be compared. */
  readonly before: Bar | undefined;
  readonly on: Bar | undefined;
  /** Whether there is any bar before the day, however long before. */
  readonly hasHistory: boolean;
}

/** What may count beside what is stored. */
export interface OtherBars {
  /** About to be stored. */
  readonly pulled: readonly AssetBar[];
  /** In quarantine, since their price jumps: perhaps because of what is being checked. */
  readonly jumping: readonly AssetBar[];
}

export async function pricesAround(
  ctx: Context,
  assetNo: number,
  date: string,
  { pulled, jumping }: OtherBars,
): Promise<PricesAroundDay> {
  const [from, to] = [addDays(date, -MAX_COMPARISON_DAYS), addDays(date, MAX_COMPARISON_DAYS)];
  const stored = await readSeries(ctx, assetNo, { from, to });
  const others = (bars: readonly AssetBar[], first: string) =>
    bars.filter(({ assetNo: no, bar }) => no === assetNo && bar.date >= first && bar.date <= to).map(({ bar }) => bar);
  const byDate = new Map<string, Bar>();
  for (const bar of [...others(jumping, date), ...others(pulled, from), ...stored]) byDate.set(bar.date, bar);
  const rising = [...byDate.values()].sort((a, b) => a.date < b.date ? -1 : 1);
  const before = rising.findLast((bar) => bar.date < date);
  const span = await spanOf(ctx, assetNo);
  const hasHistory = before !== undefined || (span !== undefined && span.firstDay < dayNumber(date));
  return { before, on: rising.find((bar) => bar.date >= date), hasHistory };
}
