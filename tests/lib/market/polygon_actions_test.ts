import assert from "node:assert/strict";
import type { Provider } from "../../../lib/market/provider.ts";
import { callWith, offered, polygonAt, standInWith, valueOf } from "./polygon_harness.ts";

const SPAN = { from: "2020-01-01", to: "2024-03-08" };
const SPLITS = [
  { symbol: "TSLA", date: "2022-08-25", ratio: 3 },
  { symbol: "AAPL", date: "2020-08-31", ratio: 4 },
  { symbol: "OGN", date: "2021-06-03", ratio: 1.011 },
  { symbol: "GE", date: "2021-08-02", ratio: 0.125 },
  { symbol: "AAPL", date: "2014-06-09", ratio: 7 },
];

const splits = (provider: Provider, query: { symbol?: string } = {}) =>
  offered(provider.splits)({ ...SPAN, ...query }, callWith());
const dividends = (provider: Provider, query: { symbol?: string } = {}) =>
  offered(provider.dividends)({ ...SPAN, ...query }, callWith());

Deno.test("splits: of a span, by rising date, old shares to new ones", async () => {
  await using standIn = standInWith({ splits: SPLITS });
  assert.deepEqual(valueOf(await splits(polygonAt(standIn))), [
    { symbol: "AAPL", executionDate: "2020-08-31", from: 1, to: 4 },
    { symbol: "OGN", executionDate: "2021-06-03", from: 1, to: 1.011 },
    { symbol: "GE", executionDate: "2021-08-02", from: 8, to: 1 },
    { symbol: "TSLA", executionDate: "2022-08-25", from: 1, to: 3 },
  ]);
  assert.deepEqual(standIn.calls.map(({ path, search }) => path + search), [
    "/stocks/v1/splits?execution_date.gte=2020-01-01&execution_date.lte=2024-03-08&limit=5000&sort=execution_date.asc",
  ]);
});

Deno.test("splits: of one asset, none, and each as often as it was sent", async () => {
  await using standIn = standInWith({ splits: SPLITS });
  const ofApple = await splits(polygonAt(standIn), { symbol: "AAPL" });
  assert.equal(valueOf(ofApple).length, 1);
  assert.deepEqual(await splits(polygonAt(standIn), { symbol: "aapl" }), { type: "empty" });
  standIn.switches.duplicateSplits = true;
  assert.equal(valueOf(await splits(polygonAt(standIn), { symbol: "AAPL" })).length, 2);
});

Deno.test("splits: ratios as they come, for whoever checks them", async () => {
  await using standIn = standInWith({ splits: SPLITS.slice(1, 2) });
  const ratio = async () => valueOf(await splits(polygonAt(standIn))).map(({ from, to }) => [from, to]);
  standIn.faults.add({ type: "reversed_ratios" });
  assert.deepEqual(await ratio(), [[4, 1]]);
  standIn.faults.add({ type: "zero_ratios" });
  assert.deepEqual(await ratio(), [[1, 0]]);
});

Deno.test("splits: garbage rows cost no good one", async () => {
  await using standIn = standInWith({ splits: SPLITS.slice(1, 2) });
  standIn.faults.add({ type: "garbage_rows" });
  const all = valueOf(await splits(polygonAt(standIn)));
  assert.equal(all.length, 8);
  assert.deepEqual(all.filter(({ symbol }) => symbol !== ""), [
    { symbol: "NODATE", executionDate: "", from: 1, to: 4 },
    { symbol: "AAPL", executionDate: "2020-08-31", from: 1, to: 4 },
    { symbol: "STRINGS", executionDate: "2024-03-08", from: NaN, to: NaN },
    { symbol: "NORATIO", executionDate: "2024-03-08", from: NaN, to: NaN },
  ]);
});

Deno.test("dividends: of a span and of one asset, with their currency", async () => {
  await using standIn = standInWith({
    dividends: [
      { symbol: "SHEL", date: "2024-02-15", cash: 27.5, currency: "GBp" },
      { symbol: "AAPL", date: "2024-02-09", cash: 0.24 },
      { symbol: "AAPL", date: "2019-11-07", cash: 0.77 },
    ],
  });
  const apple = { symbol: "AAPL", exDividendDate: "2024-02-09", cashAmount: 0.24, currency: "USD" };
  assert.deepEqual(valueOf(await dividends(polygonAt(standIn))), [
    apple,
    { symbol: "SHEL", exDividendDate: "2024-02-15", cashAmount: 27.5, currency: "GBp" },
  ]);
  assert.deepEqual(valueOf(await dividends(polygonAt(standIn), { symbol: "AAPL" })), [apple]);
  assert.equal(
    standIn.calls[1]?.search,
    "?ex_dividend_date.gte=2020-01-01&ex_dividend_date.lte=2024-03-08&ticker=AAPL&limit=5000&sort=ex_dividend_date.asc",
  );
});

Deno.test("dividends: garbage rows cost no good one", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "garbage_rows" });
  const all = valueOf(await dividends(polygonAt(standIn)));
  assert.equal(all.length, 8);
  assert.deepEqual(all.filter(({ symbol }) => symbol !== ""), [
    { symbol: "NODATE", exDividendDate: "", cashAmount: 0.24, currency: "USD" },
    { symbol: "AAPL", exDividendDate: "2024-03-07", cashAmount: 0.24, currency: "USD" },
    { symbol: "STRINGS", exDividendDate: "2024-03-08", cashAmount: NaN, currency: null },
    { symbol: "NOCASH", exDividendDate: "2024-03-08", cashAmount: NaN, currency: null },
  ]);
});
