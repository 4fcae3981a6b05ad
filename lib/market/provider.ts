/**
 * What a source of market data must offer, and the outcomes it answers in.
 * Adapters translate status codes and bodies into these; nothing behind this line knows HTTP.
 *
 * @module
 */
import type { Market } from "../store/market_days.ts";

/** A provider can answer each as a whole, one call a day. */
export type { Market };

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

/**
 * A bar of one asset's history, with its session: a New York date for stocks and indices, a UTC date for crypto and
 * currencies.
 */
export interface DatedProviderBar extends ProviderBar {
  /** `YYYY-MM-DD`; any other text where the row has no such date. */
  readonly date: string;
}

/** `from` old shares become `to` new ones; not yet checked, and sent more than once by some providers. */
export interface ProviderSplit {
  readonly symbol: string;
  /** The first day in new shares; not yet checked either. */
  readonly executionDate: string;
  readonly from: number;
  readonly to: number;
}

/** Cash a share; not yet checked. */
export interface ProviderDividend {
  readonly symbol: string;
  readonly exDividendDate: string;
  readonly cashAmount: number;
  /** As an asset's. */
  readonly currency: string | null;
}

/** What a provider knows of an asset, beside its prices. */
export interface ProviderAsset {
  readonly symbol: string;
  readonly name: string;
  readonly kind: "stock" | "fund" | "crypto" | "currency" | "index" | "other";
  /** Of its prices: ISO 4217 in upper case, or a minor unit such as `GBp`; `null` where it is not said. */
  readonly currency: string | null;
  readonly isActive: boolean;
  /** Standard Industrial Classification; absent for funds, many foreign issuers, crypto, and from searches. */
  readonly sicCode: string | null;
  /** In the provider's own words, such as `Health Care`, where it names sectors and not codes. */
  readonly sector: string | null;
  /** Names the security whatever its symbol (the composite FIGI), where the provider knows it. */
  readonly figi: string | null;
  readonly listedOn: string | null;
  readonly delistedOn: string | null;
}

/** A day that is known in advance to be no session, or a short one. */
export interface ProviderHoliday {
  readonly date: string;
  readonly name: string;
  readonly status: "closed" | "early-close";
}

/** An issuer's symbols over time; the newest is the present one. */
export interface ProviderSymbolChange {
  readonly symbol: string;
  /** The first day on which it was used. */
  readonly since: string;
}

/** A span of days, both ends included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Which corporate actions: all that take effect within a span, of one asset or of all. */
export interface ActionQuery extends Span {
  readonly symbol?: string | undefined;
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
  /** The request was not understood, or asks for more than can be answered: our mistake, never retried. */
  | { readonly type: "rejected"; readonly reason: string }
  /** Passing: a server error, a time-out, a connection that broke. */
  | { readonly type: "passing_fault"; readonly reason: string }
  /** An answer that is not what the provider documents; may pass, so it is tried again a few times. */
  | { readonly type: "malformed"; readonly reason: string };

/** The answer to one question. `empty` is an answer too: nothing was traded. */
export type Outcome<T> = { readonly type: "ok"; readonly value: T } | { readonly type: "empty" } | Failure;

/** What the caller brings to each question. */
export interface Call {
  /** Ends the call early; the outcome is then a `passing_fault`. */
  readonly signal: AbortSignal;
  /** Awaited before every request that goes out, so that all calls keep the provider's pace. What it throws is passed on. */
  readonly slot: () => Promise<void>;
}

/** A question that only some providers can answer. A symbol that is not known is `not_found` or `empty`. */
export type Question<Q, A> = (question: Q, call: Call) => Promise<Outcome<A>>;

export interface Provider {
  readonly name: string;
  /** The zone whose calendar days are the stock market's sessions. */
  readonly timeZone: string;
  readonly callsPerMinute: number;
  /** Tells whether the key is still the one that was refused, and does not tell the key; absent where none is needed. */
  readonly keyDigest?: string;
  /** With what is older than the provider's records, this is the day since which it was used. */
  readonly recordsSince?: string;
  /** How far back the plan reaches; absent where there is no plan, but whatever there is. */
  readonly historyYears?: number;
  /** Every asset's raw bar of one session: one request. */
  marketDay(market: Market, date: string, call: Call): Promise<Outcome<readonly ProviderBar[]>>;
  /**
   * One asset's raw bars of a span, by rising date: one request for any span that the plan includes. Days before the
   * plan's history are refused or left out, so the first bar says how far back the answer reaches.
   */
  readonly range?: Question<Span & { readonly symbol: string }, readonly DatedProviderBar[]>;
  /** By rising date, a request for every few thousand; `rejected` where the span holds too many. */
  readonly splits?: Question<ActionQuery, readonly ProviderSplit[]>;
  /** As `splits`. */
  readonly dividends?: Question<ActionQuery, readonly ProviderDividend[]>;
  readonly details?: Question<{ readonly symbol: string }, ProviderAsset>;
  /** Assets whose symbol or name is like a text, the likeliest first; one request. */
  readonly search?: Question<{ readonly text: string; readonly limit: number }, readonly ProviderAsset[]>;
  /** The coming days on which the stock market is closed or closes early: each once, by rising date. */
  readonly holidays?: Question<void, readonly ProviderHoliday[]>;
  /**
   * The symbols under which an asset's issuer was traded, by rising date. Asked by its FIGI, or by the symbol that it has
   * now: one that it had before is nobody's, or another's.
   */
  readonly symbolChanges?: Question<{ readonly symbol: string }, readonly ProviderSymbolChange[]>;
}
