import assert from "node:assert/strict";
import { generatedBars, generatedSymbol } from "./provider_stand_in_bars.ts";
import { type ProviderStandInOptions, startProviderStandIn } from "./provider_stand_in.ts";

const BAR = { open: 169, high: 173.7, low: 168.94, close: 170.73, volume: 76267041.5, vwap: 171.2, trades: 655000 };
const ROW = { v: 76267041.5, vw: 171.2, o: 169, c: 170.73, h: 173.7, l: 168.94, n: 655000 };

function start(options: Partial<ProviderStandInOptions> = {}) {
  return startProviderStandIn({
    now: () => new Date("2024-03-12T08:00:00Z"),
    bars: ["2024-03-07", "2024-03-08", "2024-03-09", "2024-03-11"].flatMap((date) =>
      ["AAPL", "X:BTCUSD"].map((symbol) => ({ ...BAR, symbol, date }))
    ),
    ...options,
    switches: { callsPerMinute: 0, ...options.switches },
  });
}

async function get({ url, apiKey }: { url: string; apiKey: string }, path: string) {
  const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${apiKey}` } });
  return { httpStatus: response.status, ...await response.json() };
}

const range = (ticker: string, from: string, to: string, query = "adjusted=false") =>
  `/v2/aggs/ticker/${encodeURIComponent(ticker)}/range/1/day/${from}/${to}?${query}`;

const days = ({ results = [] }: { results?: { t: number }[] }) => results.map(({ t }) => new Date(t).toISOString());

Deno.test("range: the envelope, and rows that start at midnight in New York, without a symbol", async () => {
  await using standIn = start();
  assert.deepEqual(await get(standIn, range("AAPL", "2024-03-08", "2024-03-11")), {
    ...{ queryCount: 2, resultsCount: 2, count: 2, ticker: "AAPL", adjusted: false },
    results: [{ ...ROW, t: Date.parse("2024-03-08T05:00:00Z") }, { ...ROW, t: Date.parse("2024-03-11T04:00:00Z") }],
    request_id: "00000000000000000000000000000001",
    ...{ status: "OK", httpStatus: 200 },
  });
  const crypto = await get(standIn, range("X:BTCUSD", "2024-03-09", "2024-03-10"));
  assert.deepEqual(days(crypto), ["2024-03-09T00:00:00.000Z"]);
});

Deno.test("range: adjusted by default, falling on demand, and without rows for who is not known", async () => {
  await using standIn = start({ splits: [{ symbol: "AAPL", date: "2024-03-11", ratio: 2 }] });
  const adjusted = await get(standIn, range("AAPL", "2024-03-08", "2024-03-11", "sort=desc"));
  assert.deepEqual([adjusted.adjusted, days(adjusted)[0]], [true, "2024-03-11T04:00:00.000Z"]);
  assert.deepEqual(adjusted.results.map(({ c }: { c: number }) => c), [170.73, 170.73 / 2]);
  const unknown = await get(standIn, range("NOBODY", "2024-03-08", "2024-03-11"));
  assert.deepEqual([unknown.httpStatus, unknown.resultsCount, unknown.results], [200, 0, undefined]);
});

Deno.test("range: pages by limit, whose next_url has no key and keeps what was asked", async () => {
  await using standIn = start();
  let path = `${
    range("AAPL", "2024-03-07", "2024-03-11", "adjusted=false&sort=desc&limit=2")
  }&apiKey=${standIn.apiKey}`;
  const seen: string[] = [];
  for (let page = 0; path !== undefined; page++) {
    const answer = await get(standIn, path);
    assert.ok(page < 3);
    assert.equal(answer.adjusted, false);
    seen.push(...days(answer).map((day) => day.slice(0, 10)));
    path = answer.next_url;
    if (path !== undefined) {
      assert.match(path, new RegExp(`^${standIn.url}/v2/aggs/ticker/AAPL/.*\\?cursor=[\\w-]+=*$`));
    }
    assert.ok(!path?.includes(standIn.apiKey));
  }
  assert.deepEqual(seen, ["2024-03-11", "2024-03-08", "2024-03-07"]);
  standIn.switches.nextUrlHost = "another";
  const { next_url } = await get(standIn, range("AAPL", "2024-03-07", "2024-03-11", "limit=1"));
  assert.match(next_url, /^https:\/\/api\.polygon\.io\/v2\/aggs\/ticker\/AAPL\//);
});

Deno.test("range: refused at either end of the plan, or clipped at the old one; 400 for what is no span", async () => {
  await using standIn = start({ bars: generatedBars(30), switches: { historyYears: 2 } });
  const symbol = generatedSymbol(27);
  assert.match((await get(standIn, range(symbol, "2020-01-01", "2024-03-11"))).message, /data timeframe/);
  assert.match((await get(standIn, range(symbol, "2024-03-01", "2024-03-12"))).message, /before end of day/);
  assert.match((await get(standIn, range(symbol, "2024-03-01", "2024-03-13"))).message, /data timeframe/);
  standIn.switches.historyEdge = "clipped";
  const clipped = await get(standIn, range(symbol, "2020-01-01", "2024-03-11"));
  assert.equal(days(clipped)[0], "2022-03-14T04:00:00.000Z");
  const bad: [string, string][] = [["2024-02-30", "2024-03-01"], ["2024-03-01", "now"], ["2024-03-02", "2024-03-01"]];
  for (const [from, to] of bad) assert.equal((await get(standIn, range(symbol, from, to))).httpStatus, 400);
});

Deno.test("one generated symbol has the bars that it has among all", () => {
  const bars = generatedBars(30);
  const all = bars("stocks", "2024-03-08");
  for (const index of [0, 1, 26, 29]) {
    const symbol = generatedSymbol(index);
    assert.deepEqual(bars.of?.(symbol, "2024-03-08"), all.find((bar) => bar.symbol === symbol));
  }
  for (const symbol of [generatedSymbol(30), "aaaaa", "X:BTCUSD", ""]) {
    assert.equal(bars.of?.(symbol, "2024-03-08"), undefined);
  }
  assert.equal(bars.of?.(generatedSymbol(0), "2024-03-09"), undefined);
});
