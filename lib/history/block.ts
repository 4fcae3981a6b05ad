/**
 * A block: an asset's bars of a span of time, as columns. Columns that hold nothing are left out.
 *
 * @module
 */
import { dayNumber, sharedDayOf } from "../day.ts";
import type { Bar } from "./bar.ts";
import { columnReader, packColumn } from "./packed_column.ts";

/** A bar, and when this store came to know it. */
export interface RecordedBar extends Bar {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly recordedAtSeconds: number;
}

export const COLUMNS = ["close", "open", "high", "low", "volume", "vwap", "preMarket", "afterHours"] as const;

/** What KV holds: one array for all columns, since each array of its own costs more than a bar. */
export interface StoredBlock {
  readonly v: 1;
  readonly bars: number;
  readonly sources: readonly string[];
  /** The columns that are present: bit i for `COLUMNS[i]`. */
  readonly columns: number;
  /** Packed one after another: days, seconds of recording, places in `sources`, and then the present columns. */
  readonly packed: Uint8Array;
}

/** Bars by rising date, each date once. */
export function encodeBlock(bars: readonly RecordedBar[]): StoredBlock {
  const present = COLUMNS.filter((column) => bars.some((bar) => bar[column] !== null));
  const sources = [...new Set(bars.map((bar) => bar.source))];
  return {
    v: 1,
    bars: bars.length,
    sources,
    columns: present.reduce((bits, column) => bits | 1 << COLUMNS.indexOf(column), 0),
    packed: joined([
      packColumn(bars.map((bar) => dayNumber(bar.date))),
      packColumn(bars.map((bar) => bar.recordedAtSeconds)),
      packColumn(bars.map((bar) => sources.indexOf(bar.source))),
      ...present.map((column) => packColumn(bars.map((bar) => bar[column]))),
    ]),
  };
}

export function decodeBlock(value: unknown): RecordedBar[] {
  const block = asBlock(value);
  const next = columnReader(block.packed, block.bars);
  const [days, recordedAtSeconds, source] = [next(), next(), next()];
  const [close, open, high, low, volume, vwap, preMarket, afterHours] = COLUMNS.map((_, bit) =>
    (block.columns & 1 << bit) === 0 ? undefined : next()
  );
  const bars: RecordedBar[] = [];
  for (let i = 0; i < block.bars; i++) {
    bars.push({
      date: sharedDayOf(days[i] ?? 0),
      open: open?.[i] ?? null,
      high: high?.[i] ?? null,
      low: low?.[i] ?? null,
      close: close?.[i] ?? NaN,
      volume: volume?.[i] ?? null,
      vwap: vwap?.[i] ?? null,
      preMarket: preMarket?.[i] ?? null,
      afterHours: afterHours?.[i] ?? null,
      source: block.sources[source[i] ?? 0] ?? "",
      recordedAtSeconds: recordedAtSeconds[i] ?? 0,
    });
  }
  return bars;
}

/** The days, as numbers, and the closes of a block. */
export function decodeCloses(value: unknown): { days: Int32Array; closes: Float64Array } {
  const block = asBlock(value);
  const next = columnReader(block.packed, block.bars);
  const [days, , , closes] = [next(), next(), next(), next()];
  const columns = { days: new Int32Array(block.bars), closes: new Float64Array(block.bars) };
  for (let i = 0; i < block.bars; i++) {
    columns.days[i] = days[i] ?? 0;
    columns.closes[i] = closes[i] ?? NaN;
  }
  return columns;
}

function asBlock(value: unknown): StoredBlock {
  const block = value as StoredBlock | null;
  if (block?.v !== 1 || !(block.packed instanceof Uint8Array)) {
    throw new TypeError("A series block is not of the form that this program reads");
  }
  return block;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whether two bars say the same, whenever they were recorded and wherever they came from. */
export const sameBar = (a: Bar, b: Bar): boolean => COLUMNS.every((column) => Object.is(a[column], b[column]));
