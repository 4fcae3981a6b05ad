/**
 * A sheet: the closes of one day for the assets of a shard, as columns by rising asset number.
 *
 * @module
 */
interface StoredSheet {
  readonly v: 1;
  readonly assetNos: Uint32Array;
  readonly closes: Float64Array;
}

/** Closes by asset number. */
export type Sheet = ReadonlyMap<number, number>;

export function encodeSheet(closes: Sheet): StoredSheet {
  const rows = [...closes].sort(([a], [b]) => a - b);
  return {
    v: 1,
    assetNos: Uint32Array.from(rows, ([no]) => no),
    closes: Float64Array.from(rows, ([, close]) => close),
  };
}

export function decodeSheet(value: unknown): Map<number, number> {
  const sheet = value as StoredSheet | null;
  if (sheet?.v !== 1 || !(sheet.assetNos instanceof Uint32Array) || !(sheet.closes instanceof Float64Array)) {
    throw new TypeError("A sheet is not of the form that this program reads");
  }
  const { assetNos, closes } = sheet;
  return new Map(Array.from(assetNos, (no, i) => [no, closes[i] ?? NaN]));
}
