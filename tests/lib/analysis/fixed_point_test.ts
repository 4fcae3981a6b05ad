import assert from "node:assert/strict";
import fc from "fast-check";
import Big from "big.js";
import { decimal, plain, sum } from "../../../lib/analysis/decimal.ts";
import {
  compareFixed,
  type FixedPoint,
  fixedPoint,
  nearestQuotient,
  plainFixed,
  plusFixed,
  sumFixed,
  timesFixed,
} from "../../../lib/analysis/fixed_point.ts";
import { type Ratio, ratio, roundedProduct } from "../../../lib/analysis/ratio.ts";

/** Short ones as most money is, others about as long as a double holds, as decimal or as whole number, and some that none does. */
const digits = fc.oneof(
  fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
  fc.bigInt({ min: -(10n ** 15n) - 9n, max: -(10n ** 15n) + 9n }),
  fc.bigInt({ min: 10n ** 14n, max: 10n ** 15n }),
  fc.maxSafeInteger().map(BigInt),
  fc.bigInt({ min: -(2n ** 53n) - 9n, max: -(2n ** 53n) + 9n }),
  fc.bigInt({ min: 2n ** 53n - 9n, max: 2n ** 53n + 9n }),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
);
const written = fc.tuple(digits, fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => plain(decimal(`${digits}e-${places}`)));
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

Deno.test("sums of any number are those of decimals", () => {
  fc.assert(fc.property(fc.array(written), (texts) => {
    assert.equal(plainFixed(sumFixed(texts.map(fixedPoint))), plain(sum(texts.map(decimal))));
  }));
});

Deno.test("digits are a double if that is a safe integer, however they were come by", () => {
  const isFitting = ({ digits }: FixedPoint): boolean =>
    Number.isSafeInteger(Number(digits)) === (typeof digits === "number");
  fc.assert(fc.property(written, written, (a, b) => {
    const [first, second] = [fixedPoint(a), fixedPoint(b)];
    const made = [first, plusFixed(first, second), timesFixed(first, second), sumFixed([second, first])];
    assert.deepEqual([...made, roundedProduct(first, ratio(2, 3))].filter((value) => !isFitting(value)), []);
  }));
});

Deno.test("a text that is no decimal is no fixed point", () => {
  for (const text of ["abc", "1.2.3", "1.2.0", "1.2.", "Infinity", "NaN", "1,5"]) {
    assert.throws(() => fixedPoint(text), text);
  }
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
