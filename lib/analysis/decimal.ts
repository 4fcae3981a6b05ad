/**
 * The one decimal type: exact sums and products, for money, prices and quantities.
 *
 * @module
 */
// @ts-types="@types/big.js"
import Big from "big.js";

/** An arbitrary-precision decimal; a value, never changed in place. */
export type Decimal = Big;

/** A constructor of our own, so that nobody else's settings round our quotients. */
const Exact = Big();
/** Quotients carry more digits than any answer shows; sums and products are never rounded. */
Exact.DP = 40;
Exact.RM = Big.roundHalfEven;

/** 0 */
export const ZERO: Decimal = new Exact(0);
/** 1 */
export const ONE: Decimal = new Exact(1);

/**
 * The exact decimal of a text or number; of a number, its shortest decimal.
 *
 * @throws {Error} where the text is no finite decimal.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(plain(decimal(0.1).plus("0.2")), "0.3");
 * ```
 */
export const decimal = (value: string | number | Decimal): Decimal => new Exact(value);

/**
 * Plain notation without trailing zeros.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(["19835.20", "1e-8", "-0"].map((text) => plain(decimal(text))), ["19835.2", "0.00000001", "0"]);
 * ```
 */
export function plain(value: Decimal): string {
  const text = value.toFixed();
  return text === "-0" ? "0" : text;
}

/**
 * The plain decimal of a double: the text that it was sent as, if that had 15 digits or fewer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(plainNumber(1e21), "1000000000000000000000");
 * ```
 */
export const plainNumber = (value: number): string => plain(decimal(value));

/**
 * The exact sum; 0 of nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(plain(sum(["0.1", "0.2", "1e-9"].map(decimal))), "0.300000001");
 * ```
 */
export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}

/** Adjusted prices and converted currencies are rounded to this many places; nothing else is rounded. */
export const ROUNDED_PLACES = 8;

/**
 * Rounded half-even, to {@link ROUNDED_PLACES} decimal places where no other number is given.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(plain(rounded(decimal("0.000000025"))), "0.00000002");
 * assert.equal(plain(rounded(decimal("0.035"), 2)), "0.04");
 * ```
 */
export const rounded = (value: Decimal, places = ROUNDED_PLACES): Decimal => value.round(places, Big.roundHalfEven);
