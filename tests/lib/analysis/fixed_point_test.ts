import assert from "node:assert/strict";
import fc from "fast-check";
import { converted } from "../../../lib/analysis/currency.ts";
import { decimal, plain } from "../../../lib/analysis/decimal.ts";
import { fixedPoint, plainFixed, plusFixed, timesFixed } from "../../../lib/analysis/fixed_point.ts";
import { ratio, roundedProduct } from "../../../lib/analysis/ratio.ts";

const written = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => plain(decimal(digits).div(10 ** places)));
const positive = written.map((text) => text.replace("-", "")).filter((text) => Number(text) > 0);

Deno.test("fixed point says of sums, products and conversions what decimals say", () => {
  fc.assert(fc.property(written, written, positive, positive, (a, b, numerator, denominator) => {
    assert.equal(plainFixed(fixedPoint(a)), a);
    assert.equal(plainFixed(plusFixed(fixedPoint(a), fixedPoint(b))), plain(decimal(a).plus(b)));
    assert.equal(plainFixed(timesFixed(fixedPoint(a), fixedPoint(b))), plain(decimal(a).times(b)));
    const rate = ratio(numerator, denominator);
    assert.equal(plainFixed(roundedProduct(fixedPoint(a), rate)), plain(converted(decimal(a), rate)));
  }));
});
