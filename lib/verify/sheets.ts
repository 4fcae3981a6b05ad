/**
 * A shard's sheets say what its series say: each bar has its row, each row its bar, and their closes are the same.
 *
 * @module
 */
import { dayNumber, dayOf } from "../day.ts";
import { LAYOUT, sheetKey } from "../history/layout.ts";
import { decodeSheet } from "../history/sheet.ts";
import type { Store } from "../store/store.ts";
import { type Fault, few, messageOf } from "./check.ts";
import type { ShardSeries } from "./series.ts";

/** Sheets that are read together. */
const CHUNK = 200;

/** `sheetDays` are the days that have any sheet. */
export async function sheetFaults(
  store: Store,
  shard: number,
  series: ShardSeries,
  sheetDays: ReadonlySet<string>,
): Promise<Fault[]> {
  const days = [...new Set([...series.closes.keys(), ...Array.from(sheetDays, dayNumber)])].sort((a, b) => a - b);
  const faults: Fault[] = [];
  for (let i = 0; i < days.length; i += CHUNK) {
    const chunk = days.slice(i, i + CHUNK);
    const sheets = await store.getMany(chunk.map((day) => sheetKey(dayOf(day), shard)));
    for (const [place, day] of chunk.entries()) {
      const { key, value } = sheets[place] ?? { key: [], value: null };
      const what = faultIn(value, series, day);
      if (what !== undefined) faults.push({ kind: "wrong_sheet", key, what });
    }
  }
  return faults;
}

function faultIn(value: unknown, series: ShardSeries, day: number): string | undefined {
  const bars = series.closes.get(day) ?? [];
  const isUnsure = (assetNo: number) => series.unsure.has(`${assetNo}/${LAYOUT.blockOf(dayOf(day))}`);
  if (value === null) return bars.length === 0 ? undefined : `is missing: ${bars.length / 2} assets have a bar`;
  try {
    const rows = decodeSheet(value);
    if (rows.size === 0) return "holds no rows";
    const differences = differencesOf(rows, bars, isUnsure);
    return differences.length === 0 ? undefined : `differs from the series: ${few(differences)}`;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}

function differencesOf(
  rows: Map<number, number>,
  bars: readonly number[],
  isUnsure: (assetNo: number) => boolean,
): string[] {
  const differences: string[] = [];
  for (let i = 0; i < bars.length; i += 2) {
    const [assetNo, close] = [bars[i] ?? 0, bars[i + 1] ?? NaN];
    const row = rows.get(assetNo);
    rows.delete(assetNo);
    if (row === undefined) differences.push(`asset ${assetNo} is missing`);
    else if (!Object.is(row, close)) differences.push(`asset ${assetNo} closed at ${row} here, at ${close} there`);
  }
  for (const assetNo of rows.keys()) if (!isUnsure(assetNo)) differences.push(`asset ${assetNo} has no bar`);
  return differences;
}
