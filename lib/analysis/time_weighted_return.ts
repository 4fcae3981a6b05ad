/**
 * The time-weighted return: what an investment made of itself, whatever was paid in and out meanwhile.
 *
 * @module
 */
import { type Metric, type Missing, missing } from "./metric.ts";
import { totalReturn } from "./returns.ts";

/** What a portfolio was worth and what moved, day after day. */
export interface ValuedDays {
  /** Money at the end of each day, after what was paid in and out. */
  readonly values: Float64Array;
  /** Money paid in at the start of each day, 0 or above. */
  readonly inflows: Float64Array;
  /** Money paid out at the end of each day, 0 or above. */
  readonly outflows: Float64Array;
}

/**
 * The return of each day, `(V_t + out_t) / (V_{t-1} + in_t) - 1`, before the first of which nothing was held; after
 * Portfolio Performance's `ClientIndex`.
 *
 * @returns As many as there are days: 0 while nothing is held; none where the value falls below zero, or something
 * comes of nothing.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const days = { values: Float64Array.of(100, 300), inflows: Float64Array.of(100, 100), outflows: Float64Array.of(0, 0) };
 * assert.deepEqual(timeWeightedReturns(days), Float64Array.of(0, 0.5));
 * ```
 */
export function timeWeightedReturns({ values, inflows, outflows }: ValuedDays): Float64Array | Missing {
  const returns = new Float64Array(values.length);
  for (let t = 0; t < values.length; t++) {
    const invested = (values[t - 1] ?? 0) + (inflows[t] as number);
    const came = (values[t] as number) + (outflows[t] as number);
    if (invested === 0 && came === 0) continue;
    if (!(invested > 0) || came < 0) return missing("value_not_positive");
    returns[t] = (came - invested) / invested;
  }
  return returns;
}

/**
 * The return over all days, chained.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const days = { values: Float64Array.of(100, 300), inflows: Float64Array.of(100, 100), outflows: Float64Array.of(0, 0) };
 * assert.deepEqual(timeWeightedReturn(days), { value: 0.5 });
 * ```
 */
export function timeWeightedReturn(days: ValuedDays): Metric {
  const returns = timeWeightedReturns(days);
  return "reason" in returns ? returns : totalReturn(returns);
}
