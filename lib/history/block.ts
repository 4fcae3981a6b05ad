/**
 * A block: an asset's bars of a span of time, as columns. Columns that hold nothing are left out.
 *
 * @module
 */
import { dayNumber, dayOf } from "../day.ts";
import type { Bar } from "./bar.ts";

/** A bar, and when this store came to know it. */
export interface RecordedBar extends Bar {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly recordedAtSeconds: number;
}

const COLUMNS = ["close", "open", "high", "low", "volume", "vwap", "preMarket", "afterHours"] as const;
type Column = typeof COLUMNS[number];

/** What KV holds: one array of doubles for all columns, since each array of its own costs more than a bar. */
export interface StoredBlock {
  readonly v: 1;
  readonly days: Uint16Array;
  readonly recordedAtSeconds: Uint32Array;
  readonly sources: readonly string[];
  /** A place in `sources` for each bar; empty where all bars have the first. */
  readonly source: Uint8Array;
  /** The columns that are present: bit i for `COLUMNS[i]`. */
  readonly columns: number;
  /** The present columns one after another, `NaN` for what is not known. */
  readonly values: Float64Array;
}

/** Bars by rising date, each date once. */
export function encodeBlock(bars: readonly RecordedBar[]): StoredBlock {
  const present = COLUMNS.filter((column) => bars.some((bar) => bar[column] !== null));
  const sources = [...new Set(bars.map((bar) => bar.source))];
  const values = new Float64Array(present.length * bars.length);
  for (const [place, column] of present.entries()) {
    for (const [i, bar] of bars.entries()) values[place * bars.length + i] = bar[column] ?? NaN;
  }
  return {
    v: 1,
    days: Uint16Array.from(bars, (bar) => dayNumber(bar.date)),
    recordedAtSeconds: Uint32Array.from(bars, (bar) => bar.recordedAtSeconds),
    sources,
    source: sources.length === 1 ? new Uint8Array() : Uint8Array.from(bars, (bar) => sources.indexOf(bar.source)),
    columns: present.reduce((bits, column) => bits | 1 << COLUMNS.indexOf(column), 0),
    values,
  };
}

export function decodeBlock(value: unknown): RecordedBar[] {
  const block = asBlock(value);
  const { days, sources, source } = block;
  const columns = new Map<Column, number>();
  for (const [bit, column] of COLUMNS.entries()) {
    if ((block.columns & 1 << bit) !== 0) columns.set(column, columns.size * days.length);
  }
  const read = (column: Column, i: number): number | null => {
    const start = columns.get(column);
    const held = start === undefined ? NaN : block.values[start + i] ?? NaN;
    return Number.isNaN(held) ? null : held;
  };
  return Array.from(days, (day, i) => ({
    date: dayOf(day),
    open: read("open", i),
    high: read("high", i),
    low: read("low", i),
    close: read("close", i) ?? NaN,
    volume: read("volume", i),
    vwap: read("vwap", i),
    preMarket: read("preMarket", i),
    afterHours: read("afterHours", i),
    source: sources[source[i] ?? 0] ?? "",
    recordedAtSeconds: block.recordedAtSeconds[i] ?? 0,
  }));
}

function asBlock(value: unknown): StoredBlock {
  const block = value as StoredBlock | null;
  if (block?.v !== 1 || !(block.days instanceof Uint16Array) || !(block.values instanceof Float64Array)) {
    throw new TypeError("A series block is not of the form that this program reads");
  }
  return block;
}

/** Whether two bars say the same, whenever they were recorded and wherever they came from. */
export const sameBar = (a: Bar, b: Bar): boolean => COLUMNS.every((column) => Object.is(a[column], b[column]));
