/**
 * Whether a value at risk was exceeded as often as it says: Kupiec's proportion of failures, and the traffic light of the
 * Basel Committee. The value at risk of a day must have been told from data before that day only.
 *
 * @module
 */
import { tailShare } from "./confidence.ts";
import { type Missing, missing } from "./metric.ts";
import { chiSquaredTail } from "./normal.ts";

/** How often a value at risk was exceeded. */
export interface Backtest {
  /** Days, 0 or above; whole. */
  readonly observations: number;
  /** Days whose loss was larger than the value at risk; whole. */
  readonly exceptions: number;
  /** Of the value at risk; between 0 and 1. */
  readonly confidence: number;
}

/** A test of a hypothesis. */
export interface TestResult {
  /** 0 or above. */
  readonly statistic: number;
  /** The probability of a statistic as large or larger, if the value at risk is right. */
  readonly pValue: number;
}

/**
 * Kupiec's test, `LR = -2 ln[(1-p)^(N-x) p^x] + 2 ln[(1-x/N)^(N-x) (x/N)^x]` with `p = 1 - confidence`, chi-squared with one
 * degree of freedom. Kupiec, Techniques for verifying the accuracy of risk measurement models (1995); MathWorks' `pof`.
 *
 * @returns None of no observations.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const test = kupiecTest({ observations: 1043, exceptions: 57, confidence: 0.95 });
 * assert.ok("statistic" in test);
 * assert.deepEqual([test.statistic.toPrecision(5), test.pValue.toPrecision(5)], ["0.46147", "0.49694"]);
 * ```
 */
export function kupiecTest({ observations, exceptions, confidence }: Backtest): TestResult | Missing {
  if (observations === 0) return missing("too_few_observations");
  const expected = tailShare(confidence);
  const rate = exceptions / observations;
  const failures = exceptions === 0 ? 0 : exceptions * Math.log(rate / expected);
  const successes = exceptions === observations
    ? 0
    : (observations - exceptions) * (Math.log1p(-rate) - Math.log1p(-expected));
  const statistic = Math.max(0, 2 * (failures + successes));
  return { statistic, pValue: chiSquaredTail(statistic) };
}

/** Green: nothing is against the value at risk. Yellow: it may be too low. Red: it almost certainly is. */
export type BaselZone = "green" | "yellow" | "red";

/** The Basel Committee's verdict. */
export interface TrafficLight {
  /** By the probability, but green of no exceptions; `null` of no observations. */
  readonly zone: BaselZone | null;
  /** Of as many exceptions or fewer, if the value at risk is right; `null` of no observations. */
  readonly cumulativeProbability: number | null;
}

const [YELLOW_FROM, RED_FROM] = [0.95, 0.9999];

/**
 * The traffic light: yellow from a cumulative binomial probability of 95 % on, red from 99.99 % on; of 250 days at 99 %
 * that is from 5 and from 10 exceptions on. Basel Committee, Supervisory framework for the use of backtesting (1996). No
 * exceptions are green, even of days that are too few for the probability to say so.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const zoneOf = (exceptions: number) => trafficLight({ observations: 250, exceptions, confidence: 0.99 }).zone;
 * assert.deepEqual([4, 5, 9, 10].map(zoneOf), ["green", "yellow", "yellow", "red"]);
 * ```
 */
export function trafficLight({ observations, exceptions, confidence }: Backtest): TrafficLight {
  if (observations === 0) return { zone: null, cumulativeProbability: null };
  const cumulativeProbability = binomialUpTo(exceptions, observations, tailShare(confidence));
  return { zone: exceptions === 0 ? "green" : zoneOf(cumulativeProbability), cumulativeProbability };
}

const zoneOf = (probability: number): BaselZone =>
  probability < YELLOW_FROM ? "green" : probability < RED_FROM ? "yellow" : "red";

/** The probability of `most` successes or fewer in `trials`; each by its logarithm from the one before, for the first may be too small for a double. */
function binomialUpTo(most: number, trials: number, probability: number): number {
  const odds = Math.log(probability) - Math.log1p(-probability);
  let logarithm = trials * Math.log1p(-probability);
  let sum = Math.exp(logarithm);
  for (let k = 1; k <= most; k++) {
    logarithm += Math.log((trials - k + 1) / k) + odds;
    sum += Math.exp(logarithm);
  }
  return Math.min(1, sum);
}
