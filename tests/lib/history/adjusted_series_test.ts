import assert from "node:assert/strict";
import type { Bar } from "../../../lib/history/bar.ts";
import { type AdjustmentKind, readAdjustedSeries } from "../../../lib/history/adjusted_series.ts";
import { setDividend, setSplit } from "../../../lib/history/corporate_actions.ts";
import { type Range, readSeries } from "../../../lib/history/read.ts";
import { writeBars } from "../../../lib/history/write.ts";
import { addAssets } from "../../support/factories.ts";
import { startService, type TestService } from "../../support/service.ts";

const NO = 1;
const known = { source: "test", recordedAt: "2020-09-02T00:00:00.000Z" };

interface Facts {
  readonly closes: Readonly<Record<string, number>>;
  /** New shares for one old one, by execution date. */
  readonly splits?: Readonly<Record<string, string>>;
  /** Cash by ex-dividend date. */
  readonly dividends?: Readonly<Record<string, string>>;
}

const barOf = (date: string, close: number): Bar => ({
  ...{ date, open: null, high: null, low: null, close, volume: null, vwap: null, preMarket: null, afterHours: null },
  source: "test",
});

async function serviceWith({ closes, splits = {}, dividends = {} }: Facts, now?: string): Promise<TestService> {
  const service = await startService(now === undefined ? {} : { now });
  await addAssets(service, "AAPL");
  const change = service.store.change();
  for (const [executionDate, splitTo] of Object.entries(splits)) {
    setSplit(change, NO, { executionDate, splitFrom: "1", splitTo, ...known });
  }
  for (const [exDividendDate, cashAmount] of Object.entries(dividends)) {
    setDividend(change, NO, { exDividendDate, cashAmount, ...known });
  }
  await change.commit();
  await writeBars(
    service.services,
    Object.entries(closes).map(([date, close]) => ({ assetNo: NO, bar: barOf(date, close) })),
  );
  return service;
}

const read = (service: TestService, kind: AdjustmentKind, range: Range = {}) =>
  readAdjustedSeries(service.services, NO, range, kind);

const closesIn = async (service: TestService, kind: AdjustmentKind, range: Range = {}) =>
  (await read(service, kind, range)).bars.map(({ date, close }) => [date, close]);

const AAPL: Facts = {
  closes: {
    "2020-08-27": 500.04,
    "2020-08-28": 499.23,
    "2020-08-31": 129.04,
    "2020-11-05": 119.03,
    "2020-11-06": 118.69,
  },
  splits: { "2020-08-31": "4" },
  dividends: { "2020-11-06": "0.205" },
};

Deno.test("every price of a bar is divided and its volume multiplied; what is not known stays so", async () => {
  await using service = await serviceWith({ closes: {}, splits: { "2020-08-31": "4" } });
  const full: Bar = {
    ...{ date: "2020-08-28", open: 504.05, high: 505.77, low: 498.31, close: 499.23, volume: 46907479.5 },
    ...{ vwap: 500.5, preMarket: 503, afterHours: 500.1, source: "import" },
  };
  const bare = barOf("2020-08-27", 500.04);
  await writeBars(service.services, [full, bare].map((bar) => ({ assetNo: NO, bar })));
  assert.deepEqual((await read(service, "splits")).bars, [
    { ...bare, close: "125.01" },
    {
      ...{ date: "2020-08-28", open: "126.0125", high: "126.4425", low: "124.5775", close: "124.8075" },
      ...{ volume: "187629918", vwap: "125.125", preMarket: "125.75", afterHours: "125.025", source: "import" },
    },
  ]);
});

Deno.test("what is stored stays as it was traded", async () => {
  await using service = await serviceWith(AAPL);
  const before = await readSeries(service.services, NO);
  await read(service, "splits");
  await read(service, "total");
  assert.deepEqual(await readSeries(service.services, NO), before);
});

Deno.test("a range is adjusted by what came after its end", async () => {
  await using service = await serviceWith(AAPL);
  const range = { from: "2020-08-28", to: "2020-08-31" };
  assert.deepEqual(await closesIn(service, "splits", range), [["2020-08-28", "124.8075"], ["2020-08-31", "129.04"]]);
  const whole = await closesIn(service, "total");
  assert.deepEqual(await closesIn(service, "total", range), whole.slice(1, 3));
  assert.deepEqual(await closesIn(service, "total", { to: "2020-08-27" }), whole.slice(0, 1));
  assert.deepEqual(await closesIn(service, "total", { from: "2020-11-06" }), [["2020-11-06", "118.69"]]);
});

Deno.test("a split of the day counts once that day has begun in New York", async () => {
  const facts = {
    closes: { "2020-08-28": 499.23 },
    splits: { "2020-08-31": "4" },
    dividends: { "2020-08-31": "0.205" },
  };
  await using eve = await serviceWith(facts, "2020-08-31T03:59:59.000Z");
  assert.deepEqual(await closesIn(eve, "total"), [["2020-08-28", "499.23"]]);
  await using day = await serviceWith(facts, "2020-08-31T04:00:00.000Z");
  assert.deepEqual(await closesIn(day, "splits"), [["2020-08-28", "124.8075"]]);
  assert.deepEqual(await closesIn(day, "total"), [["2020-08-28", "124.6025"]]);
});

Deno.test("a dividend before all history is named, unless the range begins after it", async () => {
  await using service = await serviceWith({ ...AAPL, dividends: { "2020-08-27": "0.82", "2020-11-06": "0.205" } });
  const leftOut = [{ exDividendDate: "2020-08-27", reason: "no_earlier_close" }];
  assert.deepEqual((await read(service, "total")).leftOut, leftOut);
  assert.deepEqual((await read(service, "total", { from: "2020-08-01" })).leftOut, leftOut);
  assert.deepEqual((await read(service, "total", { from: "2020-08-27" })).leftOut, []);
  assert.deepEqual((await read(service, "splits")).leftOut, []);
});

Deno.test("a range that begins on a weekend before an ex-dividend date has nothing to adjust, and nothing to name", async () => {
  await using service = await serviceWith({
    closes: { "2020-11-05": 119.03, "2020-11-06": 118.69, "2020-11-09": 116.32 },
    dividends: { "2020-11-09": "0.205" },
  });
  const { bars, leftOut } = await read(service, "total", { from: "2020-11-07" });
  assert.deepEqual([bars.map(({ close }) => close), leftOut], [["116.32"], []]);
});

Deno.test("a dividend as large as the close before is named and left out", async () => {
  await using service = await serviceWith({
    closes: { "2020-11-05": 1, "2020-11-06": 2 },
    dividends: { "2020-11-06": "1" },
  });
  const { bars, leftOut } = await read(service, "total");
  assert.deepEqual(bars.map(({ close }) => close), ["1", "2"]);
  assert.deepEqual(leftOut, [{ exDividendDate: "2020-11-06", reason: "not_below_close" }]);
});

Deno.test("an asset without history has no bars, and no dividend is missed", async () => {
  await using service = await serviceWith({ closes: {}, dividends: { "2020-11-06": "1" } });
  assert.deepEqual(await read(service, "total"), { bars: [], leftOut: [] });
});
