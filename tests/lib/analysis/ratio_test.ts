import assert from "node:assert/strict";
import fc from "fast-check";
import { decimal, plain, rounded } from "../../../lib/analysis/decimal.ts";
import { inverse, isUnity, product, quotient, ratio, scaled, UNITY } from "../../../lib/analysis/ratio.ts";

/** Decimals above 0 as they are written: up to 9 digits before and 6 after the point. */
const amount = fc.tuple(fc.integer({ min: 1, max: 10 ** 15 }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, places]) => plain(decimal(digits).div(10 ** places)));
const price = fc.integer({ min: 1, max: 10 ** 9 }).map((hundredths) => hundredths / 100);

Deno.test("a value is multiplied and rounded once, half to even", () => {
  const cases: [value: number, by: [string | number, string | number], expected: string][] = [
    [499.23, [1, 4], "124.8075"],
    [1, [1, 3], "0.33333333"],
    [2, [1, 3], "0.66666667"],
    [0.00000001, [1, 2], "0"],
    [0.00000003, [1, 2], "0.00000002"],
    [0.00000005, [1, 2], "0.00000002"],
    [0.00000007, [1, 2], "0.00000004"],
    [0, [3, 1], "0"],
    [65163883, [4, 1], "260655532"],
    [166.37, ["1.011", 1], "168.20007"],
    [1e-7, [10, 1], "0.000001"],
    [1e21, [10, 1], "10000000000000000000000"],
    [100, [1e-7, "0.0000001"], "100"],
  ];
  for (const [value, [numerator, denominator], expected] of cases) {
    assert.equal(scaled(value, ratio(numerator, denominator)), expected, `${value} * ${numerator} / ${denominator}`);
  }
});

Deno.test("a tie is found where no decimal of the factor would show it", () => {
  // 1 / 1.011 has no end, but 0.000000005055 / 1.011 is 0.000000005 exactly, and goes to the even 0.
  assert.equal(scaled(0.000000005055, ratio(1, "1.011")), "0");
  assert.equal(scaled(0.000000015165, ratio(1, "1.011")), "0.00000002");
});

Deno.test("1 leaves a value as it is, with more places than are rounded to", () => {
  for (const one of [UNITY, ratio("1.5", "1.50"), product(ratio(1, 3), ratio(3, 1))]) {
    assert.equal(isUnity(one), true);
    assert.equal(scaled(0.0000000123456, one), "0.0000000123456");
  }
  assert.equal(isUnity(ratio(1, "1.00000001")), false);
});

Deno.test("thirds are put together again without a remainder", () => {
  const whole = [ratio(1, 3), ratio(1, 7), ratio(21, 1)].reduce(product, UNITY);
  assert.equal(isUnity(whole), true);
  assert.equal(plain(quotient(ratio(1, 3))), `0.${"3".repeat(40)}`);
  assert.equal(plain(quotient(inverse(ratio(1, "1.011")))), "1.011");
});

Deno.test("property: a value is multiplied as decimals multiply it", () => {
  fc.assert(fc.property(price, amount, amount, (value, numerator, denominator) => {
    const expected = plain(rounded(decimal(value).times(numerator).div(denominator)));
    const by = ratio(numerator, denominator);
    if (!isUnity(by)) assert.equal(scaled(value, by), expected);
  }));
});
