/**
 * How two series vary together, for numbers of any size.
 *
 * @module
 */
import { momentsOf, reachOf, scaleOf } from "./moments.ts";

/** Sums of products of what two series differ from their means by. Each series is counted in a unit of its own. */
export interface Comoments {
  /** Of both. */
  readonly cross: number;
  /** Of the first with itself; 0 where it does not vary. */
  readonly first: number;
  /** Of the second with itself; 0 where it does not vary. */
  readonly second: number;
  /** The unit of the first over that of the second. */
  readonly unit: number;
}

/**
 * The co-moments of two series of one length; for a covariance see `beta` and `correlation`, which need no units.
 *
 * @param first Finite.
 * @param second Finite, as many.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { cross, second, unit } = comomentsOf(Float64Array.of(2, 4, 6), Float64Array.of(1, 2, 3));
 * assert.equal(cross / second * unit, 2);
 * ```
 */
export function comomentsOf(first: Float64Array, second: Float64Array): Comoments {
  const [x, y] = [centred(first), centred(second)];
  let cross = 0;
  for (let i = 0; i < x.values.length; i++) cross += (x.values[i] as number) * (y.values[i] as number);
  return { cross, first: x.square, second: y.square, unit: x.scale / y.scale };
}

/**
 * Pearson's correlation by co-moments.
 *
 * @returns -1 to 1; NaN where one of the two does not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const opposite = comomentsOf(Float64Array.of(2, 4, 6), Float64Array.of(3, 2, 1));
 * assert.ok(Math.abs(correlationOf(opposite) + 1) < 1e-15);
 * ```
 */
export function correlationOf({ cross, first, second }: Comoments): number {
  if (first === 0 || second === 0) return NaN;
  return Math.min(1, Math.max(-1, cross / Math.sqrt(first * second)));
}

/** A series less its mean, in units of about its own size. */
function centred(values: Float64Array): { values: Float64Array; square: number; scale: number } {
  const scale = scaleOf(reachOf(values));
  const scaled = values.map((value) => value / scale);
  const { mean, deviation } = momentsOf(scaled);
  if (deviation === 0) return { values: scaled.fill(0), square: 0, scale };
  let square = 0;
  for (let i = 0; i < scaled.length; i++) {
    const difference = (scaled[i] as number) - mean;
    scaled[i] = difference;
    square += difference * difference;
  }
  return { values: scaled, square, scale };
}
