import assert from "node:assert/strict";
import fc from "fast-check";
import { kupiecTest, trafficLight } from "../../../lib/analysis/kupiec.ts";

function told(observations: number, exceptions: number, confidence: number) {
  const test = kupiecTest({ observations, exceptions, confidence });
  assert.ok("statistic" in test);
  return test;
}

Deno.test("MathWorks: varbacktest pof and proportion of failures test, to five digits", () => {
  const cases: [observations: number, exceptions: number, statistic: string, pValue: string][] = [
    [1043, 57, "0.46147", "0.49694"],
    [250, 3, "10.812", "0.0010083"],
  ];
  for (const [observations, exceptions, statistic, pValue] of cases) {
    const test = told(observations, exceptions, 0.95);
    assert.deepEqual([test.statistic.toPrecision(5), test.pValue.toPrecision(5)], [statistic, pValue]);
  }
});

Deno.test("no exceptions, nothing but exceptions, as many as expected", () => {
  assert.ok(Math.abs(told(250, 0, 0.99).statistic - -2 * 250 * Math.log(0.99)) < 1e-12);
  assert.ok(Math.abs(told(250, 250, 0.99).statistic - -2 * 250 * Math.log(0.01)) < 1e-9);
  assert.deepEqual(told(100, 5, 0.95), { statistic: 0, pValue: 1 });
  assert.deepEqual(kupiecTest({ observations: 0, exceptions: 0, confidence: 0.95 }), {
    value: null,
    reason: "too_few_observations",
  });
});

Deno.test("Basel: the cumulative probabilities of 250 days at 99 % (Basel Committee 1996, table 2)", () => {
  const cases: [exceptions: number, zone: string, percent: number][] = [
    [0, "green", 8.11],
    [1, "green", 28.58],
    [2, "green", 54.32],
    [3, "green", 75.81],
    [4, "green", 89.22],
    [5, "yellow", 95.88],
    [6, "yellow", 98.63],
    [7, "yellow", 99.60],
    [8, "yellow", 99.89],
    [9, "yellow", 99.97],
    [10, "red", 99.99],
  ];
  for (const [exceptions, zone, percent] of cases) {
    const light = trafficLight({ observations: 250, exceptions, confidence: 0.99 });
    assert.equal(light.zone, zone, String(exceptions));
    const told = light.cumulativeProbability ?? NaN;
    assert.ok(Math.abs(told * 100 - percent) <= 0.005001, String(told));
  }
});

Deno.test("Basel: no exceptions are nothing against it, be they of ever so few days; no days are no verdict", () => {
  for (const [observations, confidence] of [[1, 0.99], [5, 0.99], [1, 0.95], [1, 0.9999]] as const) {
    assert.equal(trafficLight({ observations, exceptions: 0, confidence }).zone, "green", String(observations));
  }
  assert.equal(trafficLight({ observations: 5, exceptions: 1, confidence: 0.99 }).zone, "yellow");
  assert.deepEqual(trafficLight({ observations: 0, exceptions: 0, confidence: 0.99 }), {
    zone: null,
    cumulativeProbability: null,
  });
});

Deno.test("Basel: of a million days the first probability is too small for a double, and the median is still one half", () => {
  const light = trafficLight({ observations: 1_000_000, exceptions: 50_000, confidence: 0.95 });
  assert.ok(Math.abs((light.cumulativeProbability ?? NaN) - 0.5) < 0.002, String(light.cumulativeProbability));
});

Deno.test("property: a probability and a statistic, and no more exceptions make the light greener", () => {
  const backtests = fc.record({
    observations: fc.integer({ min: 1, max: 2_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    confidence: fc.double({ min: 0.01, max: 0.9999, noNaN: true }),
  });
  fc.assert(fc.property(backtests, ({ observations, share, confidence }) => {
    const exceptions = Math.floor(share * observations);
    const { statistic, pValue } = told(observations, exceptions, confidence);
    assert.ok(Number.isFinite(statistic) && statistic >= 0 && pValue >= 0 && pValue <= 1);
    const [few, more] = [0, exceptions].map((count) =>
      trafficLight({ observations, exceptions: count, confidence }).cumulativeProbability
    );
    assert.ok(typeof few === "number" && typeof more === "number" && few >= 0 && few <= more && more <= 1);
  }));
});
