import assert from "node:assert/strict";
import fc from "fast-check";
import {
  adjustmentsOn,
  type AssetHistory,
  backAdjustment,
  type DatedClose,
  type DividendFact,
  type SplitFact,
  splitFactor,
} from "../../../lib/analysis/adjustment.ts";
import { plain } from "../../../lib/analysis/decimal.ts";
import { quotient, scaled } from "../../../lib/analysis/ratio.ts";

const TODAY = "2021-11-06";

const split = (executionDate: string, splitFrom: string, splitTo: string): SplitFact => ({
  ...{ executionDate, splitFrom, splitTo },
});
const dividend = (exDividendDate: string, cashAmount: string): DividendFact => ({ exDividendDate, cashAmount });

const closesOf = (closes: Readonly<Record<string, number>>): DatedClose[] =>
  Object.entries(closes).map(([date, close]) => ({ date, close }));

/** Closes after adjustment, by rising date. */
function adjusted(history: AssetHistory, upTo = TODAY): string[] {
  const each = adjustmentsOn(history.closes.map(({ date }) => date), backAdjustment(history, upTo).adjustments);
  return history.closes.map(({ close }, i) => scaled(close, each[i]?.price ?? assert.fail()));
}

const volumes = (history: AssetHistory, volume: number): string[] =>
  adjustmentsOn(history.closes.map(({ date }) => date), backAdjustment(history, TODAY).adjustments)
    .map((adjustment) => scaled(volume, adjustment.volume));

Deno.test("a split: the close of the day before is divided by the factor, that of the day itself is not", () => {
  const cases: [name: string, closeBefore: number, from: string, to: string, expected: string][] = [
    ["4 for 1", 499.23, "1", "4", "124.8075"],
    ["5 for 1", 2213.4, "1", "5", "442.68"],
    ["3 for 1", 739.02, "1", "3", "246.34"],
    ["3 for 1, in thirds", 738.01, "1", "3", "246.00333333"],
    ["3 for 2", 100.01, "2", "3", "66.67333333"],
    ["a spin-off", 166.4, "1", "1.011", "164.58951533"],
    ["a spin-off", 148.12, "1", "1.032", "143.52713178"],
    ["a spin-off", 38.68, "1", "1.054", "36.69829222"],
    ["1 for 10", 1.37, "10", "1", "13.7"],
  ];
  for (const [name, closeBefore, from, to, expected] of cases) {
    const closes = closesOf({ "2020-08-28": closeBefore, "2020-08-31": 129.04, "2020-09-01": 134.18 });
    const history = { closes, splits: [split("2020-08-31", from, to)], dividends: [] };
    assert.deepEqual(adjusted(history), [expected, "129.04", "134.18"], name);
  }
});

Deno.test("volumes are multiplied by splits, and dividends do not touch them", () => {
  const closes = closesOf({ "2020-08-28": 499.23, "2020-08-31": 129.04, "2020-11-05": 119.03, "2020-11-06": 118.69 });
  const splits = [split("2020-08-31", "1", "4")];
  const dividends = [dividend("2020-11-06", "0.205")];
  assert.deepEqual(volumes({ closes, splits, dividends }, 46907479.5), [
    "187629918",
    "46907479.5",
    "46907479.5",
    "46907479.5",
  ]);
});

Deno.test("two splits: each day by those after it", () => {
  const closes = closesOf({ "2018-09-28": 166.4, "2018-10-01": 166.44, "2018-10-26": 148.12, "2018-10-29": 141.06 });
  const splits = [split("2018-10-29", "1", "1.032"), split("2018-10-01", "1", "1.011")];
  // 166.4 / (1.011 * 1.032), 166.44 / 1.032, 148.12 / 1.032
  const expected = ["159.48596447", "161.27906977", "143.52713178", "141.06"];
  assert.deepEqual(adjusted({ closes, splits, dividends: [] }), expected);
});

Deno.test("a split and its reverse leave the days before both as they were traded", () => {
  const closes = closesOf({ "2021-01-04": 10.123456789, "2021-01-05": 3.37, "2021-01-06": 10.1 });
  const splits = [split("2021-01-05", "1", "3"), split("2021-01-06", "3", "1")];
  assert.deepEqual(adjusted({ closes, splits, dividends: [] }), ["10.123456789", "10.11", "10.1"]);
});

Deno.test("a split counts from its day on, not from when it is announced", () => {
  const closes = closesOf({ "2020-08-27": 500.04, "2020-08-28": 499.23 });
  const history = { closes, splits: [split("2020-08-31", "1", "4")], dividends: [] };
  assert.deepEqual(adjusted(history, "2020-08-30"), ["500.04", "499.23"]);
  assert.deepEqual(adjusted(history, "2020-08-31"), ["125.01", "124.8075"]);
});

Deno.test("a dividend: earlier closes are lowered by its share of the close before, the ex-date and later are not", () => {
  // Yahoo's own numbers: 0.08 of 24.96, 2.40 of 16.51, 1.25 of 51.20.
  const cases: [closeBefore: number, cash: string, multiplier: number][] = [
    [24.96, "0.08", 0.9968],
    [16.51, "2.40", 0.8546],
    [51.2, "1.25", 0.9756],
  ];
  for (const [closeBefore, cash, multiplier] of cases) {
    const closes = closesOf({ "2003-02-17": 100, "2003-02-18": closeBefore, "2003-02-19": 24.53, "2003-02-20": 24.5 });
    const prices = adjusted({ closes, splits: [], dividends: [dividend("2003-02-19", cash)] });
    assert.ok(Math.abs(Number(prices[0]) / 100 - multiplier) < 0.00005, prices[0]);
    assert.equal(Number(prices[1]), Number((closeBefore - Number(cash)).toFixed(8)));
    assert.deepEqual(prices.slice(2), ["24.53", "24.5"]);
  }
});

Deno.test("a dividend before a split and one after it are each money for a share of their own day", () => {
  const closes = closesOf({
    ...{ "2020-08-06": 455.61, "2020-08-07": 444.45, "2020-08-28": 499.23 },
    ...{ "2020-08-31": 129.04, "2020-11-05": 119.03, "2020-11-06": 118.69 },
  });
  const dividends = [dividend("2020-11-06", "0.205"), dividend("2020-08-07", "0.82")];
  const splits = [split("2020-08-31", "1", "4")];
  // Factors: 118.825 / 119.03 for the second, 454.79 / 455.61 for the first, a quarter for the split.
  assert.deepEqual(adjusted({ closes, splits, dividends }), [
    "113.50168392", // 454.79 / 4 * 118.825 / 119.03
    "110.92113595", // 444.45 / 4 * 118.825 / 119.03
    "124.59254967", // 499.23 / 4 * 118.825 / 119.03
    "128.81776023", // 129.04 * 118.825 / 119.03
    "118.825",
    "118.69",
  ]);
});

Deno.test("a dividend on the day of a split is measured by the close before in the new shares", () => {
  const closes = closesOf({ "2020-08-28": 499.23, "2020-08-31": 129.04 });
  const history = {
    closes,
    splits: [split("2020-08-31", "1", "4")],
    dividends: [dividend("2020-08-31", "0.205")],
  };
  // 124.8075 - 0.205
  assert.deepEqual(adjusted(history), ["124.6025", "129.04"]);
});

Deno.test("an ex-dividend date without a bar is measured by the last close before it", () => {
  const closes = closesOf({ "2021-02-04": 100, "2021-02-05": 50, "2021-02-09": 51 });
  const history = { closes, splits: [], dividends: [dividend("2021-02-07", "1")] };
  assert.deepEqual(adjusted(history), ["98", "49", "51"]);
});

Deno.test("a dividend that no factor can be made of is left out, and the others still count", () => {
  const closes = closesOf({ "2021-02-04": 10, "2021-02-05": 2, "2021-02-08": 3 });
  const dividends = [
    dividend("2021-02-04", "0.5"),
    dividend("2021-02-05", "1"),
    dividend("2021-02-08", "2"),
    dividend("2021-02-09", "0.3"),
    dividend("2021-12-01", "0.3"),
  ];
  const history = { closes, splits: [], dividends };
  assert.deepEqual(backAdjustment(history, TODAY).leftOut, [
    { exDividendDate: "2021-02-04", reason: "no_earlier_close" },
    { exDividendDate: "2021-02-08", reason: "not_below_close" },
  ]);
  assert.deepEqual(adjusted(history), ["8.1", "1.8", "2.7"]);
});

Deno.test("a dividend above the close before, but not in the new shares of a reverse split on its day", () => {
  const closes = closesOf({ "2021-02-05": 2, "2021-02-08": 17 });
  const history = { closes, splits: [split("2021-02-08", "10", "1")], dividends: [dividend("2021-02-08", "3")] };
  assert.deepEqual(backAdjustment(history, TODAY).leftOut, []);
  assert.deepEqual(adjusted(history), ["17", "17"]);
});

Deno.test("the factor between two days is that of the splits after the first, the second included", () => {
  const splits = [split("2020-08-31", "1", "4"), split("2014-06-09", "1", "7"), split("2025-01-02", "10", "1")];
  const factor = (after: string, upTo: string) => plain(quotient(splitFactor(splits, after, upTo)));
  assert.equal(factor("2014-06-06", "2021-01-01"), "28");
  assert.equal(factor("2014-06-09", "2021-01-01"), "4");
  assert.equal(factor("2014-06-06", "2020-08-30"), "7");
  assert.equal(factor("2020-08-31", "2021-01-01"), "1");
  assert.equal(factor("2014-06-06", "2025-01-02"), "2.8");
});

const DAYS = Array.from({ length: 30 }, (_, i) => `2021-03-${String(i + 1).padStart(2, "0")}`);

const anyDay = fc.constantFrom(...DAYS);
const anyShares = fc.integer({ min: 1, max: 20 }).map(String);
const anySplits = fc.uniqueArray(fc.record({ executionDate: anyDay, splitFrom: anyShares, splitTo: anyShares }), {
  selector: ({ executionDate }) => executionDate,
  maxLength: 4,
});
const anyDividends = fc.uniqueArray(
  fc.record({
    exDividendDate: anyDay,
    cashAmount: fc.integer({ min: 1, max: 300 }).map((cents) => String(cents / 100)),
  }),
  { selector: ({ exDividendDate }) => exDividendDate, maxLength: 4 },
);
/** A close a day, above what any four dividends take from it. */
const anyCloses = fc.array(fc.integer({ min: 100_000, max: 200_000 }), {
  minLength: DAYS.length,
  maxLength: DAYS.length,
})
  .map((cents) => DAYS.map((date, i) => ({ date, close: (cents[i] ?? 0) / 100 })));
const anyHistory = fc.record({ splits: anySplits, dividends: anyDividends, closes: anyCloses });

Deno.test("property: without dividends prices are adjusted for splits alone: close / factor", () => {
  fc.assert(fc.property(anyHistory, ({ splits, closes }) => {
    const expected = closes.map(({ date, close }) => {
      const { numerator, denominator } = splitFactor(splits, date, TODAY);
      return scaled(close, { numerator: denominator, denominator: numerator });
    });
    assert.deepEqual(adjusted({ splits, closes, dividends: [] }), expected);
  }));
});

Deno.test("property: the order of facts does not matter, and the same facts give the same prices", () => {
  fc.assert(fc.property(anyHistory, (history) => {
    const turned = { ...history, splits: history.splits.toReversed(), dividends: history.dividends.toReversed() };
    assert.deepEqual(adjusted(turned), adjusted(history));
    assert.deepEqual(adjusted(history), adjusted(history));
  }));
});

Deno.test("property: on a day of no event the adjusted return is the raw one; the last bar stays as it was traded", () => {
  fc.assert(fc.property(anyHistory, (history) => {
    const { splits, dividends, closes } = history;
    const prices = adjusted(history).map(Number);
    assert.equal(prices.at(-1), closes.at(-1)?.close);
    const events = new Set([
      ...splits.map(({ executionDate }) => executionDate),
      ...dividends.map(({ exDividendDate }) => exDividendDate),
    ]);
    for (const [i, { date, close }] of closes.entries()) {
      const [before, last] = [closes[i - 1], prices[i - 1]];
      if (before === undefined || last === undefined || events.has(date)) continue;
      // Both prices are rounded by half a unit of the eighth place, at most.
      const rounding = 2e-8 / Math.min(last, prices[i] ?? 0);
      assert.ok(Math.abs((prices[i] ?? 0) / last / (close / before.close) - 1) <= rounding + 1e-12, date);
    }
  }));
});

Deno.test("property: over an event the adjusted return is P * f / (C - D * f) - 1", () => {
  fc.assert(fc.property(anyHistory, (history) => {
    const { splits, dividends, closes } = history;
    const prices = adjusted(history).map(Number);
    for (const [i, { date, close }] of closes.entries()) {
      const [before, last] = [closes[i - 1]?.close, prices[i - 1]];
      if (before === undefined || last === undefined) continue;
      const { splitFrom = "1", splitTo = "1" } = splits.find(({ executionDate }) => executionDate === date) ?? {};
      const factor = Number(splitTo) / Number(splitFrom);
      const cash = Number(dividends.find(({ exDividendDate }) => exDividendDate === date)?.cashAmount ?? 0);
      const expected = close * factor / (before - cash * factor);
      const rounding = 2e-8 / Math.min(last, prices[i] ?? 0);
      assert.ok(Math.abs((prices[i] ?? 0) / last / expected - 1) <= rounding + 1e-12, date);
    }
  }));
});
