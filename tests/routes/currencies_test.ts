import assert from "node:assert/strict";
import { assertRefused, bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

interface Report extends Json {
  readonly market_value: string;
  readonly sectors: { readonly sector: string; readonly market_value: string; readonly investments: Json[] }[];
  readonly unpriced: Json[];
  readonly warnings: Json[];
}

const FRIDAY = "2021-11-05";

const reportOf = async (service: TestService, query = ""): Promise<Report> =>
  await bodyOf(await service.admin(`/portfolios/1/sectors${query}`));

const holdingsIn = ({ sectors }: Report): Json[] => sectors.flatMap(({ investments }) => investments);

async function onlyHolding(service: TestService, query = ""): Promise<Json> {
  const holdings = holdingsIn(await reportOf(service, query));
  assert.equal(holdings.length, 1);
  const { weight: _, ...holding } = holdings[0] ?? {};
  return holding;
}

async function addRate(service: TestService, pair: string, closes: Readonly<Record<string, string>>): Promise<void> {
  await addAsset(service, { symbol: `C:${pair}`, kind: "currency", currency: pair.slice(3) });
  await addCloses(service, `C:${pair}`, closes);
}

async function addStock(service: TestService, symbol: string, currency: string, closes: Record<string, string>) {
  await addAsset(service, { symbol, currency, sector: "information_technology" });
  await addCloses(service, symbol, closes);
}

Deno.test("direct: a price in euros, at the dollars for one euro, exactly", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "1.1567" });
  await addStock(service, "SAP", "EUR", { [FRIDAY]: "120.5" });
  await addPortfolio(service, { SAP: "10" });
  const report = await reportOf(service);
  // 10 * 120.5 * 1.1567
  assert.deepEqual([report["currency"], report.market_value], ["USD", "1393.8235"]);
  assert.deepEqual([report["as_of"], report.unpriced, report.warnings], [FRIDAY, [], []]);
  assert.deepEqual(await onlyHolding(service), {
    asset: "SAP",
    amount: "10",
    currency: "EUR",
    price: "120.5",
    price_date: FRIDAY,
    fx_rate: "1.1567",
    fx_rate_date: FRIDAY,
    market_value: "1393.8235",
  });
});

Deno.test("inverse: dollars in a portfolio of euros, rounded once, to 8 places", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "1.1567" });
  await addStock(service, "AAPL", "USD", { [FRIDAY]: "151.28" });
  await addPortfolio(service, { AAPL: "3" }, { currency: "EUR" });
  // 3 * 151.28 / 1.1567 = 392.357568946139880695...
  const { fx_rate, market_value } = await onlyHolding(service);
  assert.deepEqual([fx_rate, market_value], ["0.86452839975793204807", "392.35756895"]);
});

Deno.test("a short position is converted like a long one", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "1.1567" });
  await addStock(service, "AAPL", "USD", { [FRIDAY]: "151.28" });
  await addPortfolio(service, { AAPL: "-3" }, { currency: "EUR" });
  assert.equal((await onlyHolding(service))["market_value"], "-392.35756895");
});

Deno.test("across USD: by two quotes, whichever way round they are", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "1.1567" });
  await addRate(service, "GBPUSD", { "2021-11-04": "1.35", [FRIDAY]: "1.35" });
  await addRate(service, "USDJPY", { [FRIDAY]: "113.4" });
  await addStock(service, "SAP", "EUR", { [FRIDAY]: "120.5" });
  await addPortfolio(service, { SAP: "10" }, { currency: "GBP" });
  // 1205 * 1.1567 / 1.35 = 1032.461851851851..., and 1.1567 / 1.35
  const inPounds = await onlyHolding(service);
  assert.deepEqual([inPounds["fx_rate"], inPounds["market_value"]], ["0.85681481481481481481", "1032.46185185"]);
  await bodyOf(
    await service.admin("/portfolios/1", { method: "DELETE" }).then(() =>
      service.admin("/portfolios", {
        method: "POST",
        body: { name: "Yen", currency: "JPY", investments: [{ asset: "SAP", amount: "10" }] },
      })
    ),
    201,
  );
  const inYen = await bodyOf<Report>(await service.admin("/portfolios/2/sectors"));
  // 1205 * 1.1567 * 113.4
  assert.deepEqual([inYen.market_value, holdingsIn(inYen)[0]?.["fx_rate"]], ["158059.5849", "131.16978"]);
});

Deno.test("minor units: pence are hundredths of pounds, without a rate of the market", async () => {
  await using service = await startService();
  await addStock(service, "VOD.L", "GBp", { [FRIDAY]: "110.5" });
  await addPortfolio(service, { "VOD.L": "1000" }, { currency: "GBP" });
  const { currency, fx_rate, fx_rate_date, market_value } = await onlyHolding(service);
  assert.deepEqual([currency, fx_rate, fx_rate_date, market_value], ["GBp", "0.01", undefined, "1105"]);
  assert.deepEqual((await reportOf(service)).warnings, []);
});

Deno.test("minor units: pence, cents and agorot in dollars and euros", async () => {
  await using service = await startService();
  await addRate(service, "GBPUSD", { [FRIDAY]: "1.35" });
  await addRate(service, "USDZAR", { [FRIDAY]: "15" });
  await addRate(service, "USDILS", { [FRIDAY]: "3.125" });
  await addStock(service, "VOD.L", "GBX", { [FRIDAY]: "110.5" });
  await addStock(service, "NPN.JO", "ZAc", { [FRIDAY]: "270000" });
  await addStock(service, "TEVA.TA", "ILA", { [FRIDAY]: "2750" });
  await addPortfolio(service, { "VOD.L": "1000", "NPN.JO": "2", "TEVA.TA": "10" });
  const values = new Map(holdingsIn(await reportOf(service)).map((held) => [held["asset"], held["market_value"]]));
  assert.equal(values.get("VOD.L"), "1491.75"); // 110500 / 100 * 1.35
  assert.equal(values.get("NPN.JO"), "360"); // 540000 / 100 / 15
  assert.equal(values.get("TEVA.TA"), "88"); // 27500 / 100 / 3.125
});

Deno.test("ties at the ninth place go to the even neighbour, above and below zero", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "0.5" });
  await addStock(service, "DUST", "EUR", { [FRIDAY]: "0.00000001" });
  const ties: [amount: string, value: string][] = [
    ["1", "0"], // 0.000000005
    ["3", "0.00000002"], // 0.000000015
    ["5", "0.00000002"], // 0.000000025
    ["-1", "0"],
    ["-3", "-0.00000002"],
    ["-5", "-0.00000002"],
    ["5.00000001", "0.00000003"], // 0.00000002500000005
  ];
  await addPortfolio(service, { DUST: "1" });
  for (const [amount, value] of ties) {
    await bodyOf(await service.admin("/portfolios/1/investments/DUST", { method: "PUT", body: { amount } }));
    assert.equal((await onlyHolding(service))["market_value"], value, amount);
  }
});

Deno.test("each holding is rounded before they are added", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "0.5" });
  await addStock(service, "A", "EUR", { [FRIDAY]: "0.00000003" });
  await addStock(service, "B", "EUR", { [FRIDAY]: "0.00000003" });
  await addPortfolio(service, { A: "1", B: "1" });
  // 0.00000002 each; their exact values are 0.00000003 together.
  assert.equal((await reportOf(service)).market_value, "0.00000004");
});

Deno.test("a converted fund is spread over its sectors to the last decimal", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "3" });
  await addAsset(service, { symbol: "FUND", kind: "fund", currency: "USD", sector_weights: { energy: 0.333 } });
  await addCloses(service, "FUND", { [FRIDAY]: "100" });
  await addPortfolio(service, { FUND: "1" }, { currency: "EUR" });
  const report = await reportOf(service);
  assert.equal(report.market_value, "33.33333333");
  assert.deepEqual(report.sectors.map(({ sector, market_value }) => [sector, market_value]), [
    ["unclassified", "22.23333333111"], // 33.33333333 * 0.667
    ["energy", "11.09999999889"],
  ]);
});

Deno.test("no rate, or only a later one: unpriced, never guessed", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { "2021-11-08": "1.1567" });
  await addStock(service, "SAP", "EUR", { [FRIDAY]: "120.5" });
  await addStock(service, "SONY", "JPY", { [FRIDAY]: "12000" });
  await addAsset(service, { symbol: "C:JPYUSD", kind: "stock", currency: "USD" });
  await addCloses(service, "C:JPYUSD", { [FRIDAY]: "0.0088" });
  await addPortfolio(service, { SAP: "1", SONY: "2" });
  const report = await reportOf(service);
  assert.deepEqual([report["as_of"], report.market_value], [FRIDAY, "0"]);
  assert.deepEqual(report.unpriced, [
    { asset: "SAP", amount: "1", reason: "no_fx_rate" },
    { asset: "SONY", amount: "2", reason: "no_fx_rate" },
  ]);
});

Deno.test("an older rate is used, with a warning; Friday's is not old at the weekend", async () => {
  await using service = await startService({ now: "2021-11-09T12:00:00.000Z" });
  await addRate(service, "EURUSD", { "2021-11-04": "1.15" });
  await addStock(service, "SAP", "EUR", { [FRIDAY]: "120" });
  await addPortfolio(service, { SAP: "1" });
  const report = await reportOf(service);
  assert.equal(report.market_value, "138");
  assert.deepEqual(report.warnings, [{
    code: "stale_fx_rate",
    asset: "SAP",
    detail: "SAP is converted to USD at a rate of 2021-11-04; there is none of 2021-11-05, when it had its price",
  }]);

  await addCloses(service, "C:EURUSD", { [FRIDAY]: "1.2" });
  await addAsset(service, { symbol: "X:BTCEUR", kind: "crypto", currency: "EUR" });
  await addCloses(service, "X:BTCEUR", { "2021-11-07": "50000" });
  await bodyOf(await service.admin("/portfolios/1/investments/X:BTCEUR", { method: "PUT", body: { amount: "1" } }));
  const weekend = await reportOf(service);
  assert.equal(weekend.market_value, "60144");
  assert.deepEqual([weekend["as_of"], weekend.warnings], [FRIDAY, []]);
});

Deno.test("as_of: the prices of a past day at that day's rate", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { "2021-11-03": "1.1", "2021-11-04": "1.2", [FRIDAY]: "1.3" });
  await addStock(service, "SAP", "EUR", { "2021-11-03": "100", [FRIDAY]: "110" });
  await addStock(service, "AAPL", "USD", { "2021-11-04": "1" });
  await addPortfolio(service, { SAP: "1", AAPL: "1" });
  const cases: [asOf: string, value: string, rate: string, date: string][] = [
    ["2021-11-03", "110", "1.1", "2021-11-03"],
    ["2021-11-04", "111", "1.1", "2021-11-03"],
    [FRIDAY, "144", "1.3", FRIDAY],
  ];
  for (const [asOf, value, rate, date] of cases) {
    const report = await reportOf(service, `?as_of=${asOf}`);
    const sap = holdingsIn(report).find(({ asset }) => asset === "SAP");
    assert.deepEqual([report.market_value, sap?.["fx_rate"], sap?.["fx_rate_date"]], [value, rate, date], asOf);
  }
});

Deno.test("of the ways to a rate the newest, and of those the direct one", async () => {
  await using service = await startService();
  await addRate(service, "EURGBP", { "2021-11-03": "0.8", "2021-11-04": "0.85" });
  await addRate(service, "EURUSD", { "2021-11-04": "1.2", [FRIDAY]: "1.2" });
  await addRate(service, "GBPUSD", { "2021-11-04": "1.5", [FRIDAY]: "1.5" });
  await addStock(service, "SAP", "EUR", { "2021-11-03": "1", "2021-11-04": "1", [FRIDAY]: "1" });
  await addPortfolio(service, { SAP: "1" }, { currency: "GBP" });
  for (const [asOf, rate] of [["2021-11-03", "0.8"], ["2021-11-04", "0.85"], [FRIDAY, "0.8"]] as const) {
    assert.equal((await onlyHolding(service, `?as_of=${asOf}`))["fx_rate"], rate, asOf);
  }
});

Deno.test("cash is worth itself, without history, and stands in unclassified", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "1.1567" });
  await addAsset(service, { symbol: "USD", kind: "currency", currency: "USD" });
  await addAsset(service, { symbol: "EUR", kind: "currency", currency: "EUR" });
  await addStock(service, "GS", "USD", { [FRIDAY]: "400" });
  await addPortfolio(service, { GS: "1", USD: "250.5", EUR: "-100" });
  const report = await reportOf(service);
  assert.deepEqual([report["as_of"], report.market_value], [FRIDAY, "534.83"]);
  assert.deepEqual(report.sectors.map(({ sector, market_value }) => [sector, market_value]), [
    ["information_technology", "400"],
    ["unclassified", "134.83"],
  ]);
  const [, dollars, euros] = holdingsIn(report).map(({ weight: _, ...holding }) => holding);
  assert.deepEqual(dollars, {
    ...{ asset: "USD", amount: "250.5", price: "1", price_date: FRIDAY, market_value: "250.5" },
  });
  assert.deepEqual(euros, {
    ...{ asset: "EUR", amount: "-100", currency: "EUR", price: "1", price_date: FRIDAY },
    ...{ fx_rate: "1.1567", fx_rate_date: FRIDAY, market_value: "-115.67" },
  });
});

Deno.test("cash may be of any currency in list one of ISO 4217, the newest and those of metal too", async () => {
  await using service = await startService();
  for (const symbol of ["USD", "JPY", "XCG", "ZWG", "XAU", "CLF"]) {
    await addAsset(service, { symbol, kind: "currency", currency: symbol });
    await addPortfolio(service, { [symbol]: "5" }, { name: symbol, currency: symbol });
  }
  const { items } = await bodyOf<{ items: Json[] }>(await service.admin("/portfolios"));
  for (const { id } of items) {
    assert.equal((await bodyOf<Report>(await service.admin(`/portfolios/${id}/sectors`))).market_value, "5");
  }
});

Deno.test("cash alone is worth the same on any day: as of the newest session, or today where there is none", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "USD", kind: "currency", currency: "USD" });
  await addPortfolio(service, { USD: "5" });
  const onEmpty = await reportOf(service);
  assert.deepEqual([onEmpty["as_of"], onEmpty.market_value], ["2021-11-06", "5"]);
  await addStock(service, "GS", "USD", { [FRIDAY]: "400" });
  assert.equal((await reportOf(service))["as_of"], FRIDAY);
  assert.equal((await reportOf(service, "?as_of=2001-01-01")).market_value, "5");
});

Deno.test("cash in another currency without a rate is unpriced", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "CHF", kind: "currency", currency: "CHF" });
  await addPortfolio(service, { CHF: "5" });
  assert.deepEqual((await reportOf(service)).unpriced, [{ asset: "CHF", amount: "5", reason: "no_fx_rate" }]);
});

Deno.test("a rate is no cash: held, it is worth its price", async () => {
  await using service = await startService();
  await addRate(service, "EURUSD", { [FRIDAY]: "1.1567" });
  await addPortfolio(service, { "C:EURUSD": "2" });
  assert.equal((await reportOf(service)).market_value, "2.3134");
});

Deno.test("days on which only currencies and crypto trade are no sessions of what does not", async () => {
  await using service = await startService({ now: "2021-11-09T12:00:00.000Z" });
  await addStock(service, "GS", "USD", { [FRIDAY]: "400" });
  await addAsset(service, { symbol: "X:BTCUSD", kind: "crypto" });
  await addCloses(service, "X:BTCUSD", { [FRIDAY]: "61000", "2021-11-06": "61500", "2021-11-07": "63000" });
  await addRate(service, "EURUSD", { "2021-11-07": "1.1567" });
  await addPortfolio(service, { GS: "1", "X:BTCUSD": "1" });
  const past = await reportOf(service, "?as_of=2021-11-07");
  assert.deepEqual([past["as_of"], past.market_value, past.warnings], [FRIDAY, "61400", []]);
  const newest = await reportOf(service);
  assert.deepEqual([newest["as_of"], newest.market_value, newest.warnings], [FRIDAY, "63400", []]);

  await bodyOf(await service.admin("/portfolios/1/investments/GS", { method: "DELETE" }));
  const crypto = await reportOf(service, "?as_of=2021-11-06");
  assert.deepEqual([crypto["as_of"], crypto.market_value], ["2021-11-06", "61500"]);
});

Deno.test("POST /assets: minor units for assets, not for portfolios", async () => {
  await using service = await startService();
  for (const currency of ["GBp", "GBX", "ZAc", "ZAC", "ILA", "KWF"]) {
    await addAsset(service, { symbol: `A-${currency}`, currency });
    const body = { name: currency, currency, investments: [] };
    const post = () => service.admin("/portfolios", { method: "POST", body });
    const detail = "must be a currency code of ISO 4217 such as USD";
    await assertRefused(service, post, "validation-failed", [{ pointer: "/currency", detail }]);
  }
});

Deno.test("POST and PATCH /assets: 422 for cash in another currency or in a sector", async () => {
  await using service = await startService();
  const because = "since an asset of kind currency with the symbol EUR is cash";
  const inDollars = { pointer: "/currency", detail: `must be EUR, ${because}` };
  const cases: [facts: Json, errors: { pointer: string; detail: string }[]][] = [
    [{}, [inDollars]],
    [{ currency: "USD", sector: "energy" }, [
      inDollars,
      { pointer: "/sector", detail: `must be unclassified, ${because}` },
    ]],
    [{ currency: "EUR", sector_weights: { energy: 1 } }, [
      { pointer: "/sector_weights", detail: `must not be given, ${because}` },
    ]],
  ];
  for (const [facts, errors] of cases) {
    const body = { symbol: "EUR", name: "Euro", kind: "currency", ...facts };
    const post = () => service.admin("/assets", { method: "POST", body });
    await assertRefused(service, post, "validation-failed", errors);
  }
  await addAsset(service, { symbol: "EUR", kind: "currency", currency: "EUR", sector: "unclassified" });
  const patch = (body: Json) => () => service.admin("/assets/EUR", { method: "PATCH", body });
  await assertRefused(service, patch({ currency: "USD" }), "validation-failed", [inDollars]);
  await bodyOf(await patch({ kind: "other", currency: "USD" })());
  await assertRefused(service, patch({ kind: "currency" }), "validation-failed", [inDollars]);
});
