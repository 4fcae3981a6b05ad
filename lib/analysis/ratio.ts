/**
 * Exact quotients of whole numbers, for factors that no decimal holds: a split of 3 for 1 makes thirds of prices.
 * What is multiplied with a ratio is rounded once, at the end, and by its exact value.
 *
 * @module
 */
import { type Decimal, decimal, ROUNDED_PLACES } from "./decimal.ts";
import { type FixedPoint, fixedPoint, halfEven, plainFixed, powerOfTen, whole } from "./fixed_point.ts";

/** `numerator / denominator`, both above 0; not always in lowest terms. */
export interface Ratio {
  /** Above 0. */
  readonly numerator: bigint;
  /** Above 0. */
  readonly denominator: bigint;
}

/** 1: what it is multiplied with stays as it is. */
export const UNITY: Ratio = { numerator: 1n, denominator: 1n };

/**
 * The exact ratio of two decimals above 0; numbers count as their shortest decimals.
 *
 * @example
 * ```ts
 * import { plain } from "./decimal.ts";
 * import assert from "node:assert/strict";
 * assert.equal(plain(quotient(ratio("1.011", 1))), "1.011");
 * ```
 */
export function ratio(numerator: string | number, denominator: string | number): Ratio {
  const [above, below] = [fixedPoint(numerator), fixedPoint(denominator)];
  return {
    numerator: BigInt(above.digits) * powerOfTen(below.places),
    denominator: BigInt(below.digits) * powerOfTen(above.places),
  };
}

/**
 * The exact product.
 *
 * @example
 * ```ts
 * import { plain } from "./decimal.ts";
 * import assert from "node:assert/strict";
 * assert.equal(plain(quotient(product(ratio(1, 4), ratio(1, 2)))), "0.125");
 * ```
 */
export const product = (a: Ratio, b: Ratio): Ratio => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});

/**
 * 1 over the ratio.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(inverse(ratio(3, 2)), ratio(2, 3));
 * ```
 */
export const inverse = ({ numerator, denominator }: Ratio): Ratio => ({
  numerator: denominator,
  denominator: numerator,
});

/**
 * Whether it is 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(isUnity(product(ratio(3, 2), ratio(2, 3))), true);
 * ```
 */
export const isUnity = ({ numerator, denominator }: Ratio): boolean => numerator === denominator;

/**
 * The ratio as a decimal, of 40 places at most.
 *
 * @example
 * ```ts
 * import { plain } from "./decimal.ts";
 * import assert from "node:assert/strict";
 * assert.equal(plain(quotient(ratio(1, 3))), `0.${"3".repeat(40)}`);
 * ```
 */
export const quotient = ({ numerator, denominator }: Ratio): Decimal =>
  decimal(numerator.toString()).div(denominator.toString());

/**
 * The nearest double or one beside it, for mathematics in doubles.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(doubleOf(ratio(1, 3)), 1 / 3);
 * ```
 */
export function doubleOf(of: Ratio): number {
  const double = Number(of.numerator) / Number(of.denominator);
  // Of hundreds of factors multiplied, neither half may be a finite double.
  return Number.isFinite(double) && double > 0 ? double : quotient(of).toNumber();
}

/**
 * `value * by` in plain notation, its exact value rounded half-even to {@link ROUNDED_PLACES} places; where `by` is 1,
 * the value unrounded.
 *
 * @param value 0 or above.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(scaled(499.23, ratio(1, 4)), "124.8075");
 * assert.equal(scaled(1, ratio(2, 3)), "0.66666667");
 * ```
 */
export const scaled = (value: number, by: Ratio): string => plainFixed(scaledFixed(value, by));

/**
 * The same in fixed point.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(scaledFixed(1, ratio(2, 3)), { digits: 66666667, places: 8 });
 * ```
 */
export function scaledFixed(value: number, by: Ratio): FixedPoint {
  const given = fixedPoint(value);
  return isUnity(by) ? given : roundedProduct(given, by);
}

/**
 * `value * by`, its exact value rounded half-even to {@link ROUNDED_PLACES} places.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(roundedProduct({ digits: -1, places: 0 }, ratio(2, 3)), { digits: -66666667, places: 8 });
 * ```
 */
export const roundedProduct = ({ digits, places }: FixedPoint, { numerator, denominator }: Ratio): FixedPoint => ({
  digits: whole(halfEven(BigInt(digits) * numerator * powerOfTen(ROUNDED_PLACES), denominator * powerOfTen(places))),
  places: ROUNDED_PLACES,
});
