/**
 * Exact quotients of whole numbers, for factors that no decimal holds: a split of 3 for 1 makes thirds of prices.
 * What is multiplied with a ratio is rounded once, at the end, and by its exact value.
 *
 * @module
 */
import { type Decimal, decimal, ROUNDED_PLACES } from "./decimal.ts";

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
  const [above, below] = [wholeOf(plainOf(numerator)), wholeOf(plainOf(denominator))];
  return {
    numerator: above.digits * powerOfTen(below.places),
    denominator: below.digits * powerOfTen(above.places),
  };
}

/** The exact product. */
export const product = (a: Ratio, b: Ratio): Ratio => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});

/** 1 over the ratio. */
export const inverse = ({ numerator, denominator }: Ratio): Ratio => ({
  numerator: denominator,
  denominator: numerator,
});

/** Whether it is 1. */
export const isUnity = ({ numerator, denominator }: Ratio): boolean => numerator === denominator;

/** The ratio as a decimal, of 40 places at most. */
export const quotient = ({ numerator, denominator }: Ratio): Decimal =>
  decimal(numerator.toString()).div(denominator.toString());

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
export function scaled(value: number, by: Ratio): string {
  const text = plainOf(value);
  if (isUnity(by)) return text;
  const { digits, places } = wholeOf(text);
  const above = digits * by.numerator * ROUNDING;
  const below = by.denominator * powerOfTen(places);
  const floor = above / below;
  const twiceRest = 2n * (above - floor * below);
  const isUp = twiceRest > below || twiceRest === below && floor % 2n === 1n;
  return withPlaces(isUp ? floor + 1n : floor);
}

const ROUNDING = 10n ** BigInt(ROUNDED_PLACES);
const ZERO_DIGIT = 0x30;

const powers: bigint[] = [];
const powerOfTen = (exponent: number): bigint => powers[exponent] ??= 10n ** BigInt(exponent);

/** Only very small and very large doubles are not written plainly by themselves. */
function plainOf(value: string | number): string {
  const text = String(value);
  return text.includes("e") ? decimal(value).toFixed() : text;
}

/** A plain decimal as a whole number over `10 ** places`. */
function wholeOf(plain: string): { digits: bigint; places: number } {
  const point = plain.indexOf(".");
  if (point < 0) return { digits: BigInt(plain), places: 0 };
  return { digits: BigInt(plain.slice(0, point) + plain.slice(point + 1)), places: plain.length - point - 1 };
}

/** A whole number over `10 ** ROUNDED_PLACES`, without trailing zeros. */
function withPlaces(whole: bigint): string {
  const text = whole.toString().padStart(ROUNDED_PLACES + 1, "0");
  const point = text.length - ROUNDED_PLACES;
  let end = text.length;
  while (end > point && text.charCodeAt(end - 1) === ZERO_DIGIT) end--;
  return end === point ? text.slice(0, point) : `${text.slice(0, point)}.${text.slice(point, end)}`;
}
