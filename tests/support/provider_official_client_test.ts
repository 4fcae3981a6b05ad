import assert from "node:assert/strict";
import {
  GetCryptoAggregatesTimespanEnum,
  GetForexAggregatesTimespanEnum,
  GetStocksAggregatesTimespanEnum,
  restClient,
} from "@massive.com/client-js";
import { type ProviderStandIn, startProviderStandIn } from "./provider_stand_in.ts";

const FRIDAY = "2024-03-08";
const PRICES = { open: 169, high: 173.7, low: 168.94, close: 170.73, volume: 76267041.5, vwap: 171.2, trades: 655000 };

function start(): ProviderStandIn {
  return startProviderStandIn({
    now: () => new Date("2024-03-09T08:00:00Z"),
    bars: ["AAPL", "BRK.B", "X:BTCUSD", "C:EURUSD"].map((symbol) => ({ symbol, date: FRIDAY, ...PRICES })),
    splits: [{ symbol: "AAPL", date: "2024-03-09", ratio: 2 }, { symbol: "AAPL", date: "2020-08-31", ratio: 4 }],
    dividends: [{ symbol: "AAPL", date: "2024-02-09", cash: 0.24 }],
    assets: [
      { symbol: "AAPL", name: "Apple Inc.", sicCode: "3571", listedOn: "1980-12-12" },
      { symbol: "META", name: "Meta Platforms, Inc.", listedOn: "2012-05-18", figi: "BBG000MM2P62" },
    ],
    renames: [{ from: "FB", to: "META", date: "2022-06-09" }],
    switches: { callsPerMinute: 0 },
    holidays: [{ date: "2024-03-29", name: "Good Friday", status: "closed" }],
  });
}

const ROW = { c: 170.73, h: 173.7, l: 168.94, n: 655000, o: 169, v: 76267041.5, vw: 171.2 };

Deno.test("the provider's own client reads a day of stocks, raw and adjusted", async () => {
  await using standIn = start();
  const client = restClient(standIn.apiKey, standIn.url);
  const raw = await client.getGroupedStocksAggregates({ date: FRIDAY, adjusted: false, includeOtc: false });
  assert.deepEqual([raw.status, raw.adjusted, raw.queryCount, raw.resultsCount], ["OK", false, 2, 2]);
  assert.deepEqual(raw.results, ["AAPL", "BRK.B"].map((T) => ({ T, ...ROW, t: 1709931600000 })));

  const adjusted = await client.getGroupedStocksAggregates({ date: FRIDAY });
  assert.deepEqual([adjusted.adjusted, adjusted.results?.[0]?.c], [true, 170.73 / 2]);
});

Deno.test("the provider's own client reads crypto and currencies", async () => {
  await using standIn = start();
  const client = restClient(standIn.apiKey, standIn.url);
  const t = Date.parse("2024-03-08T23:59:59.999Z");
  const crypto = await client.getGroupedCryptoAggregates({ date: FRIDAY, adjusted: false });
  assert.deepEqual(crypto.results, [{ T: "X:BTCUSD", ...ROW, t }]);
  const currencies = await client.getGroupedForexAggregates({ date: FRIDAY, adjusted: false });
  assert.deepEqual(currencies.results, [{ T: "C:EURUSD", ...ROW, t }]);
});

Deno.test("the provider's own client reads a day without trading, and a refusal", async () => {
  await using standIn = start();
  const client = restClient(standIn.apiKey, standIn.url);
  const sunday = await client.getGroupedStocksAggregates({ date: "2024-03-03", adjusted: false });
  assert.deepEqual([sunday.status, sunday.resultsCount, sunday.results], ["OK", 0, undefined]);

  const refusal = await client.getGroupedStocksAggregates({ date: "2024-03-09" }).catch((error) => error.response);
  assert.deepEqual([refusal.status, refusal.data.status], [403, "NOT_AUTHORIZED"]);
  const stranger = restClient("wrong", standIn.url);
  const unknown = await stranger.getGroupedStocksAggregates({ date: FRIDAY }).catch((error) => error.response);
  assert.deepEqual([unknown.status, unknown.data.error], [401, "Unknown API Key"]);
});

Deno.test("the provider's own client reads the market's status", async () => {
  await using standIn = start();
  const client = restClient(standIn.apiKey, standIn.url);
  const now = await client.getMarketStatus();
  assert.deepEqual([now.market, now.exchanges?.nyse, now.serverTime], [
    "closed",
    "closed",
    "2024-03-09T03:00:00-05:00",
  ]);
  const holidays = await client.getMarketHolidays();
  assert.deepEqual(holidays.map(({ date, exchange, status }) => [date, exchange, status]), [
    ["2024-03-29", "NYSE", "closed"],
    ["2024-03-29", "NASDAQ", "closed"],
  ]);
});

Deno.test("the provider's own client reads one asset's history, of stocks, crypto and currencies", async () => {
  await using standIn = start();
  const client = restClient(standIn.apiKey, standIn.url);
  const raw = { multiplier: 1, from: "2024-03-01", to: FRIDAY, adjusted: false, limit: 50_000 };
  const timespan = GetStocksAggregatesTimespanEnum.Day;
  const stock = await client.getStocksAggregates({ ...raw, timespan, stocksTicker: "BRK.B" });
  assert.deepEqual([stock.ticker, stock.status, stock.adjusted, stock.resultsCount], ["BRK.B", "OK", false, 1]);
  assert.deepEqual(stock.results, [{ ...ROW, t: Date.parse("2024-03-08T05:00:00Z") }]);

  const t = Date.parse("2024-03-08");
  const crypto = await client.getCryptoAggregates({
    ...raw,
    timespan: GetCryptoAggregatesTimespanEnum.Day,
    cryptoTicker: "X:BTCUSD",
  });
  assert.deepEqual(crypto.results, [{ ...ROW, t }]);
  const currencies = await client.getForexAggregates({
    ...raw,
    timespan: GetForexAggregatesTimespanEnum.Day,
    forexTicker: "C:EURUSD",
  });
  assert.deepEqual(currencies.results, [{ ...ROW, t }]);
  const unknown = await client.getStocksAggregates({ ...raw, timespan, stocksTicker: "NOBODY" });
  assert.deepEqual([unknown.status, unknown.resultsCount, unknown.results], ["OK", 0, undefined]);
});

Deno.test("the provider's own client reads splits and dividends, and follows their pages", async () => {
  await using standIn = start();
  const client = restClient(standIn.apiKey, standIn.url);
  const splits = await client.getStocksV1Splits({ ticker: "AAPL", executionDateGte: "2020-01-01", limit: 5000 });
  assert.deepEqual(splits.results.map((row) => [row.execution_date, row.split_from, row.split_to]), [
    ["2024-03-09", 1, 2],
    ["2020-08-31", 1, 4],
  ]);
  const dividends = await client.getStocksV1Dividends({ exDividendDateGte: "2024-01-01", exDividendDateLte: FRIDAY });
  assert.deepEqual(dividends.results.map((row) => [row.ticker, row.cash_amount, row.currency, row.frequency]), [
    ["AAPL", 0.24, "USD", 4],
  ]);
  const paging = restClient(standIn.apiKey, standIn.url, { pagination: true });
  const all = await paging.getStocksV1Splits({ ticker: "AAPL", limit: 1 });
  assert.deepEqual(all.results.map((row) => row.split_to).toSorted(), [2, 4]);
});

Deno.test("the provider's own client reads details, searches and renames", async () => {
  await using standIn = start();
  const client = restClient(standIn.apiKey, standIn.url);
  const { results: apple } = await client.getTicker({ ticker: "AAPL" });
  assert.deepEqual([apple?.name, apple?.sic_code, apple?.list_date, apple?.currency_name, apple?.market], [
    ...["Apple Inc.", "3571", "1980-12-12", "usd", "stocks"],
  ]);
  const missing = await client.getTicker({ ticker: "aapl" }).catch((error) => error.response);
  assert.deepEqual([missing.status, missing.data.message], [404, "Ticker not found."]);
  const { results: found } = await client.listTickers({ search: "inc.", active: true, limit: 1000 });
  assert.deepEqual(found?.map(({ ticker, active }) => [ticker, active]), [["AAPL", true], ["META", true]]);
  const { results: meta } = await client.getEvents({ id: "META", types: "ticker_change" });
  assert.deepEqual(meta?.events?.map(({ date, ticker_change }) => [date, ticker_change?.ticker]), [
    ["2022-06-09", "META"],
    ["2012-05-18", "FB"],
  ]);
  const { results: byFigi } = await client.getEvents({ id: "BBG000MM2P62", types: "ticker_change" });
  assert.deepEqual(byFigi, meta);
  const former = await client.getEvents({ id: "FB" }).catch((error) => error.response);
  assert.equal(former.status, 404);
  assert.equal((await client.getTicker({ ticker: "META" })).results?.composite_figi, "BBG000MM2P62");
});
