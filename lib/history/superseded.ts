/**
 * Bars whose place another took. Each write that replaces bars of a day leaves a value beside the day's sheet, in the same atomic
 * operation: when each bar had been recorded, and in what it differed from the one that took its place. So the late volumes of a
 * night cost a few bytes each, and every earlier version of a bar can be told from the present one, back to the first.
 *
 * @module
 */
import type { Bar } from "./bar.ts";
import { COLUMNS, joined, type RecordedBar } from "./block.ts";
import { columnReader, packColumn } from "./packed_column.ts";

/** A bar that was replaced, by what it said otherwise than the one after it. */
export interface Superseded {
  readonly assetNo: number;
  /** Of this bar; it was replaced when the one after it was recorded. */
  readonly recordedAtSeconds: number;
  readonly differing: Partial<Bar>;
}

/** What KV holds, under a shard, a day, and a number that rises with each write. */
export interface StoredSuperseded {
  readonly v: 1;
  readonly rows: number;
  readonly sources: readonly string[];
  /** The columns that are present: bit i for `COLUMNS[i]`, and the one after those for the source. */
  readonly columns: number;
  /** Packed one after another: asset numbers, seconds of recording, which columns differ, and then the present columns. */
  readonly packed: Uint8Array;
}

const SOURCE_BIT = 1 << COLUMNS.length;

/** What is left of a bar when another takes its place. */
export const supersededBy = (after: Bar, before: RecordedBar, assetNo: number): Superseded => ({
  assetNo,
  recordedAtSeconds: before.recordedAtSeconds,
  differing: Object.fromEntries(
    [...COLUMNS, "source" as const].filter((name) => !Object.is(before[name], after[name]))
      .map((name) => [name, before[name]]),
  ),
});

export function encodeSuperseded(rows: readonly Superseded[]): StoredSuperseded {
  const bits = rows.map(({ differing }) => bitsOf(differing));
  const columns = bits.reduce((all, some) => all | some, 0);
  const sources = [...new Set(rows.flatMap(({ differing }) => differing.source ?? []))];
  const present = COLUMNS.filter((_, i) => (columns & 1 << i) !== 0);
  return {
    v: 1,
    rows: rows.length,
    sources,
    columns,
    packed: joined([
      packColumn(rows.map(({ assetNo }) => assetNo)),
      packColumn(rows.map(({ recordedAtSeconds }) => recordedAtSeconds)),
      packColumn(bits),
      ...present.map((name) => packColumn(rows.map(({ differing }) => differing[name] ?? null))),
      ...sources.length === 0
        ? []
        : [packColumn(rows.map(({ differing: { source } }) => source === undefined ? null : sources.indexOf(source)))],
    ]),
  };
}

export function decodeSuperseded(value: unknown): Superseded[] {
  const stored = asSuperseded(value);
  const next = columnReader(stored.packed, stored.rows);
  const [assetNos, recordedAtSeconds, differing] = [next(), next(), next()];
  const values = COLUMNS.map((name, i) => ({
    name,
    bit: 1 << i,
    column: (stored.columns & 1 << i) === 0 ? [] : next(),
  }));
  const sources = (stored.columns & SOURCE_BIT) === 0 ? [] : next();
  return assetNos.map((assetNo, row) => {
    const bits = differing[row] ?? 0;
    const fields = values.filter(({ bit }) => (bits & bit) !== 0)
      .map(({ name, column }): [string, unknown] => [name, column[row] ?? null]);
    if ((bits & SOURCE_BIT) !== 0) fields.push(["source", stored.sources[sources[row] ?? 0] ?? ""]);
    return {
      assetNo: assetNo ?? 0,
      recordedAtSeconds: recordedAtSeconds[row] ?? 0,
      differing: Object.fromEntries(fields),
    };
  });
}

/** The bar before, from the one that took its place. */
export const restored = (after: RecordedBar, { differing, recordedAtSeconds }: Superseded): RecordedBar => ({
  ...after,
  ...differing,
  recordedAtSeconds,
});

const bitsOf = (differing: Partial<Bar>): number =>
  COLUMNS.reduce((bits, name, i) => name in differing ? bits | 1 << i : bits, "source" in differing ? SOURCE_BIT : 0);

function asSuperseded(value: unknown): StoredSuperseded {
  const stored = value as StoredSuperseded | null;
  if (stored?.v !== 1 || !(stored.packed instanceof Uint8Array)) {
    throw new TypeError("Superseded bars are not of the form that this program reads");
  }
  return stored;
}
