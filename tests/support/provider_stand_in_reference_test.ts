import assert from "node:assert/strict";
import { type ProviderStandInOptions, startProviderStandIn } from "./provider_stand_in.ts";
import { parseAssetsCsv } from "./provider_stand_in_csv.ts";

function start(options: Partial<ProviderStandInOptions> = {}) {
  return startProviderStandIn({
    now: () => new Date("2024-03-12T08:00:00Z"),
    splits: [
      { symbol: "AAPL", date: "2020-08-31", ratio: 4 },
      { symbol: "AAPL", date: "2014-06-09", ratio: 7 },
      { symbol: "GE", date: "2021-08-02", ratio: 0.125 },
      { symbol: "OGN", date: "2021-06-03", ratio: 1.011 },
    ],
    dividends: [
      { symbol: "AAPL", date: "2020-08-07", cash: 0.82 },
      { symbol: "AAPL", date: "2024-02-09", cash: 0.24 },
    ],
    assets: [
      { symbol: "AAPL", name: "Apple Inc.", sicCode: "3571", listedOn: "1980-12-12" },
      { symbol: "META", name: "Meta Platforms, Inc.", listedOn: "2012-05-18" },
      { symbol: "SPY", name: "SPDR S&P 500", type: "ETF" },
      { symbol: "TWTR", name: "Twitter, Inc.", delistedOn: "2022-10-28" },
      { symbol: "X:BTCUSD", name: "Bitcoin - US Dollar" },
    ],
    renames: [{ from: "FB", to: "META", date: "2022-06-09" }],
    ...options,
    switches: { callsPerMinute: 0, ...options.switches },
  });
}

async function get({ url, apiKey }: { url: string; apiKey: string }, path: string) {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${apiKey}` } });
  return { status: response.status, body: await response.json() };
}

async function rows(standIn: ReturnType<typeof start>, path: string) {
  const { status, body } = await get(standIn, path);
  assert.equal(status, 200, JSON.stringify(body));
  return body.results ?? [];
}

Deno.test("splits: a row of each kind, the newest first", async () => {
  await using standIn = start();
  const all = await rows(standIn, "/stocks/v1/splits");
  assert.deepEqual(all[0], {
    id: "split-GE-2021-08-02",
    ticker: "GE",
    execution_date: "2021-08-02",
    split_from: 8,
    split_to: 1,
    adjustment_type: "reverse_split",
    historical_adjustment_factor: 8,
  });
  const facts = all.slice(1).map((row: Record<string, unknown>) => [
    ...[row["ticker"], row["split_from"], row["split_to"], row["adjustment_type"]],
    row["historical_adjustment_factor"],
  ]);
  assert.deepEqual(facts, [
    ["OGN", 1, 1.011, "stock_dividend", 1 / 1.011],
    ["AAPL", 1, 4, "forward_split", 1 / 4],
    ["AAPL", 1, 7, "forward_split", 1 / 28],
  ]);
});

Deno.test("splits: by ticker and date, sorted on demand, twice on demand", async () => {
  await using standIn = start();
  const dates = async (query: string) =>
    (await rows(standIn, `/stocks/v1/splits?${query}`)).map((row: Record<string, unknown>) => row["execution_date"]);
  assert.deepEqual(await dates("ticker=AAPL&sort=execution_date.asc"), ["2014-06-09", "2020-08-31"]);
  assert.deepEqual(await dates("execution_date.gte=2020-08-31&execution_date.lte=2021-06-03"), [
    "2021-06-03",
    "2020-08-31",
  ]);
  assert.deepEqual(await dates("execution_date.gt=2020-08-31&execution_date.lt=2021-08-02"), ["2021-06-03"]);
  assert.deepEqual(await dates("ticker.any_of=GE,OGN&sort=ticker.desc"), ["2021-06-03", "2021-08-02"]);
  assert.deepEqual(await dates("ticker=aapl"), []);
  standIn.switches.duplicateSplits = true;
  const twice = await rows(standIn, "/stocks/v1/splits?ticker=GE");
  assert.deepEqual(twice.map(({ id }: { id: string }) => id), ["split-GE-2021-08-02", "split-GE-2021-08-02-again"]);
});

Deno.test("splits: pages by limit, which has its bounds", async () => {
  await using standIn = start();
  const first = await get(standIn, "/stocks/v1/splits?limit=3&ticker.gte=A");
  assert.equal(first.body.results.length, 3);
  const next = new URL(first.body.next_url);
  const second = await get(standIn, next.pathname + next.search);
  assert.deepEqual([second.body.results.length, second.body.next_url], [1, undefined]);
  for (const limit of ["0", "5001", "x", "-1"]) {
    assert.equal((await get(standIn, `/stocks/v1/splits?limit=${limit}`)).status, 400);
  }
});

Deno.test("dividends: a row with its dates, in shares of its day and of today", async () => {
  await using standIn = start();
  assert.deepEqual(await rows(standIn, "/stocks/v1/dividends?ex_dividend_date.lte=2020-12-31&ticker=AAPL"), [{
    id: "dividend-AAPL-2020-08-07",
    ticker: "AAPL",
    cash_amount: 0.82,
    currency: "USD",
    declaration_date: "2020-07-17",
    ex_dividend_date: "2020-08-07",
    record_date: "2020-08-08",
    pay_date: "2020-08-21",
    frequency: 4,
    distribution_type: "recurring",
    split_adjusted_cash_amount: 0.205,
  }]);
});

Deno.test("details: of a stock, of a fund, of crypto, of what is delisted, and 404 for the rest", async () => {
  await using standIn = start();
  const details = async (ticker: string) => (await get(standIn, `/v3/reference/tickers/${ticker}`)).body.results;
  const stock = { market: "stocks", locale: "us", primary_exchange: "XNAS", type: "CS", currency_name: "usd" };
  assert.deepEqual(await details("AAPL"), {
    ...{ ticker: "AAPL", name: "Apple Inc.", active: true, ...stock },
    ...{ sic_code: "3571", sic_description: "CODE 3571", list_date: "1980-12-12" },
  });
  assert.deepEqual(await details("SPY"), { ticker: "SPY", name: "SPDR S&P 500", active: true, ...stock, type: "ETF" });
  assert.deepEqual(await details("X%3ABTCUSD"), {
    ...{ ticker: "X:BTCUSD", name: "Bitcoin - US Dollar", market: "crypto", locale: "global", active: true },
    ...{ currency_symbol: "USD", currency_name: "US Dollar" },
    ...{ base_currency_symbol: "BTC", base_currency_name: "BTC" },
  });
  const { active, delisted_utc } = await details("TWTR");
  assert.deepEqual([active, delisted_utc], [false, "2022-10-28T04:00:00Z"]);
  assert.deepEqual(await get(standIn, "/v3/reference/tickers/aapl"), {
    status: 404,
    body: { status: "NOT_FOUND", request_id: "00000000000000000000000000000005", message: "Ticker not found." },
  });
});

Deno.test("tickers: by what stands in symbol or name, active ones by default, by market and type, in pages", async () => {
  await using standIn = start();
  const found = async (query: string) =>
    (await rows(standIn, `/v3/reference/tickers?${query}`)).map(({ ticker }: { ticker: string }) => ticker);
  assert.deepEqual(await found(""), ["AAPL", "META", "SPY", "X:BTCUSD"]);
  assert.deepEqual(await found("search=inc."), ["AAPL", "META"]);
  assert.deepEqual(await found("search=inc.&active=false"), ["TWTR"]);
  assert.deepEqual(await found("market=crypto"), ["X:BTCUSD"]);
  assert.deepEqual(await found("type=ETF"), ["SPY"]);
  assert.deepEqual(await found("order=desc&limit=2"), ["X:BTCUSD", "SPY"]);
  assert.equal((await get(standIn, "/v3/reference/tickers?limit=1001")).status, 400);
  const [row] = await rows(standIn, "/v3/reference/tickers?ticker=AAPL");
  assert.deepEqual([row.sic_code, row.list_date, row.last_updated_utc], [undefined, undefined, "2024-03-08T00:00:00Z"]);
});

Deno.test("events: renames, the newest first, of who is traded under that symbol now", async () => {
  await using standIn = start();
  const { body } = await get(standIn, "/vX/reference/tickers/META/events?types=ticker_change");
  assert.deepEqual(body.results, {
    name: "Meta Platforms, Inc.",
    events: [
      { ticker_change: { ticker: "META" }, type: "ticker_change", date: "2022-06-09" },
      { ticker_change: { ticker: "FB" }, type: "ticker_change", date: "2012-05-18" },
    ],
  });
  assert.equal((await get(standIn, "/vX/reference/tickers/FB/events")).status, 404);
});

Deno.test("switches and refusals are those of every call", async () => {
  await using standIn = start({ assets: [], splits: [], switches: { status: "DELAYED" } });
  for (const path of ["/stocks/v1/splits", "/v3/reference/tickers"]) {
    for (const [emptyResults, results] of [["missing", undefined], ["empty", []], ["null", null]] as const) {
      standIn.switches.emptyResults = emptyResults;
      const { body } = await get(standIn, path);
      assert.deepEqual([body.status, body.results], ["DELAYED", results]);
    }
    assert.equal((await get({ url: standIn.url, apiKey: "wrong" }, path)).status, 401);
  }
  standIn.switches.callsPerMinute = 1;
  const status = async () => (await get(standIn, "/v3/reference/tickers/AAPL")).status;
  assert.deepEqual([await status(), await status()], [404, 429]);
});

Deno.test("a file of assets: names, and codes that stand for its sectors", async () => {
  const file = new TextEncoder().encode('symbol,name,sector\nAAPL,"Apple, Inc.",Information Technology\nSPY,SPDR,\n');
  assert.deepEqual(await parseAssetsCsv(file, "assets.csv"), [
    { symbol: "AAPL", name: "Apple, Inc.", sicCode: "7372" },
    { symbol: "SPY", name: "SPDR" },
  ]);
  const bad: [string, RegExp][] = [
    ["ticker,name\n", /^Error: f: the header lacks symbol, sector/],
    ["symbol,name,sector\n,Nobody,\n", /^Error: f: row 2: the symbol is empty/],
  ];
  for (const [text, expected] of bad) {
    await assert.rejects(parseAssetsCsv(new TextEncoder().encode(text), "f"), expected);
  }
});
