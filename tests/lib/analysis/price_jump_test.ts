import assert from "node:assert/strict";
import {
  checkSplit,
  isUnexplainedJump,
  type SplitDoubt,
  type SplitVerdict,
  type SuccessiveCloses,
} from "../../../lib/analysis/price_jump.ts";

const verdict = (from: string, to: string, before: number | null, on: number | null, close: number | null = null) =>
  checkSplit({ splitFrom: from, splitTo: to }, { closeBefore: before, openOn: on, closeOn: close });

const PLAUSIBLE: SplitVerdict = { verdict: "plausible" };
const doubtful = (reason: SplitDoubt): SplitVerdict => ({ verdict: "doubtful", reason });

Deno.test("a split that prices bear out is plausible", () => {
  const cases: [name: string, from: string, to: string, before: number, on: number][] = [
    ["4 for 1", "1", "4", 499.23, 127.58],
    ["5 for 1", "1", "5", 2213.4, 444.61],
    ["3 for 1", "1", "3", 738.01, 246.34],
    ["5 for 4", "4", "5", 100, 81],
    ["1 for 10", "10", "1", 1.37, 12.9],
    ["1.011 for 1", "1", "1.011", 166.4, 166.37],
    ["1.032 for 1", "1", "1.032", 148.12, 145.12],
    ["1.054 for 1", "1", "1.054", 38.68, 36.4888],
    ["4 for 1 on a day of 20 % more", "1", "4", 400, 120],
    ["4 for 1 on a day of 20 % less", "1", "4", 400, 80],
  ];
  for (const [name, from, to, before, on] of cases) assert.deepEqual(verdict(from, to, before, on), PLAUSIBLE, name);
});

Deno.test("a split without its jump is doubtful", () => {
  assert.deepEqual(verdict("1", "4", 499.23, 503), doubtful("no_jump"));
  assert.deepEqual(verdict("10", "1", 13.7, 12.9), doubtful("no_jump"));
  assert.deepEqual(verdict("4", "5", 100, 99), doubtful("no_jump"));
});

Deno.test("a jump by as much the other way says that old and new shares were taken for one another", () => {
  assert.deepEqual(verdict("4", "1", 499.23, 127.58), doubtful("reversed_ratio"));
  assert.deepEqual(verdict("1", "10", 1.37, 12.9), doubtful("reversed_ratio"));
  assert.deepEqual(verdict("5", "4", 100, 80), doubtful("reversed_ratio"));
});

Deno.test("a jump by another ratio is doubtful", () => {
  assert.deepEqual(verdict("1", "3", 500, 250), doubtful("other_ratio"));
  assert.deepEqual(verdict("1", "4", 500, 400), doubtful("no_jump"));
  assert.deepEqual(verdict("1", "4", 500, 300), doubtful("other_ratio"));
  assert.deepEqual(verdict("1", "1.011", 100, 140), doubtful("other_ratio"));
});

Deno.test("without an open the close of the day is taken; without any price there is no saying", () => {
  assert.deepEqual(verdict("1", "4", 499.23, null, 129.04), PLAUSIBLE);
  assert.deepEqual(verdict("1", "4", null, 127.58, 129.04), doubtful("no_prices"));
  assert.deepEqual(verdict("1", "4", 499.23, null, null), doubtful("no_prices"));
});

Deno.test("the tolerance can be narrowed", () => {
  const prices = { closeBefore: 400, openOn: 120, closeOn: null };
  assert.deepEqual(checkSplit({ splitFrom: "1", splitTo: "4" }, prices, 0.1), doubtful("other_ratio"));
});

const closes = (previousClose: number, close: number): SuccessiveCloses => ({
  ...{ previousClose, previousDate: "2020-08-28", close, date: "2020-08-31" },
});

Deno.test("more than half up or down without a split is a jump; a half is none", () => {
  const cases: [previous: number, close: number, isJump: boolean][] = [
    [100, 150, false],
    [100, 150.01, true],
    [100, 50, false],
    [100, 49.99, true],
    [499.23, 129.04, true],
    [1.37, 12.9, true],
    [100, 100, false],
  ];
  for (const [previous, close, isJump] of cases) {
    assert.equal(isUnexplainedJump(closes(previous, close), []), isJump, `${previous} to ${close}`);
  }
});

Deno.test("a split explains its own part of the move, in its time alone", () => {
  const split = (executionDate: string, splitFrom: string, splitTo: string) => ({ executionDate, splitFrom, splitTo });
  assert.equal(isUnexplainedJump(closes(499.23, 129.04), [split("2020-08-31", "1", "4")]), false);
  assert.equal(isUnexplainedJump(closes(499.23, 129.04), [split("2020-08-29", "1", "4")]), false);
  assert.equal(isUnexplainedJump(closes(499.23, 129.04), [split("2020-08-28", "1", "4")]), true);
  assert.equal(isUnexplainedJump(closes(499.23, 129.04), [split("2020-09-01", "1", "4")]), true);
  assert.equal(isUnexplainedJump(closes(499.23, 503), [split("2020-08-31", "1", "4")]), true);
  assert.equal(isUnexplainedJump(closes(1.37, 12.9), [split("2020-08-31", "10", "1")]), false);
});

Deno.test("the limit can be widened", () => {
  assert.equal(isUnexplainedJump(closes(100, 30), [], 0.8), false);
});
