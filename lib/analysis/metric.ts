/**
 * What a metric answers: a number, or none and the reason. Never 0, NaN or Infinity for "unknown".
 *
 * @module
 */

/** Why there is no number, as a closed list. */
export const MISSING_REASONS = [
  /** Fewer observations than the definition needs. */
  "too_few_observations",
  /** Prices begin later than the time that is asked about. */
  "short_history",
  /** The values do not vary, and the metric divides by how much they do. */
  "zero_variance",
  /** Nothing fell below the return that was required. */
  "no_downside",
  /** The value never fell below its peak. */
  "no_drawdown",
  /** The benchmark never rose. */
  "no_up_periods",
  /** The benchmark never fell. */
  "no_down_periods",
  /** Another divisor is zero. */
  "zero_denominator",
  /** A value is zero or below, where there is no rate of growth and no logarithm. */
  "value_not_positive",
  /** Cash flows of one sign have no rate of return. */
  "no_sign_change",
  /** Cash flows of one day have no rate of return. */
  "one_date",
  /** No rate brings the cash flows' present value to zero. */
  "no_root",
  /** The number is there, but beyond what a double holds. */
  "overflow",
] as const;

/** Why there is no number. */
export type MissingReason = typeof MISSING_REASONS[number];

/** A number, or none and the reason. */
export type Metric = Known | Missing;

/** A number; finite. */
export interface Known {
  /** Finite. */
  readonly value: number;
}

/** No number. */
export interface Missing {
  /** Where a number would stand. */
  readonly value: null;
  /** Why there is none. */
  readonly reason: MissingReason;
}

/**
 * A number that was computed: what is not finite is beyond what a double holds; negative zero is zero.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(known(0.25), { value: 0.25 });
 * assert.deepEqual(known(1e308 * 10), { value: null, reason: "overflow" });
 * ```
 */
export const known = (value: number): Metric => Number.isFinite(value) ? { value: value + 0 } : missing("overflow");

/**
 * No number, and why.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(missing("no_root"), { value: null, reason: "no_root" });
 * ```
 */
export const missing = (reason: MissingReason): Missing => ({ value: null, reason });

/**
 * A metric made of another one: what is missing stays so.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const tenDays = (day: Metric) => mapMetric(day, (loss) => loss * Math.sqrt(10));
 * assert.deepEqual(tenDays(missing("zero_variance")), { value: null, reason: "zero_variance" });
 * ```
 */
export const mapMetric = (metric: Metric, of: (value: number) => number): Metric =>
  metric.value === null ? metric : known(of(metric.value));

/**
 * `dividend / divisor`; the first of the two that is missing says why, then a divisor of zero does.
 *
 * @param whenZero The reason where the divisor is zero.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(quotientOf(known(1), known(4), "zero_variance"), { value: 0.25 });
 * assert.deepEqual(quotientOf(known(1), known(0), "zero_variance"), { value: null, reason: "zero_variance" });
 * ```
 */
export function quotientOf(dividend: Metric, divisor: Metric, whenZero: MissingReason): Metric {
  if (dividend.value === null) return dividend;
  if (divisor.value === null) return divisor;
  return divisor.value === 0 ? missing(whenZero) : known(dividend.value / divisor.value);
}
