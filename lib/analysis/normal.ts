/**
 * The standard normal distribution, and the chi-squared distribution with one degree of freedom, which is its square's.
 *
 * @module
 */
import { cumulativeNormal, densityNormal, quantileNormal } from "vega-statistics";

/**
 * The value below which a share of the distribution lies.
 *
 * @param share Between 0 and 1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.ok(Math.abs(normalQuantile(0.05) - -1.6448536269514722) < 1e-14);
 * ```
 */
export const normalQuantile = (share: number): number => quantileNormal(share);

/**
 * The density.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.ok(Math.abs(normalDensity(0) - 0.3989422804014327) < 1e-16);
 * ```
 */
export const normalDensity = (z: number): number => densityNormal(z);

/**
 * The probability of a statistic as large or larger, by chi-squared with one degree of freedom: `2 Phi(-sqrt(x))`.
 *
 * @param statistic 0 or above.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.ok(Math.abs(chiSquaredTail(3.841458820694124) - 0.05) < 1e-15);
 * ```
 */
export const chiSquaredTail = (statistic: number): number => 2 * cumulativeNormal(-Math.sqrt(statistic));
