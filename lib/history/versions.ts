/**
 * Every version of a bar that there was, and history as it was known at an instant. What is recorded counts by whole seconds: at
 * an instant is known what was recorded up to the end of its second, and of two versions of one second the later.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, dayOf } from "../day.ts";
import { decoded } from "../store/unreadable.ts";
import type { RecordedBar } from "./block.ts";
import { shardOf, supersededDaysKey } from "./layout.ts";
import { type Price, type Range, readSeries, spanOf } from "./read.ts";
import { decodeSuperseded, restored, type Superseded } from "./superseded.ts";

/** How far back a price is looked for at a time. */
const PRICE_WINDOW_DAYS = 60;

/** An asset's bars by rising date, as they were known at an instant; those that were not known yet are left out. */
export async function seriesKnownAt(
  ctx: Context,
  assetNo: number,
  { from, to }: Range,
  knownAt: Date,
): Promise<RecordedBar[]> {
  const atSeconds = Math.floor(knownAt.getTime() / 1_000);
  const bars = await readSeries(ctx, assetNo, { from, to: earlier(to, lastDayAt(knownAt)) });
  const changed = bars.filter(({ recordedAtSeconds }) => recordedAtSeconds > atSeconds);
  const [first, last] = [changed[0], changed.at(-1)];
  if (first === undefined || last === undefined) return bars;
  const superseded = await supersededOf(ctx, assetNo, first.date, last.date);
  return bars.flatMap((bar) =>
    versionsOf(bar, superseded.get(bar.date) ?? []).findLast((version) => version.recordedAtSeconds <= atSeconds) ?? []
  );
}

/** The newest price on or before a day, as it was known at an instant. */
export async function priceKnownAt(
  ctx: Context,
  assetNo: number,
  day: string,
  knownAt: Date,
): Promise<Price | undefined> {
  const span = await spanOf(ctx, assetNo);
  if (span === undefined) return undefined;
  const first = dayOf(span.firstDay);
  let to = earlier(earlier(day, dayOf(span.lastDay)), lastDayAt(knownAt));
  while (to >= first) {
    const from = addDays(to, 1 - PRICE_WINDOW_DAYS);
    const bar = (await seriesKnownAt(ctx, assetNo, { from, to }, knownAt)).at(-1);
    if (bar !== undefined) return { close: bar.close, date: bar.date };
    to = addDays(from, -1);
  }
  return undefined;
}

/** All versions of a bar, the present one last. `superseded` are those before it, oldest first. */
export function versionsOf(present: RecordedBar, superseded: readonly Superseded[]): RecordedBar[] {
  const versions = [present];
  for (const row of superseded.toReversed()) versions.unshift(restored(versions[0] ?? present, row));
  return versions;
}

/** What was superseded of a day: by asset, oldest first. */
export async function supersededOn(ctx: Context, day: string): Promise<Map<number, Superseded[]>> {
  const byAsset = new Map<number, Superseded[]>();
  for await (const shard of ctx.store.list({ prefix: ["shards"] })) {
    for await (const entry of ctx.store.list({ prefix: supersededDaysKey(Number(shard.key[1]), day) })) {
      for (const row of decoded(entry, decodeSuperseded)) {
        byAsset.set(row.assetNo, [...byAsset.get(row.assetNo) ?? [], row]);
      }
    }
  }
  return byAsset;
}

/** What was superseded of an asset from one day to another: by date, oldest first. */
async function supersededOf(ctx: Context, assetNo: number, from: string, to: string) {
  const byDate = new Map<string, Superseded[]>();
  const shard = shardOf(assetNo);
  const selector = { start: supersededDaysKey(shard, from), end: supersededDaysKey(shard, addDays(to, 1)) };
  for await (const entry of ctx.store.list(selector)) {
    const rows = decoded(entry, decodeSuperseded).filter((row) => row.assetNo === assetNo);
    const date = String(entry.key[2]);
    if (rows.length > 0) byDate.set(date, [...byDate.get(date) ?? [], ...rows]);
  }
  return byDate;
}

/** No bar of a later day had been recorded, in whatever zone. */
const lastDayAt = (instant: Date): string => addDays(instant.toISOString().slice(0, 10), 1);

const earlier = (day: string | undefined, other: string): string => day === undefined || other < day ? other : day;
