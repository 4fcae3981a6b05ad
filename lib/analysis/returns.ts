/**
 * Returns and how they compound. A return is simple, a fraction of the value before: 0.01 is one percent.
 *
 * @module
 */
import { known, type Metric, missing } from "./metric.ts";
import { momentsOf } from "./moments.ts";

/** Trading days in a year, by which daily numbers are made yearly ones. */
export const TRADING_DAYS = 252;

/** Days of the calendar in a year (act/365). */
const CALENDAR_DAYS = 365;

/**
 * Simple returns between successive values, `V_t / V_{t-1} - 1`.
 *
 * @param values Money; `T + 1` of them.
 * @returns `T` returns; nothing where a value but the last is zero or below, of which no return can be told.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(returnsOf(Float64Array.of(100, 150, 75)), Float64Array.of(0.5, -0.5));
 * assert.equal(returnsOf(Float64Array.of(0, 1)), undefined);
 * ```
 */
export function returnsOf(values: Float64Array): Float64Array | undefined {
  const returns = new Float64Array(Math.max(0, values.length - 1));
  for (let i = 0; i < returns.length; i++) {
    const before = values[i] as number;
    if (!(before > 0)) return undefined;
    // Not V/V - 1: the difference of values that are near each other is exact.
    returns[i] = ((values[i + 1] as number) - before) / before;
  }
  return returns;
}

/**
 * What 1 grows to: the starting value, then the value after each return.
 *
 * @param returns `T` simple returns.
 * @returns `T + 1` values, the first of them 1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(growthOf(Float64Array.of(0.5, -0.5)), Float64Array.of(1, 1.5, 0.75));
 * ```
 */
export function growthOf(returns: Float64Array): Float64Array {
  const growth = new Float64Array(returns.length + 1);
  growth[0] = 1;
  for (let i = 0; i < returns.length; i++) growth[i + 1] = (growth[i] as number) * (1 + (returns[i] as number));
  return growth;
}

/**
 * A yearly rate as one a period: `(1 + rate)^(1/n) - 1`.
 *
 * @param annual Above -1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.ok(Math.abs(periodicRate(0.21, 2) - 0.1) < 1e-15);
 * ```
 */
export const periodicRate = (annual: number, periodsPerYear = TRADING_DAYS): number =>
  Math.expm1(Math.log1p(annual) / periodsPerYear);

/**
 * The mean of simple returns a period.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns From 1 observation on.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(meanReturn(Float64Array.of(0.25, -0.75)), { value: -0.25 });
 * ```
 */
export const meanReturn = (returns: Float64Array): Metric =>
  returns.length === 0 ? missing("too_few_observations") : known(momentsOf(returns).mean);

/**
 * The return over all periods, `prod(1 + r) - 1`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns From 1 observation on; a loss of everything, or of more, is told as it is.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(totalReturn(Float64Array.of(0.5, -0.5)), { value: -0.25 });
 * ```
 */
export function totalReturn(returns: Float64Array): Metric {
  if (returns.length === 0) return missing("too_few_observations");
  let total = 0;
  // Not the product less 1: that has no more digits of a small return than are left beside the 1.
  for (const r of returns) total += r * (1 + total);
  return known(total);
}

/**
 * Compound annual growth rate, `prod(1 + r)^(n/T) - 1`; after empyrical's `annual_return`. Of less than a year it says
 * what the same pace would come to: tell the plain return beside it.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param periodsPerYear `n`.
 * @returns From 1 observation on; none where a return is below -1, for there is no root of a negative value.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = cagr(Float64Array.of(0.1, 0.1), 1);
 * assert.ok(value !== null && Math.abs(value - 0.1) < 1e-15);
 * ```
 */
export function cagr(returns: Float64Array, periodsPerYear = TRADING_DAYS): Metric {
  if (returns.length === 0) return missing("too_few_observations");
  if (returns.some((r) => r < -1)) return missing("value_not_positive");
  return known(Math.expm1(logGrowth(returns) * periodsPerYear / returns.length));
}

/**
 * A return over some days of the calendar as one a year, `(1 + R)^(365/days) - 1`.
 *
 * @param total The return over the whole time; -1 or above.
 * @param days Above 0.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = annualisedReturn(0.21, 730);
 * assert.ok(value !== null && Math.abs(value - 0.1) < 1e-15);
 * ```
 */
export function annualisedReturn(total: number, days: number): Metric {
  if (total < -1) return missing("value_not_positive");
  if (!(days > 0)) return missing("too_few_observations");
  return known(Math.expm1(Math.log1p(total) * CALENDAR_DAYS / days));
}

/** `ln(prod(1 + r))`, which neither overflows nor loses what is small; summed with compensation (Neumaier 1974). */
function logGrowth(returns: Float64Array): number {
  let [sum, lost] = [0, 0];
  for (const r of returns) {
    const term = Math.log1p(r);
    if (term === -Infinity) return term;
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}
