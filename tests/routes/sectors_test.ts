import assert from "node:assert/strict";
import { setSplit } from "../../lib/history/corporate_actions.ts";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses, addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

interface Sector {
  readonly sector: string;
  readonly market_value: string;
  readonly weight: number | null;
  readonly investments: Json[];
}

interface Report extends Json {
  readonly market_value: string;
  readonly sectors: Sector[];
}

const sectorsOf = async (service: TestService, query = ""): Promise<Report> =>
  await bodyOf(await service.admin(`/portfolios/1/sectors${query}`));

const investmentsIn = ({ sectors }: Report): Json[] => sectors.flatMap(({ investments }) => investments);

async function addSplit(service: TestService, assetNo: number, executionDate: string, from: string, to: string) {
  const split = { executionDate, splitFrom: from, splitTo: to, source: "test", recordedAt: "2021-11-06T12:00:00.000Z" };
  await setSplit(service.store.change(), assetNo, split).commit();
}

Deno.test("a portfolio of nothing is worth 0 as of no day", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const { market_version: _, ...report } = await sectorsOf(service);
  assert.deepEqual(report, {
    ...{ portfolio_id: 1, currency: "USD", as_of: null, market_value: "0", sectors: [], unpriced: [], warnings: [] },
  });
});

Deno.test("long and short of the same value: 0 in all, and no weights", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AAPL", sector: "information_technology" });
  await addAsset(service, { symbol: "GS", sector: "financials" });
  await addCloses(service, "AAPL", { "2021-11-05": "150" });
  await addCloses(service, "GS", { "2021-11-05": "300" });
  await addPortfolio(service, { GS: "-1", AAPL: "2" });
  const report = await sectorsOf(service);
  assert.equal(report.market_value, "0");
  assert.deepEqual(report.sectors.map(({ sector, market_value, weight }) => [sector, market_value, weight]), [
    ["information_technology", "300", null],
    ["financials", "-300", null],
  ]);
  assert.deepEqual(investmentsIn(report).map(({ weight }) => weight), [null, null]);
});

Deno.test("a short position takes from the total, and its weight is negative", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AAPL", sector: "information_technology" });
  await addAsset(service, { symbol: "GS", sector: "financials" });
  await addCloses(service, "AAPL", { "2021-11-05": "150" });
  await addCloses(service, "GS", { "2021-11-05": "100" });
  await addPortfolio(service, { GS: "-0.5", AAPL: "1" });
  const report = await sectorsOf(service);
  assert.equal(report.market_value, "100");
  assert.deepEqual(report.sectors.map(({ market_value, weight }) => [market_value, weight]), [
    ["150", 1.5],
    ["-50", -0.5],
  ]);
});

Deno.test("sectors of one value stand by code, investments of one value as they were given", async () => {
  await using service = await startService();
  for (const [symbol, sector] of [["A", "utilities"], ["B", "energy"], ["D", "energy"], ["C", "energy"]] as const) {
    await addAsset(service, { symbol, sector });
    await addCloses(service, symbol, { "2021-11-05": symbol === "A" ? "30" : "10" });
  }
  await addPortfolio(service, { A: "1", D: "1", C: "1", B: "1" });
  const report = await sectorsOf(service);
  assert.deepEqual(report.sectors.map(({ sector }) => sector), ["energy", "utilities"]);
  assert.deepEqual(investmentsIn(report).map(({ asset }) => asset), ["D", "C", "B", "A"]);
});

Deno.test("nothing is rounded: the smallest amount of the finest price, beside a large one", async () => {
  await using service = await startService();
  await addAssets(service, "DUST", "GOLD");
  await addCloses(service, "DUST", { "2021-11-05": "0.000000000001" });
  await addCloses(service, "GOLD", { "2021-11-05": "123456.78" });
  await addPortfolio(service, { DUST: "0.00000001", GOLD: "123456789012345678.12345678" });
  const report = await sectorsOf(service);
  // 123456789012345678.12345678 * 123456.78 + 1e-20
  assert.equal(report.market_value, "15241577640603577668038.41652796840000000001");
  assert.deepEqual(investmentsIn(report).map(({ market_value }) => market_value), [
    "15241577640603577668038.4165279684",
    "0.00000000000000000001",
  ]);
});

Deno.test("what has no price or another currency is left out and named", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "SAP", currency: "EUR", sector: "information_technology" });
  await addAsset(service, { symbol: "NEW", currency: "EUR" });
  await addAsset(service, { symbol: "GS", sector: "financials" });
  await addCloses(service, "SAP", { "2021-11-05": "120" });
  await addCloses(service, "GS", { "2021-11-05": "300" });
  await addPortfolio(service, { SAP: "1", NEW: "2.5", GS: "1" });
  const report = await sectorsOf(service);
  assert.equal(report.market_value, "300");
  assert.deepEqual(report["unpriced"], [
    { asset: "SAP", amount: "1", reason: "no_fx_rate" },
    { asset: "NEW", amount: "2.5", reason: "no_price" },
  ]);
});

Deno.test("a price older than the session is used, with a warning", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { "2021-11-03": "150", "2021-11-05": "151.28" });
  await addCloses(service, "GS", { "2021-11-03": "400", "2021-11-04": "407.08" });
  await addPortfolio(service, { AAPL: "1", GS: "1" });
  const warning = (session: string, last: string) => ({
    code: "stale_price",
    asset: "GS",
    detail: `GS has no price of ${session}; its last one, of ${last}, is used`,
  });
  const newest = await sectorsOf(service);
  assert.deepEqual([newest["as_of"], newest.market_value], ["2021-11-05", "558.36"]);
  assert.deepEqual(newest["warnings"], [warning("2021-11-05", "2021-11-04")]);
  const past = await sectorsOf(service, "?as_of=2021-11-04");
  assert.deepEqual([past["as_of"], past.market_value], ["2021-11-04", "557.08"]);
  assert.deepEqual(investmentsIn(past).map(({ asset, price_date }) => [asset, price_date]), [
    ["GS", "2021-11-04"],
    ["AAPL", "2021-11-03"],
  ]);
});

Deno.test("as_of: the session on or before the day, never a later price", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { "2021-10-29": "149.8", "2021-11-01": "148.96" });
  await addCloses(service, "GS", { "2021-11-01": "414.88" });
  await addPortfolio(service, { AAPL: "1", GS: "1" });
  const days: [asked: string, asOf: string, value: string, unpriced: string[]][] = [
    ["2021-10-28", "2021-10-28", "0", ["AAPL", "GS"]],
    ["2021-10-29", "2021-10-29", "149.8", ["GS"]],
    ["2021-10-31", "2021-10-29", "149.8", ["GS"]],
    ["2021-11-01", "2021-11-01", "563.84", []],
    ["2021-11-06", "2021-11-01", "563.84", []],
    ["1970-01-01", "1970-01-01", "0", ["AAPL", "GS"]],
  ];
  for (const [asked, asOf, value, unpriced] of days) {
    const report = await sectorsOf(service, `?as_of=${asked}`);
    assert.deepEqual([report["as_of"], report.market_value], [asOf, value], asked);
    assert.deepEqual(report["unpriced"], unpriced.map((asset) => ({ asset, amount: "1", reason: "no_price" })));
  }
});

Deno.test("as_of: 422 for what is no day, for two of them and for other parameters", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const detail = "must be a day of the calendar from 1970-01-01 on, such as 2021-11-05";
  for (const day of ["2021-02-29", "2021-13-01", "2021-11-31", "today", "", "2021-11-5", "20211105", "1969-12-31"]) {
    const problem = await assertProblem(await service.admin(`/portfolios/1/sectors?as_of=${day}`), "validation-failed");
    assert.deepEqual(problem["errors"], [{ parameter: "as_of", detail }], day);
  }
  for (const day of ["2021-11-05T00:00:00Z", "2021-11-05%00", "+2021-11-05", "%EF%BC%92021-11-05", "2021-11-05%0A"]) {
    const problem = await assertProblem(await service.admin(`/portfolios/1/sectors?as_of=${day}`), "validation-failed");
    assert.deepEqual(problem["errors"], [{ parameter: "as_of", detail }], day);
  }
  for (const query of ["as_of=2021-11-05&as_of=2021-11-04", "asof=2021-11-05", "as_of=2021-11-05&x", "__proto__=1"]) {
    await assertProblem(await service.admin(`/portfolios/1/sectors?${query}`), "validation-failed");
  }
});

Deno.test("as_of: today is the newest day that has begun, in New York or in UTC", async () => {
  await using service = await startService({ now: "2021-11-06T01:00:00.000Z" });
  await addPortfolio(service, {});
  for (const day of ["2021-11-05", "2021-11-06"]) {
    assert.equal((await sectorsOf(service, `?as_of=${day}`))["as_of"], day);
  }
  const errors = [{ parameter: "as_of", detail: "must be 2021-11-06 or earlier" }];
  await assertProblem(await service.admin("/portfolios/1/sectors?as_of=2021-11-07"), "validation-failed", errors);
  await assertProblem(await service.admin("/portfolios/1/sectors?as_of=9999-12-31"), "validation-failed", errors);
});

Deno.test("adjusted prices are rounded half-even to 8 places before they are multiplied", async () => {
  await using service = await startService();
  await addAssets(service, "A", "B", "C", "D");
  const closes = { A: "1.00000001", B: "1.00000003", C: "100", D: "2" };
  for (const [symbol, close] of Object.entries(closes)) await addCloses(service, symbol, { "2021-11-01": close });
  await addSplit(service, 1, "2021-11-02", "1", "2");
  await addSplit(service, 2, "2021-11-02", "1", "2");
  await addSplit(service, 3, "2021-11-02", "1", "3");
  await addSplit(service, 4, "2021-11-02", "10", "1");
  await addPortfolio(service, { A: "1000", B: "1000", C: "3", D: "1" });
  const report = await sectorsOf(service, "?as_of=2021-11-01");
  const shown = new Map(investmentsIn(report).map((held) => [held["asset"], held]));
  const said = (symbol: string) => {
    const { price, raw_price, split_factor, market_value } = shown.get(symbol) ?? {};
    return [price, raw_price, split_factor, market_value];
  };
  assert.deepEqual(said("A"), ["0.5", "1.00000001", "2", "500"]);
  assert.deepEqual(said("B"), ["0.50000002", "1.00000003", "2", "500.00002"]);
  assert.deepEqual(said("C"), ["33.33333333", "100", "3", "99.99999999"]);
  assert.deepEqual(said("D"), ["20", "2", "0.1", "20"]);
  assert.equal(report.market_value, "1120.00001999");
});

Deno.test("a split counts from its day on: not on the day itself, not before it has come", async () => {
  await using service = await startService({ now: "2021-11-04T12:00:00.000Z" });
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-11-03": "400" });
  await addSplit(service, 1, "2021-11-03", "1", "7");
  await addSplit(service, 1, "2021-11-05", "1", "4");
  await addPortfolio(service, { AAPL: "1" });
  const before = await service.admin("/portfolios/1/sectors");
  assert.equal((await bodyOf<Report>(before.clone())).market_value, "400");
  await service.clock.advance(86_400_000);
  const headers = { "if-none-match": before.headers.get("etag") ?? "" };
  const after = await bodyOf<Report>(await service.admin("/portfolios/1/sectors", { headers }));
  assert.equal(after.market_value, "100");
});

Deno.test("weights of several sectors: shares of each, and the rest unclassified beside what is named so", async () => {
  await using service = await startService();
  const weights = { energy: 0.1, utilities: 0.2, unclassified: 0.25 };
  await addAsset(service, { symbol: "MIX", kind: "fund", sector_weights: weights });
  await addAsset(service, {
    symbol: "FULL",
    kind: "fund",
    sector_weights: { energy: 0.1, utilities: 0.2, financials: 0.7 },
  });
  await addCloses(service, "MIX", { "2021-11-05": "10.01" });
  await addCloses(service, "FULL", { "2021-11-05": "1" });
  await addPortfolio(service, { MIX: "1", FULL: "10" });
  const report = await sectorsOf(service);
  assert.equal(report.market_value, "20.01");
  assert.deepEqual(report.sectors.map(({ sector, market_value }) => [sector, market_value]), [
    ["unclassified", "7.007"],
    ["financials", "7"],
    ["utilities", "4.002"],
    ["energy", "2.001"],
  ]);
  assert.deepEqual(
    investmentsIn(report).filter(({ asset }) => asset === "MIX").map(({ sector_share }) => sector_share),
    ["0.7", "0.2", "0.1"],
  );
});

Deno.test("404 for a portfolio that is not there, or private to somebody else", async () => {
  await using service = await startService();
  await addForeignPortfolio(service);
  await assertProblem(await service.request("/portfolios/1/sectors"), "not-found");
  await assertProblem(await service.request("/portfolios/2/sectors"), "not-found");
  await assertProblem(await service.admin("/portfolios/2/sectors"), "not-found");
  assert.equal((await sectorsOf(service)).market_value, "0");
});
