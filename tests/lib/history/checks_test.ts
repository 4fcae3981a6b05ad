import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bar } from "../../../lib/history/bar.ts";
import { faultOf, type Reason, valueFaultOf } from "../../../lib/history/checks.ts";
import { barOn, day } from "./arbitraries.ts";
import { bar } from "./harness.ts";

const NEWEST = "2026-11-20";
const sound = bar(NEWEST, 10, {
  open: 9,
  high: 12,
  low: 8,
  volume: 0,
  vwap: 13,
  preMarket: 7,
  afterHours: 14,
});

const CASES: [string, Partial<Bar>, Reason | undefined][] = [
  ["a sound bar", {}, undefined],
  ["a close alone", { open: null, high: null, low: null, volume: null, vwap: null }, undefined],
  ["a bar of one price", { open: 10, high: 10, low: 10 }, undefined],
  ["a day that is none", { date: "2021-02-29" }, "bad_date"],
  ["a day of another form", { date: "2021-2-9" }, "bad_date"],
  ["a day before the epoch", { date: "1969-12-31" }, "bad_date"],
  ["the first day there is", { date: "1970-01-01" }, undefined],
  ["tomorrow", { date: "2026-11-21" }, "in_future"],
  ["no number", { close: NaN }, "not_finite"],
  ["an infinite price", { afterHours: Infinity }, "not_finite"],
  ["an infinite volume", { volume: Infinity }, "not_finite"],
  ["a close of nothing", { close: 0 }, "not_positive"],
  ["a negative price", { preMarket: -1 }, "not_positive"],
  ["a negative volume", { volume: -1 }, "negative_volume"],
  ["a high below the low", { high: 7 }, "high_below_low"],
  ["an open above the high", { open: 12.01 }, "open_outside_range"],
  ["an open below the low", { open: 7.99 }, "open_outside_range"],
  ["an open below the low, without a high", { open: 7.99, high: null }, "open_outside_range"],
  ["a close above the high", { close: 12.01 }, "close_outside_range"],
  ["a close below the low", { close: 7.99, open: null }, "close_outside_range"],
];

for (const [what, facts, expected] of CASES) {
  Deno.test(`${what}: ${expected ?? "can be stored"}`, () => {
    assert.equal(faultOf({ ...sound, ...facts }, NEWEST), expected);
  });
}

Deno.test("property: a bar whose prices lie as they must can be stored, whatever is missing of it", () => {
  fc.assert(fc.property(barOn(day), (bar) => assert.equal(faultOf(bar, NEWEST), undefined)));
});

Deno.test("property: values are judged alike whatever their day", () => {
  const bars = barOn(day).map((bar) => ({ ...bar, high: bar.low }));
  fc.assert(fc.property(bars, (bar) => assert.equal(valueFaultOf(bar), faultOf(bar, NEWEST))));
});
