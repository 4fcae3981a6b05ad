/**
 * Value at risk and expected shortfall of a portfolio, by each method and level, as a fraction and as money.
 *
 * @module
 */
import { gaussianEs, historicalEs } from "../analysis/expected_shortfall.ts";
import type { FixedPoint } from "../analysis/fixed_point.ts";
import type { Metric, Missing, MissingReason } from "../analysis/metric.ts";
import { cornishFisherVar, ewmaVar, gaussianVar, historicalVar, overHorizon } from "../analysis/value_at_risk.ts";
import { moneyOf } from "./money.ts";

type OfReturns = (returns: Float64Array, confidence: number) => Metric;

export const VAR_METHODS = {
  historical: historicalVar,
  gaussian: gaussianVar,
  cornish_fisher: cornishFisherVar,
  ewma: ewmaVar,
};
export const ES_METHODS = { historical: historicalEs, gaussian: gaussianEs };
export type VarMethod = keyof typeof VAR_METHODS;
export type EsMethod = keyof typeof ES_METHODS;

export interface TailRisk<M extends string> {
  readonly method: M;
  readonly confidence: number;
  /** Positive for a loss. */
  readonly value: number | null;
  /** The same of what the portfolio is worth on the day. */
  readonly amount: string | null;
  readonly reason?: MissingReason;
}

/** By method, then by level. */
export function tailRisks<M extends string>(
  methods: Readonly<Record<M, OfReturns>>,
  confidences: readonly number[],
  { returns, horizonDays, marketValue }: {
    readonly returns: Float64Array | Missing;
    readonly horizonDays: number;
    readonly marketValue: FixedPoint;
  },
): TailRisk<M>[] {
  return (Object.entries(methods) as [M, OfReturns][]).flatMap(([method, of]) =>
    confidences.map((confidence) => {
      const metric = returns instanceof Float64Array ? overHorizon(of(returns, confidence), horizonDays) : returns;
      return { method, confidence, ...metric, amount: moneyOf(metric.value, marketValue) };
    })
  );
}
