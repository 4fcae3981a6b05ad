/**
 * Each block of a shard's series can be read, and holds bars that could be stored today, each date once and in its block.
 *
 * @module
 */
import { dayNumber, isDay } from "../day.ts";
import { decodeBlock, type RecordedBar } from "../history/block.ts";
import { valueFaultOf } from "../history/checks.ts";
import { LAYOUT } from "../history/layout.ts";
import type { Span } from "../history/shard.ts";
import type { Store } from "../store/store.ts";
import { type Fault, type FaultIn, few, unreadable } from "./check.ts";

/** What the series of a shard say, for its sheets and its record to agree with. */
export interface ShardSeries {
  /** By day number: asset number, close, asset number, close, and so on, by rising asset number. */
  readonly closes: Map<number, number[]>;
  /** By asset number. */
  readonly spans: Map<number, Span>;
  /** Assets and their blocks whose dates cannot be relied on, as `assetNo/block`. */
  readonly unsure: Set<string>;
  readonly faults: Fault[];
  blocks: number;
  bars: number;
}

/** A block that no reader finds. */
export const NO_PLACE: FaultIn = { kind: "misplaced", what: "stands under no asset and block" };

const BATCH = 500;

export async function readShardSeries(store: Store, shard: number, newestDay: string): Promise<ShardSeries> {
  const first = shard * LAYOUT.assetsPerShard + 1;
  const series: ShardSeries = {
    closes: new Map(),
    spans: new Map(),
    unsure: new Set(),
    faults: [],
    blocks: 0,
    bars: 0,
  };
  const range = { start: ["series", first], end: ["series", first + LAYOUT.assetsPerShard] };
  for await (const entry of store.list(range, { batchSize: BATCH })) addBlock(series, entry, newestDay);
  return series;
}

function addBlock(series: ShardSeries, { key, value }: Deno.KvEntry<unknown>, newestDay: string): void {
  const [, assetNo, block] = key;
  if (key.length !== 3 || !Number.isInteger(assetNo) || typeof block !== "string") {
    series.faults.push({ ...NO_PLACE, key });
    return;
  }
  series.blocks += 1;
  const bars = readBars(value, block);
  if ("kind" in bars) {
    series.unsure.add(`${String(assetNo)}/${block}`);
    series.faults.push({ ...bars, key });
    return;
  }
  const bad = bars.flatMap((bar) => {
    const reason = bar.date > newestDay ? "in_future" : valueFaultOf(bar);
    return reason === undefined ? [] : [`${bar.date}: ${reason}`];
  });
  if (bad.length > 0) {
    series.faults.push({ kind: "impossible_bars", key, what: `holds bars that cannot be: ${few(bad)}` });
  }
  addBars(series, Number(assetNo), bars);
}

/** A block's bars, or why its dates cannot be relied on. */
export function readBars(value: unknown, block: string): RecordedBar[] | FaultIn {
  try {
    const bars = decodeBlock(value);
    return datesFaultIn(bars, block) ?? bars;
  } catch (error) {
    return unreadable(error);
  }
}

function datesFaultIn(bars: readonly RecordedBar[], block: string): FaultIn | undefined {
  let before = "";
  for (const { date } of bars) {
    if (date <= before) return { kind: "impossible_bars", what: `is out of order: ${date} comes after ${before}` };
    if (LAYOUT.blockOf(date) !== block) {
      return { kind: "impossible_bars", what: `holds ${date}, which is of another block` };
    }
    before = date;
  }
  if (bars.length === 0) return { kind: "nothing_in_it", what: "holds no bars" };
  // What lies between two days of the calendar is one too.
  return isDay(before) ? undefined : { kind: "impossible_bars", what: `holds ${before}, which is no day` };
}

/** Blocks come by rising time, so that the last one ends the span. */
function addBars(series: ShardSeries, assetNo: number, bars: readonly RecordedBar[]): void {
  for (const { date, close } of bars) {
    const day = dayNumber(date);
    const rows = series.closes.get(day);
    if (rows === undefined) series.closes.set(day, [assetNo, close]);
    else rows.push(assetNo, close);
  }
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return;
  const firstDay = series.spans.get(assetNo)?.firstDay ?? dayNumber(first.date);
  series.spans.set(assetNo, { firstDay, lastDay: dayNumber(last.date), lastClose: last.close });
  series.bars += bars.length;
}
