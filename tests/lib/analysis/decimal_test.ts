import assert from "node:assert/strict";
import fc from "fast-check";
import { decimal, ONE, plain, plainNumber, rounded, sum, ZERO } from "../../../lib/analysis/decimal.ts";

Deno.test("plain notation: no exponent, no trailing zeros, no negative zero", () => {
  const cases = [
    ["1e21", "1000000000000000000000"],
    ["1e-9", "0.000000001"],
    ["19835.20", "19835.2"],
    ["-0", "0"],
    ["-0.0", "0"],
    ["-0.5", "-0.5"],
    ["100", "100"],
  ] as const;
  for (const [text, expected] of cases) assert.equal(plain(decimal(text)), expected);
  assert.equal(plain(decimal("0.1").minus("0.1").times(-1)), "0");
});

Deno.test("a double is its shortest decimal", () => {
  const cases = [[0.1, "0.1"], [151.28, "151.28"], [1e21, "1000000000000000000000"], [5e-7, "0.0000005"], [
    -0,
    "0",
  ]] as const;
  for (const [value, expected] of cases) assert.equal(plainNumber(value), expected);
});

Deno.test("what is no finite decimal is refused", () => {
  for (const text of ["", " ", "1,5", "0x10", "NaN", "Infinity", "1e", "--1"]) assert.throws(() => decimal(text), text);
  for (const value of [NaN, Infinity, -Infinity]) assert.throws(() => decimal(value));
});

Deno.test("rounded half to even, at 8 places", () => {
  const cases = [
    ["0.123456785", "0.12345678"],
    ["0.123456775", "0.12345678"],
    ["0.1234567850000000001", "0.12345679"],
    ["-0.123456785", "-0.12345678"],
    ["0.000000005", "0"],
    ["-0.000000005", "0"],
    ["0.000000015", "0.00000002"],
    ["2.5", "2.5"],
  ] as const;
  for (const [text, expected] of cases) assert.equal(plain(rounded(decimal(text))), expected, text);
});

Deno.test("sums are exact, in any order; of nothing it is 0", () => {
  assert.equal(sum([]), ZERO);
  const texts = fc.array(fc.tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat({ max: 24 })));
  fc.assert(fc.property(texts, (texts) => {
    const values = texts.map(([digits, places]) => decimal(`${digits}e-${places}`));
    const exact = texts.reduce((total, [digits, places]) => total + digits * 10n ** BigInt(24 - places), 0n);
    assert.ok(sum(values).eq(decimal(`${exact}e-24`)));
    assert.ok(sum(values.toReversed()).eq(sum(values)));
  }));
});

Deno.test("nothing that is computed changes what it was computed from", () => {
  const one = decimal("1");
  one.plus(1);
  rounded(one.div(3));
  assert.ok(one.eq(ONE) && ONE.eq(1) && ZERO.eq(0));
});
