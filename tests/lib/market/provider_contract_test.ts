/** What holds for every adapter: the same facts behind each, the same questions to each, the same answers. */

import assert from "node:assert/strict";
import { createCsvFolder } from "../../../lib/market/csv_folder.ts";
import { createPolygon } from "../../../lib/market/polygon.ts";
import type { Call, Market, Outcome, Provider } from "../../../lib/market/provider.ts";
import { startProviderStandIn } from "../../support/provider_stand_in.ts";
import { parseAssetsCsv, parseBarsCsv } from "../../support/provider_stand_in_csv.ts";
import { callWith, offered, reasonOf } from "./polygon_harness.ts";

const BARS = `symbol,date,open,high,low,close,volume,dividend,split
AAPL,2022-03-11,158.93,159.28,154.5,154.73,96970102.5,0.0,1.0
AAPL,2024-03-07,169.15,170.73,168.49,169,71765061,0.24,1.0
AAPL,2024-03-08,169,173.7,168.94,170.73,76114600,0.0,4.0
BRK.B,2024-03-08,407.62,408.74,404.44,405.08,3140100,0.0,1.0
KIMpL,2024-03-08,22.1,22.4,22,22.3,12000.25,0.0,1.011
C:EURUSD,2024-03-08,1.0947,1.0981,1.0919,1.0938,178000,,
X:BTCUSD,2024-03-07,66099.7,68124.2,65602.6,66925.5,25103.8765,,
X:BTCUSD,2024-03-08,66938.1,70083.1,66230.5,68313.3,38223.4,,
X:BTCUSD,2024-03-09,68313.3,68673.1,68053.1,68498.9,11604.2,,
`;
const ASSETS = `symbol,name,sector,kind,currency
AAPL,Apple Inc.,Information Technology,stock,USD
APLE,Apple Hospitality REIT,Real Estate,stock,USD
BRK.B,Berkshire Hathaway,Financials,stock,USD
X:BTCUSD,Bitcoin,,crypto,USD
`;

interface Adapter extends AsyncDisposable {
  readonly provider: Provider;
}

const bytes = (text: string) => new TextEncoder().encode(text);

const ADAPTERS: Readonly<Record<string, () => Promise<Adapter>>> = {
  polygon: async () => {
    const { bars, splits, dividends } = await parseBarsCsv(bytes(BARS), "bars");
    const standIn = startProviderStandIn({
      // A Monday, not over in New York.
      now: () => new Date("2024-03-11T12:00:00Z"),
      ...{ bars, splits, dividends },
      assets: await parseAssetsCsv(bytes(ASSETS), "assets"),
      switches: { callsPerMinute: 0, historyYears: 2 },
    });
    const { url: baseUrl, apiKey } = standIn;
    const provider = createPolygon({ baseUrl, apiKey, callsPerMinute: 5, fetch });
    return { provider, [Symbol.asyncDispose]: () => standIn.stop() };
  },
  csv: async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/bars.csv`, BARS);
    await Deno.writeTextFile(`${folder}/assets.csv`, ASSETS);
    const provider = createCsvFolder({ folder, fileSystem: Deno, timeZone: "America/New_York" });
    return { provider, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  },
};

type Ask = (provider: Provider, call: Call) => Promise<Outcome<unknown>>;

const marketDay = (market: Market, date: string): Ask => (provider, call) => provider.marketDay(market, date, call);
const range = (symbol: string, from: string, to: string): Ask => (provider, call) =>
  offered(provider.range)({ symbol, from, to }, call);
const splits = (from: string, to: string, symbol?: string): Ask => (provider, call) =>
  offered(provider.splits)({ from, to, symbol }, call);
const dividends = (from: string, to: string, symbol?: string): Ask => (provider, call) =>
  offered(provider.dividends)({ from, to, symbol }, call);
const details = (symbol: string): Ask => async (provider, call) => {
  const outcome = await offered(provider.details)({ symbol }, call);
  if (outcome.type !== "ok") return outcome;
  // Sectors are known by a code or by a name.
  const { sicCode: _, sector: __, ...facts } = outcome.value;
  return { type: "ok", value: facts };
};
const search = (text: string, limit = 10): Ask => async (provider, call) => {
  const outcome = await offered(provider.search)({ text, limit }, call);
  return outcome.type === "ok" ? { type: "ok", value: outcome.value.map(({ symbol }) => symbol) } : outcome;
};

const bar = (symbol: string, open: number, high: number, low: number, close: number, volume: number) => ({
  ...{ symbol, open, high, low, close, volume },
  vwap: null,
});
const APPLE = [
  { date: "2022-03-11", ...bar("AAPL", 158.93, 159.28, 154.5, 154.73, 96970102.5) },
  { date: "2024-03-07", ...bar("AAPL", 169.15, 170.73, 168.49, 169, 71765061) },
  { date: "2024-03-08", ...bar("AAPL", 169, 173.7, 168.94, 170.73, 76114600) },
];
const BITCOIN = [
  { date: "2024-03-08", ...bar("X:BTCUSD", 66938.1, 70083.1, 66230.5, 68313.3, 38223.4) },
  { date: "2024-03-09", ...bar("X:BTCUSD", 68313.3, 68673.1, 68053.1, 68498.9, 11604.2) },
];
const EURO = bar("C:EURUSD", 1.0947, 1.0981, 1.0919, 1.0938, 178000);
const KIMCO = bar("KIMpL", 22.1, 22.4, 22, 22.3, 12000.25);
const BERKSHIRE = bar("BRK.B", 407.62, 408.74, 404.44, 405.08, 3140100);
const APPLE_SPLIT = { symbol: "AAPL", executionDate: "2024-03-08", from: 1, to: 4 };
const APPLE_FACTS = {
  ...{ symbol: "AAPL", name: "Apple Inc.", kind: "stock", currency: "USD" },
  ...{ isActive: true, figi: null, listedOn: null, delistedOn: null },
};

const ok = (value: unknown) => ({ type: "ok", value });
const EMPTY = { type: "empty" };
const undated = ({ date: _, ...bar }: { readonly date: string }) => bar;

const ANSWERS: readonly [name: string, ask: Ask, expected: unknown][] = [
  ["a day of stocks", marketDay("stocks", "2024-03-08"), ok([...APPLE.slice(2).map(undated), BERKSHIRE, KIMCO])],
  ["a day of crypto", marketDay("crypto", "2024-03-09"), ok(BITCOIN.slice(1).map(undated))],
  ["a day of currencies", marketDay("fx", "2024-03-08"), ok([EURO])],
  ["a weekend", marketDay("stocks", "2024-03-02"), EMPTY],
  ["a weekday without a row", marketDay("stocks", "2024-03-06"), EMPTY],
  ["a whole history", range("AAPL", "2022-03-11", "2024-03-10"), ok(APPLE)],
  ["a history, both ends included", range("AAPL", "2024-03-07", "2024-03-08"), ok(APPLE.slice(1))],
  ["a history of crypto", range("X:BTCUSD", "2024-03-08", "2024-03-10"), ok(BITCOIN)],
  ["a symbol in its own case", range("KIMpL", "2024-03-01", "2024-03-10"), ok([{ date: "2024-03-08", ...KIMCO }])],
  ["a symbol in another case", range("KIMPL", "2024-03-01", "2024-03-10"), EMPTY],
  ["a history of nobody", range("NOBODY", "2024-03-01", "2024-03-10"), EMPTY],
  ["a history without sessions", range("AAPL", "2024-03-02", "2024-03-03"), EMPTY],
  [
    "splits of all",
    splits("2024-03-01", "2024-03-31"),
    ok([APPLE_SPLIT, { ...APPLE_SPLIT, symbol: "KIMpL", to: 1.011 }]),
  ],
  ["splits of one", splits("2024-03-08", "2024-03-08", "AAPL"), ok([APPLE_SPLIT])],
  ["no splits", splits("2024-03-01", "2024-03-07"), EMPTY],
  [
    "dividends",
    dividends("2024-03-01", "2024-03-31", "AAPL"),
    ok([{ symbol: "AAPL", exDividendDate: "2024-03-07", cashAmount: 0.24, currency: "USD" }]),
  ],
  ["no dividends", dividends("2024-03-01", "2024-03-31", "BRK.B"), EMPTY],
  ["details", details("AAPL"), ok(APPLE_FACTS)],
  [
    "details of crypto",
    details("X:BTCUSD"),
    ok({ ...APPLE_FACTS, symbol: "X:BTCUSD", name: "Bitcoin", kind: "crypto" }),
  ],
  ["a search by name", search("apple"), ok(["AAPL", "APLE"])],
  ["a search by symbol, the likeliest first", search("aple"), ok(["APLE"])],
  ["a search for so many", search("a", 1), ok(["AAPL"])],
  ["a search for nobody", search("nobody"), EMPTY],
];

const FAILURES: readonly [name: string, ask: Ask, type: Outcome<unknown>["type"]][] = [
  ["a day that is not over", marketDay("stocks", "2024-03-11"), "not_yet"],
  ["a day before the history", marketDay("stocks", "2022-03-10"), "too_old"],
  ["details of nobody", details("NOBODY"), "not_found"],
  ["details in another case", details("aapl"), "not_found"],
];

const REJECTED: readonly Ask[] = [
  marketDay("stocks", "2024-3-8"),
  marketDay("stocks", "../x"),
  range("", "2024-03-01", "2024-03-08"),
  range("..", "2024-03-01", "2024-03-08"),
  range("AAPL", "2024-03-08", "2024-03-01"),
  splits("yesterday", "2024-03-08"),
  dividends("2024-03-01", "2024-03-08", "A B"),
  details("\ud800"),
  search(" "),
  search("a", 0),
];

for (const [name, start] of Object.entries(ADAPTERS)) {
  Deno.test(`${name}: answers`, async (t) => {
    await using adapter = await start();
    const { provider } = adapter;
    for (const [question, ask, expected] of ANSWERS) {
      await t.step(question, async () => assert.deepEqual(await ask(provider, callWith()), expected));
    }
  });

  Deno.test(`${name}: failures`, async (t) => {
    await using adapter = await start();
    const { provider } = adapter;
    for (const [question, ask, type] of FAILURES) {
      await t.step(`${type}: ${question}`, async () => void reasonOf(await ask(provider, callWith()), type));
    }
  });

  Deno.test(`${name}: what makes no sense is rejected before a slot is taken`, async () => {
    await using adapter = await start();
    const slot = () => Promise.reject(new Error("asked for a slot"));
    for (const ask of REJECTED) {
      const reason = reasonOf(await ask(adapter.provider, callWith({ slot })), "rejected");
      assert.ok(reason.length > 0 && reason.isWellFormed());
    }
  });

  Deno.test(`${name}: one slot a question, awaited before anything is answered; what it throws is passed on`, async () => {
    await using adapter = await start();
    for (const [, ask, expected] of ANSWERS) {
      let slots = 0;
      const slot = async () => void (slots += await Promise.resolve(1));
      assert.deepEqual(await ask(adapter.provider, callWith({ slot })), expected);
      assert.equal(slots, 1);
      const broken = () => Promise.reject(new Error("the store is gone"));
      await assert.rejects(ask(adapter.provider, callWith({ slot: broken })), /the store is gone/);
    }
  });

  Deno.test(`${name}: cancelled before, or while the slot is awaited`, async () => {
    await using adapter = await start();
    for (const [, ask] of ANSWERS) {
      const early = callWith({ signal: AbortSignal.abort(new Error("shutting down")) });
      assert.match(reasonOf(await ask(adapter.provider, early), "passing_fault"), /cancelled: shutting down/);
      const controller = new AbortController();
      const slot = () => {
        controller.abort(new Error("lease lost"));
        return new Promise<void>(() => {});
      };
      const late = callWith({ signal: controller.signal, slot });
      assert.match(reasonOf(await ask(adapter.provider, late), "passing_fault"), /cancelled: lease lost/);
    }
  });

  Deno.test(`${name}: many questions at once`, async () => {
    await using adapter = await start();
    const outcomes = await Promise.all(ANSWERS.map(([, ask]) => ask(adapter.provider, callWith())));
    assert.deepEqual(outcomes, ANSWERS.map(([, , expected]) => expected));
  });
}
