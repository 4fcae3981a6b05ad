import assert from "node:assert/strict";
import { loadDemo } from "../../fixtures/load.ts";
import { bodyOf, type Json } from "../support/answers.ts";
import { startService, type TestService } from "../support/service.ts";

interface Report extends Json {
  readonly market_value: string;
  readonly sectors: { sector: string; market_value: string; weight: number; investments: Json[] }[];
}

async function startDemo(): Promise<TestService> {
  const service = await startService();
  assert.equal(await loadDemo(service.services), true);
  return service;
}

const totals = (report: Report) => report.sectors.map(({ sector, market_value }) => [sector, market_value]);

Deno.test("the demo portfolio is worth 247767.2, to the last digit and for anyone", async () => {
  await using service = await startDemo();
  const on = { price_date: "2021-11-05" };
  const { market_version, ...report } = await bodyOf<Report>(await service.request("/portfolios/1/sectors"));
  assert.match(String(market_version), /^[0-9a-f]{20}$/);
  assert.deepEqual(report, {
    portfolio_id: 1,
    currency: "USD",
    as_of: "2021-11-05",
    market_value: "247767.2",
    sectors: [
      {
        sector: "financials",
        name: "Financials",
        market_value: "81416",
        weight: 0.3285987814367681,
        investments: [
          { asset: "GS", amount: "200", price: "407.08", ...on, market_value: "81416", weight: 0.3285987814367681 },
        ],
      },
      {
        sector: "industrials",
        name: "Industrials",
        market_value: "67338",
        weight: 0.27177931542189604,
        investments: [
          { asset: "BA", amount: "300", price: "224.46", ...on, market_value: "67338", weight: 0.27177931542189604 },
        ],
      },
      {
        sector: "utilities",
        name: "Utilities",
        market_value: "64050",
        weight: 0.25850879373863855,
        investments: [
          { asset: "EIX", amount: "1000", price: "64.05", ...on, market_value: "64050", weight: 0.25850879373863855 },
        ],
      },
      {
        sector: "consumer_discretionary",
        name: "Consumer Discretionary",
        market_value: "19835.2",
        weight: 0.08005579431014274,
        investments: [
          { asset: "DPZ", amount: "40", price: "495.88", ...on, market_value: "19835.2", weight: 0.08005579431014274 },
        ],
      },
      {
        sector: "information_technology",
        name: "Information Technology",
        market_value: "15128",
        weight: 0.061057315092554625,
        investments: [
          { asset: "AAPL", amount: "100", price: "151.28", ...on, market_value: "15128", weight: 0.061057315092554625 },
        ],
      },
    ],
    unpriced: [],
    warnings: [],
  });
});

Deno.test("the demo of all sectors is worth 156961.7; the fund's value is split to the last decimal", async () => {
  await using service = await startDemo();
  const report = await bodyOf<Report>(await service.request("/portfolios/2/sectors"));
  assert.deepEqual([report["as_of"], report.market_value], ["2021-11-05", "156961.7"]);
  assert.deepEqual(totals(report), [
    ["information_technology", "24766.53125"],
    ["health_care", "19776.7875"],
    ["energy", "19430.38125"],
    ["consumer_discretionary", "14459.85"],
    ["financials", "14245.05"],
    ["consumer_staples", "13565.19375"],
    ["communication_services", "13259.4375"],
    ["industrials", "12613.8375"],
    ["materials", "11585.0625"],
    ["real_estate", "7037.2125"],
    ["utilities", "5526.54375"],
    ["unclassified", "695.8125"],
  ]);
  assert.deepEqual(report.sectors.map(({ weight }) => weight), [
    ...[0.15778709869987392, 0.12599753634166808, 0.12379058872323631, 0.09212342883646138],
    ...[0.09075494212919458, 0.08642359091421666, 0.08447562367125229, 0.08036251837231631],
    ...[0.07380821244927903, 0.04483394675261545, 0.035209504930183606, 0.004433008179702437],
  ]);
  // 96.58 * 200, and 74.22 * 312.5 * 0.235
  const on = { price_date: "2021-11-05" };
  assert.deepEqual(report.sectors[0]?.investments, [
    { asset: "DEMO-IT", amount: "200", price: "96.58", ...on, market_value: "19316", weight: 0.1230618679588715 },
    {
      ...{ asset: "DEMO-FUND", amount: "312.5", price: "74.22", ...on, sector_share: "0.235" },
      ...{ market_value: "5450.53125", weight: 0.03472523074100242 },
    },
  ]);
  // 74.22 * 312.5 * 0.03: what the fund's weights leave.
  assert.deepEqual(report.sectors.at(-1)?.investments, [{
    ...{ asset: "DEMO-FUND", amount: "312.5", price: "74.22", ...on, sector_share: "0.03" },
    ...{ market_value: "695.8125", weight: 0.004433008179702437 },
  }]);
});

Deno.test("a day before a split is valued in today's shares, and a weekend as the session before it", async () => {
  await using service = await startDemo();
  for (const day of ["2021-03-12", "2021-03-13", "2021-03-14"]) {
    const report = await bodyOf<Report>(await service.request(`/portfolios/2/sectors?as_of=${day}`));
    assert.deepEqual([report["as_of"], report.market_value], ["2021-03-12", "154557.95"]);
    assert.deepEqual(totals(report), [
      ["information_technology", "21836.53125"],
      ["energy", "20355.88125"],
      ["consumer_discretionary", "18610.65"],
      ["health_care", "16717.3875"],
      ["communication_services", "15603.2375"],
      ["financials", "13318.05"],
      ["industrials", "13259.2375"],
      ["consumer_staples", "11745.09375"],
      ["materials", "9470.8125"],
      ["real_estate", "6968.8125"],
      ["utilities", "6003.44375"],
      ["unclassified", "668.8125"],
    ]);
    // 331.95 / 4 = 82.9875; 200 * 82.9875 = 16597.5
    assert.deepEqual(report.sectors[0]?.investments[0], {
      ...{ asset: "DEMO-IT", amount: "200", price: "82.9875", price_date: "2021-03-12" },
      ...{ raw_price: "331.95", split_factor: "4", market_value: "16597.5", weight: 0.1073869056881254 },
    });
  }
});

Deno.test("on the day of the split, prices are in the new shares already", async () => {
  await using service = await startDemo();
  const report = await bodyOf<Report>(await service.request("/portfolios/2/sectors?as_of=2021-03-15"));
  const demoIt = report.sectors.flatMap(({ investments }) => investments).find(({ asset }) => asset === "DEMO-IT");
  const { weight: _, ...said } = demoIt ?? {};
  assert.deepEqual(said, {
    ...{ asset: "DEMO-IT", amount: "200", price: "83.32", price_date: "2021-03-15", market_value: "16664" },
  });
});

Deno.test("the demo is the first portfolio and the first assets, and says where it comes from", async () => {
  await using service = await startDemo();
  const { items } = await bodyOf<{ items: Json[] }>(await service.request("/portfolios"));
  assert.deepEqual(items.map(({ id, owner, name }) => [id, owner, name]), [
    [1, "usr_system", "Test Portfolio"],
    [2, "usr_system", "Demo: all sectors"],
  ]);
  assert.deepEqual(await bodyOf(await service.request("/assets/DEMO-FUND")), {
    ...{ symbol: "DEMO-FUND", name: "Demo Eleven Sectors Fund (fictional)", kind: "fund", currency: "USD" },
    sector: null,
    sector_weights: {
      ...{ energy: 0.035, materials: 0.03, industrials: 0.09, utilities: 0.025, health_care: 0.13, financials: 0.12 },
      ...{ consumer_discretionary: 0.12, consumer_staples: 0.065, information_technology: 0.235 },
      ...{ communication_services: 0.09, real_estate: 0.03 },
    },
    ...{ sector_source: "fixture", status: "active", latest: { price: "74.22", date: "2021-11-05" } },
    history: { from: "2018-11-05", to: "2021-11-05", asked: [] },
  });
});
