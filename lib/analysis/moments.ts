/**
 * Mean, deviation, skewness and kurtosis, to nearly the last bit and for numbers of any size: values are scaled by a power of
 * two and taken from the first of them, so that a constant series has a deviation of exactly 0; then two passes, the
 * second corrected for the rounding of the first (Chan, Golub, LeVeque 1983).
 *
 * @module
 */
import { known, type Metric, missing } from "./metric.ts";

/** What the metrics are made of. */
export interface Moments {
  /** How many values. */
  readonly count: number;
  /** NaN of no values. */
  readonly mean: number;
  /** With `count - 1` (ddof 1), NaN of fewer than two values; exactly 0 where the values do not vary but for rounding. */
  readonly deviation: number;
  /** With `count` (ddof 0). */
  readonly populationDeviation: number;
  /** Of the population, `m3 / m2^1.5`; NaN where the values do not vary. */
  readonly skewness: number;
  /** Of the population, `m4 / m2^2 - 3`; NaN where the values do not vary. */
  readonly excessKurtosis: number;
}

/**
 * Deviations below this share of the largest value are rounding. Returns that were computed from values carry 1e-16 of
 * error, which of a daily 0.01 % is this much.
 */
const ROUNDING = 1e-12;

/**
 * Whether a deviation is no more than the rounding of the numbers that it was computed from.
 *
 * @param deviation 0 or above.
 * @param reach The largest of those numbers, without sign.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(isRounding(1e-17, 0.1), true);
 * assert.equal(isRounding(1e-17, 1e-16), false);
 * ```
 */
export const isRounding = (deviation: number, reach: number): boolean => deviation <= ROUNDING * reach;

/**
 * The largest of some values, without sign; 0 of none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(reachOf(Float64Array.of(0.01, -0.03)), 0.03);
 * ```
 */
export function reachOf(values: Float64Array): number {
  let reach = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number);
    if (size > reach) reach = size;
  }
  return reach;
}

/**
 * The power of two below a number: dividing by it is exact and leaves less than 2.
 *
 * @param reach 0 or above.
 * @returns 1 for 0.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(scaleOf(0.3), 0.25);
 * ```
 */
export const scaleOf = (reach: number): number =>
  reach === 0 ? 1 : 2 ** Math.max(-1_000, Math.min(1_000, Math.floor(Math.log2(reach))));

/**
 * The moments of a series.
 *
 * @param values Finite.
 * @param reach Where the values were themselves computed, the largest number that they were computed from, without sign.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { mean, deviation } = momentsOf(Float64Array.of(0.01, 0.03));
 * assert.ok(Math.abs(mean - 0.02) < 1e-17 && Math.abs(deviation - 0.01 * Math.SQRT2) < 1e-17);
 * assert.equal(momentsOf(new Float64Array(30).fill(0.1)).deviation, 0);
 * ```
 */
export function momentsOf(values: Float64Array, reach = 0): Moments {
  const count = values.length;
  const ownReach = reachOf(values);
  const scale = scaleOf(ownReach);
  const first = count === 0 ? 0 : (values[0] as number) / scale;
  const shift = sumFrom(values, scale, first) / count;
  const [second, third, fourth] = centralSums(values, scale, first, shift);
  const population = Math.sqrt(second / count);
  const isConstant = isRounding(population, Math.max(ownReach, reach) / scale);
  return {
    count,
    mean: (first + shift) * scale,
    deviation: count < 2 ? NaN : isConstant ? 0 : Math.sqrt(second / (count - 1)) * scale,
    populationDeviation: isConstant ? 0 : population * scale,
    skewness: isConstant ? NaN : third / count / population ** 3,
    excessKurtosis: isConstant ? NaN : fourth / count / population ** 4 - 3,
  };
}

/**
 * Skewness of the population, `m3 / m2^1.5`.
 *
 * @returns From 2 observations on; none where the values do not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = skewness(Float64Array.of(0, 0, 3));
 * assert.ok(value !== null && Math.abs(value - Math.SQRT1_2) < 1e-15);
 * ```
 */
export const skewness = (values: Float64Array): Metric => shape(values, (moments) => moments.skewness);

/**
 * Excess kurtosis of the population, `m4 / m2^2 - 3`: 0 of a normal distribution.
 *
 * @returns From 2 observations on; none where the values do not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(excessKurtosis(Float64Array.of(-1, 1)), { value: -2 });
 * ```
 */
export const excessKurtosis = (values: Float64Array): Metric => shape(values, (moments) => moments.excessKurtosis);

function shape(values: Float64Array, of: (moments: Moments) => number): Metric {
  if (values.length < 2) return missing("too_few_observations");
  const moments = momentsOf(values);
  return moments.deviation === 0 ? missing("zero_variance") : known(of(moments));
}

/** Summed with compensation (Neumaier 1974). */
function sumFrom(values: Float64Array, scale: number, first: number): number {
  let [sum, lost] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] as number) / scale - first;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Sums of the second, third and fourth powers of what the values differ from their mean by. */
function centralSums(
  values: Float64Array,
  scale: number,
  first: number,
  shift: number,
): [second: number, third: number, fourth: number] {
  let [rest, second, third, fourth] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const centred = (values[i] as number) / scale - first - shift;
    const square = centred * centred;
    rest += centred;
    second += square;
    third += square * centred;
    fourth += square * square;
  }
  return [Math.max(0, second - rest * rest / values.length), third, fourth];
}
