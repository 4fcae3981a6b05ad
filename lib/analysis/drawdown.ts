/**
 * Drawdowns: how far a value is below its highest so far. The starting value counts as a peak.
 *
 * @module
 */
import { known, type Metric, missing } from "./metric.ts";
import { growthOf } from "./returns.ts";

/** A fall from a peak, to the return of the value to that peak. */
export interface Drawdown {
  /** `1 - trough / peak`, a positive fraction; above 1 where the value falls below zero. */
  readonly depth: number;
  /** Place of the last value at the peak. */
  readonly peak: number;
  /** Place of the lowest value, the first of several. */
  readonly trough: number;
  /** Place of the first value at the peak again; `null` where it has not been reached. */
  readonly recovery: number | null;
}

/**
 * How far each value is below its highest so far, `1 - V / peak`.
 *
 * @param values Money or growth, of a time that begins with a value above 0.
 * @returns As many positive fractions; nothing where the first value is not above 0.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(drawdownSeries(Float64Array.of(4, 3, 5, 4)), Float64Array.of(0, 0.25, 0, 0.2));
 * ```
 */
export function drawdownSeries(values: Float64Array): Float64Array | undefined {
  let peak = values[0] ?? 1;
  if (!(peak > 0)) return undefined;
  return values.map((value) => {
    peak = Math.max(peak, value);
    return (peak - value) / peak;
  });
}

/**
 * Every drawdown of a series, in the order of time.
 *
 * @param values Money or growth, of a time that begins with a value above 0; places count from 0.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(drawdownsOf(Float64Array.of(4, 3, 2, 4, 8, 6)), [
 *   { depth: 0.5, peak: 0, trough: 2, recovery: 3 },
 *   { depth: 0.25, peak: 4, trough: 5, recovery: null },
 * ]);
 * ```
 */
export function drawdownsOf(values: Float64Array): Drawdown[] {
  const below = drawdownSeries(values) ?? new Float64Array();
  const found: Drawdown[] = [];
  let peak = 0;
  let under: { depth: number; trough: number } | undefined;
  for (let i = 0; i < below.length; i++) {
    const depth = below[i] as number;
    if (depth > 0) {
      if (under === undefined || depth > under.depth) under = { depth, trough: i };
    } else {
      if (under !== undefined) found.push({ ...under, peak, recovery: i });
      [peak, under] = [i, undefined];
    }
  }
  if (under !== undefined) found.push({ ...under, peak, recovery: null });
  return found;
}

/**
 * The deepest drawdowns, the deepest first; of equal ones the earlier.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const [deepest] = deepestDrawdowns(Float64Array.of(4, 3, 4, 8, 4), 1);
 * assert.deepEqual(deepest, { depth: 0.5, peak: 3, trough: 4, recovery: null });
 * ```
 */
export const deepestDrawdowns = (values: Float64Array, count: number): Drawdown[] =>
  drawdownsOf(values).sort((a, b) => b.depth - a.depth || a.peak - b.peak).slice(0, count);

/**
 * The deepest drawdown of what returns make of 1, as a positive fraction; after empyrical's `max_drawdown`, which tells it
 * as a negative one.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns From 1 observation on; 0 where the value never fell below its peak.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(maxDrawdown(Float64Array.of(-0.25, 1)), { value: 0.25 });
 * ```
 */
export const maxDrawdown = (returns: Float64Array): Metric =>
  returns.length === 0 ? missing("too_few_observations") : maxDrawdownOf(growthOf(returns));

/**
 * The same of values themselves.
 *
 * @param values Money or growth, the starting value first.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(maxDrawdownOf(Float64Array.of(4, 3, 5)), { value: 0.25 });
 * ```
 */
export function maxDrawdownOf(values: Float64Array): Metric {
  if (values.length < 2) return missing("too_few_observations");
  const series = drawdownSeries(values);
  if (series === undefined) return missing("value_not_positive");
  let deepest = 0;
  for (const depth of series) deepest = Math.max(deepest, depth);
  return known(deepest);
}
