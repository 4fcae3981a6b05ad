/**
 * An investment over time, as part of a timeline.
 *
 * @module
 */
import type { ExplainedPrice } from "./explained.ts";
import type { PricePath } from "./price_path.ts";
import type { Held } from "./valuation.ts";

export interface Line {
  readonly held: Held;
  readonly path: PricePath;
  /** By session, where in the path its price stands; -1 where there is none yet. */
  readonly places: Int32Array;
  /** By session, of one of today's shares in the portfolio's currency; where there is none yet, NaN or an estimate. */
  readonly prices: Float64Array;
  /** Where its price stands on the day that the analysis is of, which may be later than the window. */
  readonly newestPlace: number;
}

export type LeftOutReason = "no_price" | "no_fx_rate" | "short_history";

/** An investment that an analysis leaves out. */
export interface LeftOut {
  readonly held: Held;
  readonly reason: LeftOutReason;
  /** Its value as of the day in doubles, for the share that is covered; 0 where it has none. */
  readonly value: number;
  /** What that was made from, where it has one. */
  readonly newest?: ExplainedPrice;
}

export const WARNING_CODES = [
  "stale_price",
  "stale_fx_rate",
  "short_history",
  "price_jump",
  "dividend_left_out",
  "benchmark_gaps",
  "few_observations",
  "not_monotone",
] as const;

/** Of one asset, or of the whole. */
export interface AnalysisWarning {
  readonly code: typeof WARNING_CODES[number];
  readonly asset?: string;
  readonly detail: string;
}

/** The first session on which it has a price of its own; as many as there are sessions where it has none. */
export function firstPriced({ places }: Line): number {
  const first = places.findIndex((place) => place >= 0);
  return first < 0 ? places.length : first;
}

/** Its value on the day that the analysis is of, in doubles. */
export const newestValue = ({ held, path, newestPlace }: Line): number =>
  Number(held.amount) * (path.prices[newestPlace] ?? 0);

/** The same without the sessions before one. */
export const lineFrom = (line: Line, session: number): Line => ({
  ...line,
  places: line.places.subarray(session),
  prices: line.prices.subarray(session),
});
