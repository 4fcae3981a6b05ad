/**
 * How much returns vary: volatility, downside deviation, and the exponentially weighted volatility of RiskMetrics.
 *
 * @module
 */
import { known, type Metric, missing } from "./metric.ts";
import { isRounding, momentsOf, reachOf, scaleOf } from "./moments.ts";
import { TRADING_DAYS } from "./returns.ts";

/**
 * Annual volatility, `std(r, ddof 1) * sqrt(n)`; after empyrical's `annual_volatility`.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param periodsPerYear `n`.
 * @returns A fraction a year, from 2 observations on; 0 where the returns do not vary.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = volatility(Float64Array.of(0.01, 0.03), 2);
 * assert.ok(value !== null && Math.abs(value - 0.02) < 1e-16);
 * ```
 */
export const volatility = (returns: Float64Array, periodsPerYear = TRADING_DAYS): Metric =>
  returns.length < 2
    ? missing("too_few_observations")
    : known(momentsOf(returns).deviation * Math.sqrt(periodsPerYear));

/** What counts as a loss, and how many periods make a year. */
export interface DownsideOptions {
  /** A period; 0 by default. */
  readonly minimumAcceptableReturn?: number;
  /** 252 by default. */
  readonly periodsPerYear?: number;
}

/**
 * Annual downside deviation, `sqrt(mean(min(r - MAR, 0)^2)) * sqrt(n)`, the mean over **all** periods; after empyrical's
 * `downside_risk`, and Bacon, Practical Portfolio Performance Measurement and Attribution.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @returns A fraction a year, from 1 observation on; 0 where nothing fell below the acceptable return.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = downsideDeviation(Float64Array.of(0.5, -0.2), { periodsPerYear: 2 });
 * assert.ok(value !== null && Math.abs(value - 0.2) < 1e-16);
 * ```
 */
export function downsideDeviation(
  returns: Float64Array,
  { minimumAcceptableReturn = 0, periodsPerYear = TRADING_DAYS }: DownsideOptions = {},
): Metric {
  if (returns.length === 0) return missing("too_few_observations");
  const shortfalls = returns.map((r) => Math.min(r - minimumAcceptableReturn, 0));
  const size = rootMeanSquare(shortfalls);
  const reach = Math.max(reachOf(returns), Math.abs(minimumAcceptableReturn));
  return known(isRounding(size, reach) ? 0 : size * Math.sqrt(periodsPerYear));
}

/** RiskMetrics' decay of daily data. */
export const EWMA_DECAY = 0.94;

/**
 * The volatility that is to be expected of the period after the last, by exponentially weighted squares:
 * `s_t^2 = 0.94 s_{t-1}^2 + 0.06 r_{t-1}^2`, zero mean, seeded with the first squared return. J.P. Morgan and Reuters,
 * RiskMetrics Technical Document (1996), 5.2.
 *
 * @param returns Simple, one a period in the order of time: fractions of the value before.
 * @param decay Between 0 and 1.
 * @returns A fraction a period, from 1 observation on.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { value } = ewmaDeviation(Float64Array.of(0.01, -0.02));
 * assert.ok(value !== null && Math.abs(value - Math.sqrt(0.94 * 0.0001 + 0.06 * 0.0004)) < 1e-17);
 * ```
 */
export function ewmaDeviation(returns: Float64Array, decay = EWMA_DECAY): Metric {
  if (returns.length === 0) return missing("too_few_observations");
  const scale = scaleOf(reachOf(returns));
  let variance = ((returns[0] as number) / scale) ** 2;
  for (let i = 1; i < returns.length; i++) {
    variance = decay * variance + (1 - decay) * ((returns[i] as number) / scale) ** 2;
  }
  return known(Math.sqrt(variance) * scale);
}

function rootMeanSquare(values: Float64Array): number {
  const scale = scaleOf(reachOf(values));
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] as number) / scale) ** 2;
  return Math.sqrt(sum / values.length) * scale;
}
