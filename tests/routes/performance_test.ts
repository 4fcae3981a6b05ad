import assert from "node:assert/strict";
import { type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { analysisOf } from "../support/price_series.ts";
import { startService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

type Metric = { value: number | null; reason?: string };
interface Period extends Json {
  readonly from: string | null;
  readonly to: string | null;
  readonly return: Metric;
  readonly annualised?: Metric;
  readonly benchmark?: Metric;
}
interface Performance extends Json {
  readonly span: Period & { cagr: Metric };
  readonly periods: Record<string, Period>;
  readonly months: (Period & { month: string })[];
}

const CLOSES = {
  "2018-11-05": "50",
  "2020-11-04": "75",
  "2020-11-05": "80",
  "2020-12-31": "100",
  "2021-08-05": "125",
  "2021-09-30": "120",
  "2021-10-04": "128",
  "2021-10-29": "160",
  "2021-11-04": "150",
  "2021-11-05": "180",
};

Deno.test("returns over the usual periods, each from the last close on or before its beginning", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA" });
  await addCloses(service, "AA", CLOSES);
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  const { periods } = await analysisOf<Performance>(service, "performance");
  const told = Object.entries(periods).map(([period, { from, to, return: { value } }]) => [period, from, to, value]);
  assert.deepEqual(told, [
    ["1d", "2021-11-04", "2021-11-05", 0.2],
    ["1w", "2021-10-29", "2021-11-05", 0.125],
    ["1m", "2021-10-04", "2021-11-05", 52 / 128],
    ["3m", "2021-08-05", "2021-11-05", 55 / 125],
    ["ytd", "2020-12-31", "2021-11-05", 0.8],
    ["1y", "2020-11-05", "2021-11-05", 1.25],
    ["3y", "2018-11-05", "2021-11-05", 2.6],
  ]);
  assert.equal(periods["3m"]?.annualised, undefined);
  // 1096 days: one of the years was a leap year.
  const annualised = periods["3y"]?.annualised?.value ?? NaN;
  assert.ok(Math.abs(annualised - (3.6 ** (365 / 1096) - 1)) < 1e-12);
});

Deno.test("the window, its months, its best and worst, its drawdowns", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA" });
  await addCloses(service, "AA", CLOSES);
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  const { span, months, best, worst, drawdowns, observations } = await analysisOf<Performance>(
    service,
    "performance?from=2021-08-01",
  );
  assert.equal(observations, 5);
  assert.deepEqual([span.from, span.to, span.return.value], ["2021-08-05", "2021-11-05", 55 / 125]);
  const monthly = months.map(({ month, from, to, return: { value } }) => [month, from, to, value]);
  assert.deepEqual(monthly, [
    ["2021-09", "2021-08-05", "2021-09-30", -5 / 125],
    ["2021-10", "2021-09-30", "2021-10-29", 40 / 120],
    ["2021-11", "2021-10-29", "2021-11-05", 20 / 160],
  ]);
  assert.deepEqual(best, { day: { date: "2021-10-29", return: 32 / 128 }, month: months[1] });
  assert.deepEqual(worst, { day: { date: "2021-11-04", return: -10 / 160 }, month: months[0] });
  assert.deepEqual(drawdowns, [
    { depth: 10 / 160, peak: "2021-10-29", trough: "2021-11-04", recovery: "2021-11-05", days: 7 },
    { depth: 5 / 125, peak: "2021-08-05", trough: "2021-09-30", recovery: "2021-10-04", days: 60 },
  ]);
});

Deno.test("against an asset: its return over the same time, in the portfolio's currency, never by a later price", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA" });
  await addCloses(service, "AA", CLOSES);
  await addAsset(service, { symbol: "MM", kind: "index", currency: "EUR" });
  await addCloses(service, "MM", { "2021-08-04": "10", "2021-11-05": "11" });
  await addAsset(service, { symbol: "C:EURUSD", kind: "currency" });
  await addCloses(service, "C:EURUSD", { "2021-08-02": "1", "2021-11-05": "1.5" });
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  const answer = await analysisOf<Performance>(service, "performance?from=2021-08-01&benchmark=MM");
  assert.equal(answer["benchmark"], "MM");
  assert.deepEqual(answer.span.benchmark, { value: 0.65 });
  assert.deepEqual(answer.periods["3m"]?.benchmark, { value: 0.65 });
  assert.deepEqual(answer.periods["ytd"]?.benchmark, { value: null, reason: "short_history" });
  assert.deepEqual(answer.months.map(({ benchmark }) => benchmark?.value), [0, 0, 0.65]);
});

Deno.test("a period longer than history has no return, and one with a short asset goes by the rule", async () => {
  await using service = await startService();
  await addAssets(service, "AA", "NEW");
  await addCloses(service, "AA", { "2021-09-01": "10", "2021-10-01": "10", "2021-11-04": "11", "2021-11-05": "12" });
  await addCloses(service, "NEW", { "2021-11-04": "5", "2021-11-05": "6" });
  await addPortfolio(service, { AA: "1", NEW: "2" }, PUBLIC);
  const returns = async (query = "") => {
    const { periods } = await analysisOf<Performance>(service, `performance${query}`);
    return ["1d", "1m", "1y"].map((period) => periods[period]?.return.value);
  };
  assert.deepEqual(await returns(), [3 / 21, null, null]);
  assert.deepEqual(await returns("?missing=exclude"), [3 / 21, 0.2, null]);
});
