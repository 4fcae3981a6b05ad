/** The source of what somebody put in by hand. */
export const MANUAL = "manual";

/**
 * One asset's day of trading, as the source gave it: never adjusted for splits or dividends.
 * Prices are doubles, because the shortest decimal of a double is the text it was sent as; money is computed from that text.
 */
export interface Bar {
  /** The session's date, `YYYY-MM-DD`. */
  readonly date: string;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number;
  /** Shares traded; providers send fractions, so never an integer by contract. */
  readonly volume: number | null;
  /** The day's volume-weighted average price. */
  readonly vwap: number | null;
  readonly preMarket: number | null;
  readonly afterHours: number | null;
  /** Where the bar came from: a provider's name, `manual` or `fixture`. */
  readonly source: string;
}
