import assert from "node:assert/strict";
import fc from "fast-check";
import Big from "big.js";
import { decimal, plain } from "../../../lib/analysis/decimal.ts";
import {
  compareFixed,
  fixedPoint,
  nearestQuotient,
  plainFixed,
  plusFixed,
  timesFixed,
} from "../../../lib/analysis/fixed_point.ts";
import { type Ratio, ratio, roundedProduct } from "../../../lib/analysis/ratio.ts";

const written = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => plain(decimal(digits).div(10 ** places)));
const positive = written.map((text) => text.replace("-", "")).filter((text) => Number(text) > 0);

/** Rounded by its exact value, half-even, to 8 places. */
const Rounding = Big();
Rounding.DP = 8;
Rounding.RM = Big.roundHalfEven;

const convertedByHand = (amount: string, { numerator, denominator }: Ratio): string =>
  plain(decimal(new Rounding(amount).times(`${numerator}`).div(`${denominator}`)));

Deno.test("fixed point says of sums, products and conversions what decimals say", () => {
  fc.assert(fc.property(written, written, positive, positive, (a, b, numerator, denominator) => {
    assert.equal(plainFixed(fixedPoint(a)), a);
    assert.equal(plainFixed(plusFixed(fixedPoint(a), fixedPoint(b))), plain(decimal(a).plus(b)));
    assert.equal(plainFixed(timesFixed(fixedPoint(a), fixedPoint(b))), plain(decimal(a).times(b)));
    assert.equal(Math.sign(compareFixed(fixedPoint(a), fixedPoint(b))), decimal(a).cmp(b));
    const rate = ratio(numerator, denominator);
    assert.equal(plainFixed(roundedProduct(fixedPoint(a), rate)), convertedByHand(a, rate));
  }));
});

Deno.test("a quotient as a double is the nearest to its exact value, of any size and sign", () => {
  const Precise = Big();
  Precise.DP = 120;
  const value = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -24, max: 12 }))
    .map(([digits, exponent]) => decimal(`${digits}e${exponent}`));
  const money = fc.tuple(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), fc.nat({ max: 8 }))
    .map(([digits, places]) => decimal(`${digits}e-${places}`));
  const any = fc.oneof(value, money);
  fc.assert(fc.property(any, any.filter((divisor) => !divisor.eq(0)), (dividend, divisor) => {
    const nearest = new Precise(dividend).div(divisor).toNumber();
    assert.equal(nearestQuotient(fixedPoint(dividend), fixedPoint(divisor)) + 0, nearest + 0);
  }));
});

Deno.test("halfway between two doubles the even one is the nearest, a hair above it the one above", () => {
  const two53 = 2n ** 53n;
  const halfway = { digits: two53 + 1n, places: 0 };
  assert.equal(nearestQuotient(halfway, fixedPoint(1)), Number(two53));
  const hair = 10n ** 40n;
  assert.equal(nearestQuotient({ digits: halfway.digits * hair + 1n, places: 40 }, fixedPoint(1)), Number(two53) + 2);
});
