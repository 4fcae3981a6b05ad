/**
 * What a source of market data must offer, and the outcomes it answers in.
 * Adapters translate status codes and bodies into these; nothing behind this line knows HTTP.
 *
 * @module
 */

/** The markets that a provider can answer as a whole, one call a day each. */
export type Market = "stocks" | "crypto" | "fx";

/**
 * A row as a provider sent it, not yet checked: a number that was missing or was none is `NaN` where it is required
 * and `null` where it is optional, so that one bad row is quarantined and never costs the whole answer.
 */
export interface ProviderBar {
  readonly symbol: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly vwap: number | null;
}

/** Why there is no value, and so what is to be done next. */
export type Failure =
  /** The day is not over for the provider: ask again later. */
  | { readonly type: "not_yet"; readonly reason: string }
  /** Outside the history that the plan includes: final. */
  | { readonly type: "too_old"; readonly reason: string }
  /** The plan does not include this data: final. */
  | { readonly type: "not_entitled"; readonly reason: string }
  | { readonly type: "not_found"; readonly reason: string }
  /** Too many calls; `retryAfterMs` where the provider said how long. */
  | { readonly type: "rate_limited"; readonly reason: string; readonly retryAfterMs: number | undefined }
  /** The key was refused: stop calling and tell the operator. */
  | { readonly type: "bad_key"; readonly reason: string }
  /** The request was not understood: our mistake, never retried. */
  | { readonly type: "rejected"; readonly reason: string }
  /** Passing: a server error, a time-out, a connection that broke. */
  | { readonly type: "passing_fault"; readonly reason: string }
  /** An answer that is not what the provider documents. */
  | { readonly type: "malformed"; readonly reason: string };

/** The answer to one question. `empty` is an answer too: nothing was traded. */
export type Outcome<T> = { readonly type: "ok"; readonly value: T } | { readonly type: "empty" } | Failure;

/** What the caller brings to each question. */
export interface Call {
  /** Ends the call early; the outcome is then a `passing_fault`. */
  readonly signal: AbortSignal;
  /** Awaited before every request that goes out, so that all calls keep the provider's pace. */
  readonly slot: () => Promise<void>;
}

export interface Provider {
  readonly name: string;
  /** The zone whose calendar days are the stock market's sessions. */
  readonly timeZone: string;
  readonly callsPerMinute: number;
  /** Every asset's raw bar of one session. */
  marketDay(market: Market, date: string, call: Call): Promise<Outcome<readonly ProviderBar[]>>;
}
