import assert from "node:assert/strict";
import fc from "fast-check";
import { type CashFlow, moneyWeightedReturn } from "../../../lib/analysis/money_weighted_return.ts";
import { dayNumber } from "../../../lib/day.ts";
import { assertMissing, assertNear, valueOf } from "./metric_assertions.ts";
import { BEYOND_PYXIRR, SAMPLES } from "./pyxirr_samples.ts";

const flowsOf = (...flows: [date: string, amount: number][]): CashFlow[] =>
  flows.map(([date, amount]) => ({ day: dayNumber(date), amount }));

const sampleFlows = (text: string): CashFlow[] =>
  text.trim().split(/,\s*/).map((flow) => {
    const [date = "", amount = ""] = flow.split(" ");
    return { day: dayNumber(date), amount: Number(amount) };
  });

const rateOf = (flows: CashFlow[]) => moneyWeightedReturn(flows).rate;

/** pyxirr tells the rate that its search ends at; where there are several, ours is the one nearest 0. */
for (const { file, expected, flows } of SAMPLES) {
  Deno.test(`pyxirr: test_xirr_samples, ${file}`, () => {
    const { rate, rates } = moneyWeightedReturn(sampleFlows(flows));
    if (expected === null) return assertMissing(rate, "no_root");
    assert.ok(rates.some((each) => Math.abs(each - expected) <= 1e-8), `${expected} is not among ${rates}`);
    assert.equal(valueOf(rate), rates.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0]);
  });
}

Deno.test("pyxirr: 30-45.csv, where its search ends without the rate that there is", () => {
  const { rate, rates } = moneyWeightedReturn(sampleFlows(BEYOND_PYXIRR));
  assert.equal(rates.length, 1);
  assert.ok(Math.abs(balance(sampleFlows(BEYOND_PYXIRR), valueOf(rate))) < 1e-12);
});

Deno.test("MathWorks: xirr, act/365 (by pyxirr's test_xirr_day_count)", () => {
  const flows = flowsOf(
    ["2007-01-12", -10000],
    ["2008-02-14", 2500],
    ["2008-03-03", 2000],
    ["2008-06-14", 3000],
    ["2008-12-01", 4000],
  );
  assertNear(rateOf(flows), 0.10064378342638, 1e-9);
});

Deno.test("Portfolio Performance: IRRTest, testSimpleExcelTestCase and testSmallConvergenceInterval", () => {
  assertNear(rateOf(flowsOf(["2010-01-01", -200], ["2010-12-31", 210])), 0.050140747, 5e-9);
  const small = flowsOf(["2019-05-24", -1560.94], ["2020-01-13", -1160], ["2020-06-29", 42.8]);
  assertNear(rateOf(small), -0.999251643, 1e-4);
});

Deno.test("no rate: none paid, one sign, one date, and flows that undo each other", () => {
  assertMissing(rateOf([]), "too_few_observations");
  assertMissing(rateOf(flowsOf(["2020-01-01", 0], ["2020-02-01", 0])), "no_sign_change");
  assertMissing(rateOf(flowsOf(["2020-01-01", -1], ["2020-02-01", -2])), "no_sign_change");
  assertMissing(rateOf(flowsOf(["2020-01-01", -1], ["2020-01-01", 2])), "one_date");
  assertMissing(rateOf(flowsOf(["2020-01-01", -1], ["2020-01-01", 1], ["2020-02-01", 2])), "no_sign_change");
});

Deno.test("no rate: Descartes allows two, and none is real", () => {
  // 1 - 2x + 2x^2 is never 0.
  const { rate, rates } = moneyWeightedReturn([{ day: 0, amount: 1 }, { day: 365, amount: -2 }, {
    day: 730,
    amount: 2,
  }]);
  assertMissing(rate, "no_root");
  assert.deepEqual(rates, []);
});

Deno.test("several rates: the one nearest 0, and all of them", () => {
  // (1 - 1.1x)(1 - 1.5x) = 1 - 2.6x + 1.65x^2
  const { rate, rates } = moneyWeightedReturn([
    { day: 0, amount: -100 },
    { day: 365, amount: 260 },
    { day: 730, amount: -165 },
  ]);
  assertNear(rate, 0.1, 1e-12);
  assert.equal(rates.length, 2);
  assert.ok(Math.abs((rates[1] ?? NaN) - 0.5) < 1e-12);
});

Deno.test("a double rate, where the present value touches zero without crossing it", () => {
  // (1 - 1.1x)^2 = 1 - 2.2x + 1.21x^2, far from powers of two.
  const { rate, rates } = moneyWeightedReturn([
    { day: 0, amount: 100 },
    { day: 365, amount: -220 },
    { day: 730, amount: 121 },
  ]);
  assertNear(rate, 0.1, 1e-6);
  assert.equal(rates.length, 1);
});

Deno.test("a rate that is no double: beyond the largest, or so near -1 that it would be -1", () => {
  assertMissing(rateOf([{ day: 0, amount: -1 }, { day: 1, amount: 100 }]), "overflow");
  assertMissing(rateOf([{ day: 0, amount: -100 }, { day: 1, amount: 1 }]), "overflow");
  assertNear(rateOf([{ day: 0, amount: -1 }, { day: 36_500, amount: 1e300 }]), 999, 1e-9);
  assertNear(
    rateOf([{ day: 0, amount: -1e308 }, { day: 0, amount: -1e308 }, { day: 365, amount: 1e308 }]),
    -0.5,
    1e-12,
  );
});

/** The present value at a rate, as a share of its terms' sizes. */
function balance(flows: readonly CashFlow[], rate: number): number {
  const first = Math.min(...flows.map(({ day }) => day));
  const terms = flows.map(({ day, amount }) => amount * Math.exp(-Math.log1p(rate) * (day - first) / 365));
  return terms.reduce((sum, term) => sum + term, 0) / terms.reduce((sum, term) => sum + Math.abs(term), 0);
}

const anyFlows = fc.array(
  fc.record({ day: fc.integer({ min: 0, max: 5_000 }), amount: fc.integer({ min: -100_000, max: 100_000 }) }),
  { minLength: 1, maxLength: 12 },
);

Deno.test("property: at every rate the present value is zero", () => {
  fc.assert(fc.property(anyFlows, (flows) => {
    for (const rate of moneyWeightedReturn(flows).rates) {
      assert.ok(rate > -1 && Number.isFinite(rate));
      // Near -1 a double tells little of what is left.
      const tolerance = 1e-9 + 15 * Number.EPSILON / (1 + rate);
      assert.ok(Math.abs(balance(flows, rate)) < tolerance, `${rate}: ${balance(flows, rate)}`);
    }
  }));
});

Deno.test("property: neither the order of flows, nor their unit, nor zeros change the rate", () => {
  fc.assert(fc.property(anyFlows, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (flows, unit) => {
    const changed = [
      { day: 9_000, amount: 0 },
      ...flows.toReversed().map(({ day, amount }) => ({ day: day + 77, amount: amount * unit })),
    ];
    const [rate, again] = [rateOf(flows), rateOf(changed)];
    if (rate.value === null || again.value === null) return assert.equal(rate.value, again.value);
    assert.ok(Math.abs(rate.value - again.value) <= 1e-6 * (1 + Math.abs(rate.value)));
  }));
});

Deno.test("property: what grew at a rate is found to have", () => {
  const rates = fc.double({ min: -0.9, max: 10, noNaN: true });
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(rates, days, (rate, payments) => {
    const end = 4_001;
    const paid = [0, ...payments].map((day) => ({ day, amount: -100 }));
    const value = paid.reduce((sum, { day }) => sum + 100 * (1 + rate) ** ((end - day) / 365), 0);
    assertNear(rateOf([...paid, { day: end, amount: value }]), rate, 1e-9 * (1 + Math.abs(rate)));
  }));
});
