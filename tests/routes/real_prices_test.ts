/**
 * Closes, dividends and splits of Apple and Tesla as they were traded, of the days on which something happened: between those
 * a return is a quotient of closes, however many lie between.
 *
 * @module
 */
import assert from "node:assert/strict";
import { bodyOf } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { analysisOf } from "../support/price_series.ts";
import { startService, type TestService } from "../support/service.ts";

/** Of AAPL by day: the close, and the dividend of those who held a share before. */
const APPLE: readonly (readonly [date: string, close: number, dividend?: number])[] = [
  ["2018-01-02", 172.26],
  ["2018-02-08", 155.15],
  ["2018-02-09", 156.41, 0.63],
  ["2018-05-10", 190.04],
  ["2018-05-11", 188.59, 0.73],
  ["2018-08-09", 208.88],
  ["2018-08-10", 207.53, 0.73],
  ["2018-11-07", 209.95],
  ["2018-11-08", 208.49, 0.73],
  ["2019-02-07", 170.94],
  ["2019-02-08", 170.41, 0.73],
  ["2019-05-09", 200.72],
  ["2019-05-10", 197.18, 0.77],
  ["2019-08-08", 203.43],
  ["2019-08-09", 200.99, 0.77],
  ["2019-11-06", 257.24],
  ["2019-11-07", 259.43, 0.77],
  ["2020-02-06", 325.21],
  ["2020-02-07", 320.03, 0.77],
  ["2020-05-07", 303.74],
  ["2020-05-08", 310.13, 0.82],
  ["2020-08-06", 455.61],
  ["2020-08-07", 444.45, 0.82],
  ["2020-08-28", 499.23],
  ["2020-08-31", 129.04],
  ["2020-11-05", 119.03],
  ["2020-11-06", 118.69, 0.205],
  ["2021-02-04", 137.39],
  ["2021-02-05", 136.76, 0.205],
  ["2021-04-21", 133.5],
];
const TESLA = { "2020-08-27": "2238.75", "2020-08-28": "2213.4", "2020-08-31": "498.32", "2020-09-01": "475.05" };
/** New shares for an old one. */
const SPLITS = { AAPL: 4, TSLA: 5 };
const SPLIT_DAY = "2020-08-31";

async function serviceWithBoth(): Promise<TestService> {
  const service = await startService();
  for (const symbol of ["AAPL", "TSLA"] as const) {
    await addAsset(service, { symbol });
    const items = [{ execution_date: SPLIT_DAY, split_from: "1", split_to: String(SPLITS[symbol]) }];
    await bodyOf(await service.admin(`/assets/${symbol}/splits`, { method: "PUT", body: { items } }));
  }
  await addCloses(service, "AAPL", Object.fromEntries(APPLE.map(([date, close]) => [date, String(close)])));
  await addCloses(service, "TSLA", TESLA);
  const items = APPLE.flatMap(([date, , cash]) =>
    cash === undefined ? [] : [{ ex_dividend_date: date, cash_amount: String(cash) }]
  );
  await bodyOf(await service.admin("/assets/AAPL/dividends", { method: "PUT", body: { items } }));
  return service;
}

interface Span {
  readonly span: { readonly return: { readonly value: number } };
}

Deno.test("AAPL from 2018 to 2021: its price's return, and the total one as who reinvests each dividend has it", async () => {
  await using service = await serviceWithBoth();
  await addPortfolio(service, { AAPL: "10" }, { visibility: "public" });
  const returnOf = async (adjust: string) => {
    const path = `performance?from=2018-01-02&to=2021-04-21&adjust=${adjust}`;
    return (await analysisOf<Span & Record<string, unknown>>(service, path)).span.return.value;
  };
  let [price, total, before] = [1, 1, APPLE[0]?.[1] ?? NaN];
  for (const [date, close, dividend = 0] of APPLE.slice(1)) {
    const shares = date === SPLIT_DAY ? SPLITS.AAPL : 1;
    price *= close * shares / before;
    total *= (close + dividend) * shares / before;
    before = close;
  }
  assert.ok(Math.abs(await returnOf("splits") - (price - 1)) < 1e-9);
  const reinvested = await returnOf("total");
  assert.ok(Math.abs((1 + reinvested) / total - 1) < 0.001, `${reinvested} instead of ${total - 1}`);
  assert.ok(reinvested - (price - 1) > 0.1);
});

Deno.test("AAPL and TSLA over their splits of one day: the return is the market's, without a jump or a word of one", async () => {
  await using service = await serviceWithBoth();
  await addPortfolio(service, { AAPL: "40", TSLA: "50" }, { visibility: "public" });
  const { items, warnings } = await analysisOf<{ items: { date: string; market_value: string }[]; warnings: [] }>(
    service,
    "valuations?from=2020-08-28&to=2020-08-31",
  );
  // 10 of each before their splits.
  assert.deepEqual(items.map(({ date, market_value }) => [date, Number(market_value)]), [
    ["2020-08-28", 10 * 499.23 + 10 * 2213.4],
    [SPLIT_DAY, 40 * 129.04 + 50 * 498.32],
  ]);
  assert.deepEqual(warnings, []);
});
