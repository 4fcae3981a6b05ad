/**
 * Currencies: their codes, the minor units in which some exchanges quote, and how a rate is told.
 *
 * @module
 */
import { type Decimal, rounded } from "./decimal.ts";
import { quotient, type Ratio, ratio, UNITY } from "./ratio.ts";

/**
 * Codes of list one of ISO 4217 that the runtime does not name everywhere, since its list is that of money in people's
 * hands and of an older day: the newest currencies, units of account and precious metals.
 */
const ADDED = "XCG ZWG BOV CHE CHW CLF COU MXV USN UYI UYW XAG XAU XDR XPD XPT XSU XUA".split(" ");

const CODES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("currency"), ...ADDED]);

/**
 * Whether a text is a code of ISO 4217, in capitals.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(isCurrencyCode("EUR"), true);
 * assert.equal(isCurrencyCode("GBp"), false);
 * ```
 */
export const isCurrencyCode = (text: string): boolean => CODES.has(text);

/** A unit that prices are quoted in. */
export interface Unit {
  /** The currency that it is a part of, by its code of ISO 4217. */
  readonly currency: string;
  /** How much of that currency one unit is: 1/100 for a penny. */
  readonly worth: Ratio;
}

const hundredth = (currency: string): Unit => ({ currency, worth: ratio(1, 100) });

/**
 * What exchanges and data providers call a hundredth, or of the dinar a thousandth: shares in London are quoted in pence
 * (`GBp` with Reuters, Bloomberg and Yahoo, `GBX` with the exchange), in Johannesburg in cents, in Tel Aviv in agorot,
 * in Kuwait in fils. How many there are to one is the minor unit of ISO 4217 (list one), 2 or 3 decimals.
 */
const MINOR_UNITS: Readonly<Record<string, Unit>> = {
  GBp: hundredth("GBP"),
  GBX: hundredth("GBP"),
  ZAc: hundredth("ZAR"),
  ZAC: hundredth("ZAR"),
  ILA: hundredth("ILS"),
  KWF: { currency: "KWD", worth: ratio(1, 1_000) },
};

/** The codes of minor units that are understood. */
export const MINOR_UNIT_CODES: readonly string[] = Object.keys(MINOR_UNITS);

/**
 * The unit that a code stands for; a currency is one of itself.
 *
 * @example
 * ```ts
 * import { quotient } from "./ratio.ts";
 * import assert from "node:assert/strict";
 * const { currency, worth } = unitOf("GBp");
 * assert.deepEqual([currency, quotient(worth).toString()], ["GBP", "0.01"]);
 * ```
 */
export function unitOf(code: string): Unit {
  return Object.hasOwn(MINOR_UNITS, code) ? MINOR_UNITS[code] ?? wholeOf(code) : wholeOf(code);
}

const wholeOf = (currency: string): Unit => ({ currency, worth: UNITY });

/** As many as leave the eighth place of an amount right when a rate as it is told is multiplied with billions. */
const RATE_PLACES = 20;

/**
 * A rate as it is told: exactly where it has 20 decimal places or fewer, as a direct quote has, else rounded half-even
 * to 20 places.
 *
 * @example
 * ```ts
 * import { plain } from "./decimal.ts";
 * import { inverse, ratio } from "./ratio.ts";
 * import assert from "node:assert/strict";
 * assert.equal(plain(statedRate(ratio("1.1567", 1))), "1.1567");
 * assert.equal(plain(statedRate(inverse(ratio("1.1567", 1)))), "0.86452839975793204807");
 * ```
 */
export const statedRate = (rate: Ratio): Decimal => rounded(quotient(rate), RATE_PLACES);
