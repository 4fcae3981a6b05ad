/**
 * Where a portfolio's risk comes from: what each asset adds to its volatility and value at risk. The parts add up to the
 * whole (Euler's theorem for functions that scale with the weights), so that a sector's part is the sum of its members'.
 * Gourieroux, Laurent, Scaillet, Sensitivity analysis of values at risk (2000); PerformanceAnalytics'
 * `VaR(portfolio_method = "component")`.
 *
 * @module
 */
import { tailShare } from "./confidence.ts";
import { type Missing, missing } from "./metric.ts";
import { momentsOf, reachOf } from "./moments.ts";
import { normalQuantile } from "./normal.ts";

/** What each asset adds to a portfolio's risk of one period. */
export interface RiskContributions {
  /** The portfolio's returns, `sum(w_i r_i)`. */
  readonly returns: Float64Array;
  /** Their mean. */
  readonly mean: number;
  /** Their deviation (ddof 1), above 0: the sum of the components. */
  readonly deviation: number;
  /** Mean return of each asset. */
  readonly means: Float64Array;
  /** What one more of an asset's weight would add to the deviation, `(Cov w)_i / std_p`. */
  readonly marginals: Float64Array;
  /** What an asset adds to the deviation, `w_i (Cov w)_i / std_p`; below 0 where it hedges. */
  readonly components: Float64Array;
  /** Deviations of the assets by absolute weight over the portfolio's: 1 where nothing offsets (Choueifaty 2008). */
  readonly diversificationRatio: number;
}

/**
 * Splits a portfolio's risk over its assets, in `O(n T)`: the covariances with the portfolio's returns are all that is
 * wanted of the covariance matrix.
 *
 * @param assets Of each of `n` assets, its returns on the same `T` dates; finite.
 * @param weights `n`, of the value that the returns are told of; negative for what is short.
 * @returns By period; none from fewer than 2 dates, or where the portfolio's return does not vary.
 * @example One asset and its opposite, half as large
 * ```ts
 * import assert from "node:assert/strict";
 * const r = Float64Array.of(0.01, 0.03);
 * const split = riskContributions([r, r.map((x) => -x)], Float64Array.of(1, 0.5));
 * assert.ok("components" in split);
 * const [asset = NaN, hedge = NaN] = split.components;
 * assert.ok(Math.abs(asset - 0.01 * Math.SQRT2) < 1e-16 && Math.abs(hedge + 0.005 * Math.SQRT2) < 1e-16);
 * ```
 */
export function riskContributions(
  assets: readonly Float64Array[],
  weights: Float64Array,
): RiskContributions | Missing {
  const returns = weightedReturns(assets, weights);
  if (returns.length < 2) return missing("too_few_observations");
  const { mean, deviation } = momentsOf(returns, grossReach(assets, weights));
  if (deviation === 0) return missing("zero_variance");
  // In units of the deviation, so that squares stay within a double.
  const standardised = returns.map((r) => (r - mean) / deviation);
  const moments = assets.map((asset) => momentsOf(asset));
  const means = Float64Array.from(moments, (asset) => asset.mean);
  const marginals = Float64Array.from(assets, (asset, i) => dot(asset, means[i] as number, standardised));
  const components = marginals.map((marginal, i) => marginal * (weights[i] as number));
  const apart = moments.reduce((sum, asset, i) => sum + Math.abs(weights[i] as number) * asset.deviation, 0);
  if (!Number.isFinite(deviation) || !Number.isFinite(apart)) return missing("overflow");
  return { returns, mean, deviation, means, marginals, components, diversificationRatio: apart / deviation };
}

/** What each asset adds to a portfolio's Gaussian value at risk of one period. */
export interface VarContributions {
  /** The portfolio's: the sum of the components. */
  readonly total: number;
  /** What one more of an asset's weight would add, `-mean_i - z (Cov w)_i / std_p`. */
  readonly marginals: Float64Array;
  /** What an asset adds, `w_i` times that. */
  readonly components: Float64Array;
}

/**
 * Splits a portfolio's Gaussian value at risk over its assets.
 *
 * @param confidence Between 0 and 1.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const split = riskContributions([Float64Array.of(0.01, 0.03)], Float64Array.of(0.5));
 * assert.ok("components" in split);
 * const { total } = varContributions(split, Float64Array.of(0.5), 0.95);
 * assert.ok(Math.abs(total - (-0.01 + 1.6448536269514722 * 0.005 * Math.SQRT2)) < 1e-16);
 * ```
 */
export function varContributions(
  { means, marginals: slopes, mean, deviation }: RiskContributions,
  weights: Float64Array,
  confidence: number,
): VarContributions {
  const z = normalQuantile(tailShare(confidence));
  const marginals = slopes.map((slope, i) => -(means[i] as number) - z * slope);
  return { total: -mean - z * deviation, marginals, components: marginals.map((m, i) => m * (weights[i] as number)) };
}

/**
 * The returns of a portfolio that holds the weights anew each period, `sum(w_i r_i)`.
 *
 * @param assets Of each of `n` assets, its returns on the same `T` dates.
 * @param weights `n`.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const assets = [Float64Array.of(0.5, 0.25), Float64Array.of(0.25, 0.5)];
 * assert.deepEqual(weightedReturns(assets, Float64Array.of(1, -1)), Float64Array.of(0.25, -0.25));
 * ```
 */
export function weightedReturns(assets: readonly Float64Array[], weights: Float64Array): Float64Array {
  const returns = new Float64Array(assets[0]?.length ?? 0);
  for (const [i, asset] of assets.entries()) {
    const weight = weights[i] as number;
    for (let t = 0; t < returns.length; t++) returns[t] = (returns[t] as number) + weight * (asset[t] as number);
  }
  return returns;
}

/** The largest return that the assets' could add up to: what is left of hedges far below it is rounding. */
const grossReach = (assets: readonly Float64Array[], weights: Float64Array): number =>
  assets.reduce((sum, asset, i) => sum + Math.abs(weights[i] as number) * reachOf(asset), 0);

/** `cov(r, p) / std_p`, of returns that are standardised. */
function dot(asset: Float64Array, mean: number, standardised: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < asset.length; t++) sum += ((asset[t] as number) - mean) * (standardised[t] as number);
  return sum / (asset.length - 1);
}
