import assert from "node:assert/strict";
import { restClient } from "@massive.com/client-js";
import { type ProviderStandIn, startProviderStandIn } from "./provider_stand_in.ts";

const FRIDAY = "2024-03-08";
const PRICES = { open: 169, high: 173.7, low: 168.94, close: 170.73, volume: 76267041.5, vwap: 171.2, trades: 655000 };

function start(): ProviderStandIn {
  return startProviderStandIn({
    now: () => new Date("2024-03-09T08:00:00Z"),
    bars: ["AAPL", "BRK.B", "X:BTCUSD", "C:EURUSD"].map((symbol) => ({ symbol, date: FRIDAY, ...PRICES })),
    splits: [{ symbol: "AAPL", date: "2024-03-09", ratio: 2 }],
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
