/**
 * Pearson's correlation of every asset with every other.
 *
 * @module
 */
import { comomentsOf, correlationOf } from "./comoments.ts";
import { momentsOf } from "./moments.ts";

/** `n` by `n`, row after row: entry `i * n + j` is that of the assets `i` and `j`. */
export interface CorrelationMatrix {
  /** -1 to 1, on the diagonal 1; NaN where there are fewer than 2 common dates, or one of the two does not vary on them. */
  readonly values: Float64Array;
  /** On how many common dates each is told. */
  readonly counts: Int32Array;
}

/**
 * The correlations of `n` assets on the dates that each two have in common.
 *
 * @param assets Of each asset, its returns on the same `T` dates; NaN where it has none.
 * @example The third asset has no return on the first date
 * ```ts
 * import assert from "node:assert/strict";
 * const { values, counts } = correlationMatrix([
 *   Float64Array.of(1, 2, 3, 4),
 *   Float64Array.of(4, 3, 2, 1),
 *   Float64Array.of(NaN, 2, 4, 6),
 * ]);
 * assert.deepEqual([...values].map((value) => Math.round(value * 1e12) / 1e12), [1, -1, 1, -1, 1, -1, 1, -1, 1]);
 * assert.deepEqual([...counts], [4, 4, 3, 4, 4, 3, 3, 3, 3]);
 * ```
 */
export function correlationMatrix(assets: readonly Float64Array[]): CorrelationMatrix {
  const size = assets.length;
  const values = new Float64Array(size * size);
  const counts = new Int32Array(size * size);
  const put = (i: number, j: number, value: number, count: number) => {
    values[i * size + j] = values[j * size + i] = value;
    counts[i * size + j] = counts[j * size + i] = count;
  };
  const [whole, partial] = partitioned(assets);
  const length = assets[0]?.length ?? 0;
  products(whole.map((i) => unit(assets[i] as Float64Array)), (i, j, product) => {
    put(whole[i] as number, whole[j] as number, Math.min(1, Math.max(-1, product)), length);
  });
  for (const [i, asset] of assets.entries()) {
    for (const j of partial) {
      const [first, second] = common(asset, assets[j] as Float64Array);
      put(i, j, first.length < 2 ? NaN : correlationOf(comomentsOf(first, second)), first.length);
    }
  }
  for (let i = 0; i < size; i++) if (!Number.isNaN(values[i * size + i])) values[i * size + i] = 1;
  return { values, counts };
}

/** Places of the assets that have a return on every date, and of those that have not. */
function partitioned(assets: readonly Float64Array[]): [whole: number[], partial: number[]] {
  const [whole, partial]: [number[], number[]] = [[], []];
  for (const [i, asset] of assets.entries()) (asset.some(Number.isNaN) ? partial : whole).push(i);
  return [whole, partial];
}

/** Less the mean, with a length of 1: two of them multiplied are the correlation. NaN where there is no variance. */
function unit(asset: Float64Array): Float64Array {
  const { mean, deviation } = momentsOf(asset);
  const length = (deviation || NaN) * Math.sqrt(asset.length - 1);
  return asset.map((r) => (r - mean) / length);
}

/** Vectors whose products are taken together: as many as stay in a processor's cache. */
const TILE = 16;

/** The scalar product of each two vectors, and of each with itself. */
function products(vectors: readonly Float64Array[], tell: (i: number, j: number, product: number) => void): void {
  for (let from = 0; from < vectors.length; from += TILE) {
    const end = Math.min(from + TILE, vectors.length);
    for (let i = 0; i < end; i++) {
      // Two at once halve the reads of the row.
      for (let j = Math.max(i, from); j < end; j += 2) {
        const [one, two] = twoProducts(vectors[i] as Float64Array, vectors[j] as Float64Array, vectors[j + 1]);
        tell(i, j, one);
        if (j + 1 < end) tell(i, j + 1, two);
      }
    }
  }
}

function twoProducts(row: Float64Array, a: Float64Array, b: Float64Array = a): [number, number] {
  let [one, two] = [0, 0];
  for (let t = 0; t < row.length; t++) {
    const value = row[t] as number;
    one += value * (a[t] as number);
    two += value * (b[t] as number);
  }
  return [one, two];
}

/** The returns of two assets on the dates that both have one. */
function common(first: Float64Array, second: Float64Array): [Float64Array, Float64Array] {
  const isCommon = (_: number, t: number) => !Number.isNaN(first[t]) && !Number.isNaN(second[t]);
  return [first.filter(isCommon), second.filter(isCommon)];
}
