import assert from "node:assert/strict";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses, addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

interface Valuations extends Json {
  readonly items: { date: string; market_value: string; sectors: Record<string, string> }[];
  readonly warnings: { code: string; asset?: string; detail: string }[];
}

const PUBLIC = { visibility: "public" };

const valuations = async (service: TestService, query = "", id = 1): Promise<Valuations> =>
  await bodyOf<Valuations>(await service.request(`/portfolios/${id}/valuations${query}`));

const valuesOf = ({ items }: Valuations): string[][] => items.map((item) => [item.date, item.market_value]);

async function put(service: TestService, path: string, item: Json): Promise<void> {
  await bodyOf(await service.admin(path, { method: "PUT", body: { items: [item] } }));
}

/** A stock of 10, 11, 12 and one of 20, 19, 21 on the same three days. */
async function startTwo(): Promise<TestService> {
  const service = await startService();
  await addAsset(service, { symbol: "AA", sector: "energy" });
  await addAsset(service, { symbol: "BB", sector: "financials" });
  await addCloses(service, "AA", { "2021-11-03": "10", "2021-11-04": "11", "2021-11-05": "12.5" });
  await addCloses(service, "BB", { "2021-11-03": "20", "2021-11-04": "19.01", "2021-11-05": "21" });
  return service;
}

Deno.test("each session's value, and what of it stands in each sector", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3", BB: "-0.5" }, PUBLIC);
  const answer = await service.request("/portfolios/1/valuations?from=2021-11-01");
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("etag") ?? "", /^"[\w-]+"$/);
  assert.equal(answer.headers.get("vary"), "Accept, Authorization, Cookie");
  const { market_version, ...body } = await bodyOf(answer);
  assert.equal(typeof market_version, "string");
  assert.deepEqual(body, {
    portfolio_id: 1,
    currency: "USD",
    as_of: "2021-11-05",
    window: { from: "2021-11-03", to: "2021-11-05" },
    coverage: 1,
    basis: "current_holdings",
    adjust: "splits",
    missing: "shrink_window",
    left_out: [],
    warnings: [],
    observations: 3,
    items: [
      { date: "2021-11-03", market_value: "20", sectors: { energy: "30", financials: "-10" } },
      { date: "2021-11-04", market_value: "23.495", sectors: { energy: "33", financials: "-9.505" } },
      { date: "2021-11-05", market_value: "27", sectors: { energy: "37.5", financials: "-10.5" } },
    ],
  });
});

Deno.test("as CSV: a column for each sector", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3", BB: "2" }, PUBLIC);
  const headers = { accept: "text/csv" };
  const answer = await service.request("/portfolios/1/valuations?from=2021-11-04", { headers });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assert.match(answer.headers.get("etag") ?? "", /\.csv"$/);
  assert.equal(
    await answer.text(),
    "date,market_value,energy,financials\r\n2021-11-04,71.02,33,38.02\r\n2021-11-05,79.5,37.5,42\r\n",
  );
  assert.equal(
    (await service.request("/portfolios/1/valuations?from=2021-11-04")).headers.get("vary"),
    "Accept, Authorization, Cookie",
  );
});

Deno.test("a split makes no jump: past prices count in today's shares", async () => {
  await using service = await startService();
  await addAssets(service, "AA");
  await addCloses(service, "AA", { "2021-11-03": "400", "2021-11-04": "404", "2021-11-05": "102" });
  await put(service, "/assets/AA/splits", { execution_date: "2021-11-05", split_from: "1", split_to: "4" });
  await addPortfolio(service, { AA: "8" }, PUBLIC);
  const answer = await valuations(service);
  assert.deepEqual(valuesOf(answer), [["2021-11-03", "800"], ["2021-11-04", "808"], ["2021-11-05", "816"]]);
  assert.deepEqual(answer.warnings.map(({ code }) => code), ["short_history"]);
});

Deno.test("a jump with no split that says why is warned of", async () => {
  await using service = await startService();
  await addAssets(service, "AA");
  await addCloses(service, "AA", { "2021-11-03": "400", "2021-11-04": "404", "2021-11-05": "102" });
  await addPortfolio(service, { AA: "8" }, PUBLIC);
  const { warnings } = await valuations(service, "?from=2021-11-03");
  assert.deepEqual(warnings, [{
    code: "price_jump",
    asset: "AA",
    detail: "AA moves by more than 50 % on 2021-11-05, without a split",
  }]);
});

Deno.test("dividends reinvested: earlier values are lower by the share of the close before", async () => {
  await using service = await startService();
  await addAssets(service, "AA");
  await addCloses(service, "AA", { "2021-11-03": "100", "2021-11-04": "100", "2021-11-05": "98" });
  await put(service, "/assets/AA/dividends", { ex_dividend_date: "2021-11-05", cash_amount: "2" });
  await addPortfolio(service, { AA: "10" }, PUBLIC);
  const total = await valuations(service, "?adjust=total&from=2021-11-03");
  assert.equal(total["adjust"], "total");
  assert.deepEqual(valuesOf(total), [["2021-11-03", "980"], ["2021-11-04", "980"], ["2021-11-05", "980"]]);
  // Before the ex-dividend date nobody has it yet.
  assert.deepEqual(valuesOf(await valuations(service, "?adjust=total&as_of=2021-11-04&from=2021-11-03")), [
    ["2021-11-03", "1000"],
    ["2021-11-04", "1000"],
  ]);
});

Deno.test("a missing price is the last one before it, and a gap at the start is never filled from later", async () => {
  await using service = await startService();
  await addAssets(service, "AA", "BB");
  await addCloses(service, "AA", { "2021-11-02": "1", "2021-11-03": "2", "2021-11-04": "3", "2021-11-05": "4" });
  await addCloses(service, "BB", { "2021-11-03": "10", "2021-11-05": "14" });
  await addPortfolio(service, { AA: "1", BB: "1" }, PUBLIC);
  const answer = await valuations(service, "?from=2021-11-02");
  assert.deepEqual(valuesOf(answer), [["2021-11-03", "12"], ["2021-11-04", "13"], ["2021-11-05", "18"]]);
  // 4 of 18 have a price of their own on each session.
  assert.equal(answer["coverage"], 4 / 18);
  assert.deepEqual(answer.warnings, [{
    code: "short_history",
    asset: "BB",
    detail: "BB has no prices for all of the window (they begin on 2021-11-03): the window does not begin before then",
  }, {
    code: "stale_price",
    asset: "BB",
    detail: "BB has no price on 1 of 3 sessions, the last of them 2021-11-04; the last price before is used",
  }]);
});

Deno.test("a price from before the window is carried into it", async () => {
  await using service = await startService();
  await addAssets(service, "AA", "BB");
  await addCloses(service, "AA", { "2021-11-04": "3", "2021-11-05": "4" });
  await addCloses(service, "BB", { "2019-02-01": "10", "2021-11-05": "20" });
  await addPortfolio(service, { AA: "1", BB: "1" }, PUBLIC);
  assert.deepEqual(valuesOf(await valuations(service, "?from=2021-11-04")), [["2021-11-04", "13"], [
    "2021-11-05",
    "24",
  ]]);
});

Deno.test("a window that begins long after the last price has nothing in it", async () => {
  await using service = await startService();
  await addAssets(service, "AA");
  await addCloses(service, "AA", { "2019-01-31": "9", "2019-02-01": "10" });
  await addPortfolio(service, { AA: "1" }, PUBLIC);
  const answer = await valuations(service, "?from=2021-11-01");
  assert.deepEqual([answer["as_of"], answer["window"], answer.items], ["2019-02-01", { from: null, to: null }, []]);
  const analyses = [
    "performance",
    "risk",
    "risk/contributions",
    "risk/backtest",
    "correlations",
    "value.svg",
    "report",
  ];
  for (const name of analyses) {
    const asked = await service.request(`/portfolios/1/${name}?from=2021-11-01`);
    assert.equal(asked.status, 200, `${name}: ${await asked.text()}`);
  }
  const replay = await service.request("/portfolios/1/risk/scenarios?from=2021-10-01&to=2021-11-01");
  assert.equal(replay.status, 200, await replay.text());
});

Deno.test("missing=exclude: what is short of history is left out of all of the window", async () => {
  await using service = await startService();
  await addAssets(service, "AA", "BB");
  await addCloses(service, "AA", { "2021-11-02": "2", "2021-11-03": "2.5", "2021-11-04": "3" });
  await addCloses(service, "BB", { "2021-11-03": "10", "2021-11-04": "12" });
  await addPortfolio(service, { AA: "1", BB: "1" }, PUBLIC);
  const answer = await valuations(service, "?missing=exclude&from=2021-11-02");
  assert.equal(answer["missing"], "exclude");
  assert.deepEqual(valuesOf(answer), [["2021-11-02", "2"], ["2021-11-03", "2.5"], ["2021-11-04", "3"]]);
  assert.deepEqual(answer["left_out"], [{ asset: "BB", amount: "1", reason: "short_history" }]);
  assert.equal(answer["coverage"], 3 / 15);
  assert.deepEqual(answer.warnings.map(({ code, asset }) => [code, asset]), [["short_history", "BB"]]);
});

Deno.test("missing=proxy_sector: before its first price an asset moves as the rest of its sector", async () => {
  await using service = await startService();
  for (const symbol of ["AA", "BB", "CC"]) await addAsset(service, { symbol, sector: "energy" });
  await addAsset(service, { symbol: "DD", sector: "utilities" });
  await addCloses(service, "AA", { "2021-11-02": "10", "2021-11-03": "14", "2021-11-04": "20" });
  await addCloses(service, "BB", { "2021-11-02": "30", "2021-11-03": "36", "2021-11-04": "30" });
  await addCloses(service, "CC", { "2021-11-04": "8" });
  await addCloses(service, "DD", { "2021-11-03": "5", "2021-11-04": "5" });
  await addPortfolio(service, { AA: "1", BB: "1", CC: "2", DD: "1" }, PUBLIC);
  const answer = await valuations(service, "?missing=proxy_sector&from=2021-11-02");
  // AA and BB together: 40, 50, 50. So CC was worth 8 on the day before, and 8 * 40 / 50 before that.
  assert.deepEqual(valuesOf(answer), [["2021-11-02", "52.8"], ["2021-11-03", "66"], ["2021-11-04", "66"]]);
  assert.deepEqual(answer["left_out"], [{ asset: "DD", amount: "1", reason: "short_history" }]);
  assert.deepEqual(answer.warnings.map(({ code, asset }) => [code, asset]), [["short_history", "CC"], [
    "short_history",
    "DD",
  ]]);
});

Deno.test("each price is converted at the rate of its own day", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA", currency: "EUR" });
  await addAsset(service, { symbol: "C:EURUSD", kind: "currency" });
  await addAsset(service, { symbol: "EUR", kind: "currency", currency: "EUR" });
  await addCloses(service, "AA", { "2021-11-02": "10", "2021-11-03": "11", "2021-11-05": "12" });
  await addCloses(service, "C:EURUSD", { "2021-11-03": "1.1", "2021-11-04": "1.2", "2021-11-05": "1.3" });
  await addPortfolio(service, { AA: "2", EUR: "100" }, PUBLIC);
  const answer = await valuations(service, "?from=2021-11-01");
  // Nothing can be converted on the 2nd; on the 5th there is a price again.
  assert.deepEqual(valuesOf(answer), [["2021-11-03", "134.2"], ["2021-11-05", "161.2"]]);
});

Deno.test("what has no price or no rate is left out with the reason", async () => {
  await using service = await startService();
  await addAssets(service, "AA", "NONE");
  await addAsset(service, { symbol: "EE", currency: "EUR" });
  await addCloses(service, "AA", { "2021-11-05": "10" });
  await addCloses(service, "EE", { "2021-11-05": "10" });
  await addPortfolio(service, { AA: "1", NONE: "2", EE: "3" }, PUBLIC);
  const answer = await valuations(service, "?from=2021-11-05");
  assert.deepEqual(valuesOf(answer), [["2021-11-05", "10"]]);
  assert.deepEqual(answer["left_out"], [
    { asset: "NONE", amount: "2", reason: "no_price" },
    { asset: "EE", amount: "3", reason: "no_fx_rate" },
  ]);
});

Deno.test("nothing to value: no items, and no number where none can be said", async () => {
  await using service = await startService();
  await addAssets(service, "NONE");
  await addPortfolio(service, {}, PUBLIC);
  await addPortfolio(service, { NONE: "1" }, { ...PUBLIC, name: "Unpriced" });
  for (const id of [1, 2]) {
    const answer = await valuations(service, "", id);
    assert.deepEqual([answer["as_of"], answer["coverage"], answer.items], [null, null, []]);
    assert.deepEqual(answer["window"], { from: null, to: null });
  }
});

Deno.test("cash alone is worth what it is on weekdays", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "USD", kind: "currency", currency: "USD" });
  await addPortfolio(service, { USD: "100.5" }, PUBLIC);
  const answer = await valuations(service, "?from=2021-11-04");
  assert.deepEqual(valuesOf(answer), [["2021-11-04", "100.5"], ["2021-11-05", "100.5"]]);
});

Deno.test("as_of: the answer of that day, whatever came after", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3", BB: "2" }, PUBLIC);
  const { market_version: before, ...asOf } = await valuations(service, "?as_of=2021-11-04&window=1m");
  assert.deepEqual(asOf["as_of"], "2021-11-04");
  assert.deepEqual(valuesOf(asOf as Valuations), [["2021-11-03", "70"], ["2021-11-04", "71.02"]]);
  await addCloses(service, "AA", { "2021-11-05": "1000" });
  const { market_version: after, ...again } = await valuations(service, "?as_of=2021-11-04&window=1m");
  assert.notEqual(after, before);
  assert.deepEqual(again, asOf);
});

Deno.test("window=2d: two returns, so three sessions; a week and a month of the calendar", async () => {
  await using service = await startService({ now: "2021-03-31T23:00:00.000Z" });
  await addAssets(service, "AA");
  const days = ["2021-02-26", "2021-02-28", "2021-03-01", "2021-03-24", "2021-03-25", "2021-03-30", "2021-03-31"];
  await addCloses(service, "AA", Object.fromEntries(days.map((day, i) => [day, `${i + 1}`])));
  await addPortfolio(service, { AA: "1" }, PUBLIC);
  const dates = async (window: string) =>
    (await valuations(service, `?window=${window}`)).items.map(({ date }) => date);
  assert.deepEqual(await dates("2d"), days.slice(-3));
  assert.deepEqual(await dates("1w"), days.slice(3));
  assert.deepEqual(await dates("1m"), days.slice(1));
  assert.deepEqual(await dates("9999d"), days);
  assert.deepEqual(await dates("100y"), days);
});

Deno.test("what cannot be a window is refused, with the parameter", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3" }, PUBLIC);
  const refused: [query: string, parameter: string, detail: RegExp][] = [
    ["as_of=2021-11-09", "as_of", /^must be 2021-11-06 or earlier$/],
    ["from=2021-11-09", "from", /earlier/],
    ["to=2021-11-09", "to", /earlier/],
    ["from=2021-11-05&to=2021-11-04", "from", /^must not be after to, 2021-11-04$/],
    ["from=2021-11-05&as_of=2021-11-04", "from", /^must not be after as_of, 2021-11-04$/],
    ["to=2021-11-05&as_of=2021-11-04", "to", /^must not be after as_of, 2021-11-04$/],
    ["from=2021-11-05&window=1y", "window", /together with from/],
    ["window=0d", "window", /such as 1y or 250d/],
    ["window=1h", "window", /such as 1y or 250d/],
    ["window=-1y", "window", /such as 1y or 250d/],
    ["window=101y", "window", /hundred years/],
    ["basis=actual", "basis", /needs dated transactions/],
    ["basis=other", "basis", /current_holdings/],
    ["adjust=none", "adjust", /splits/],
    ["missing=zero", "missing", /shrink_window/],
    ["as_of=2021-02-29", "as_of", /day of the calendar/],
  ];
  for (const [query, parameter, detail] of refused) {
    const answer = await service.request(`/portfolios/1/valuations?${query}`);
    const { errors } = await assertProblem(answer, "validation-failed");
    const [error] = errors as { parameter: string; detail: string }[];
    assert.equal(error?.parameter, parameter, query);
    assert.match(error?.detail ?? "", detail, query);
  }
});

Deno.test("a window after the last session has no items", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3" }, PUBLIC);
  const answer = await valuations(service, "?from=2021-11-06");
  assert.deepEqual([answer["as_of"], answer["window"], answer.items], ["2021-11-05", { from: null, to: null }, []]);
});

Deno.test("304 while portfolio, market and day are the same", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3" }, PUBLIC);
  const path = "/portfolios/1/valuations?window=1w";
  const tag = async (asked = path) => (await service.request(asked)).headers.get("etag") ?? "";
  const first = await tag();
  const seen = await service.request(path, { headers: { "if-none-match": first } });
  assert.equal(seen.status, 304);
  assert.equal(await seen.text(), "");
  assert.notEqual(await tag("/portfolios/1/valuations?window=2w"), first);
  await addCloses(service, "BB", { "2021-11-05": "22" });
  const second = await tag();
  assert.notEqual(second, first);
  await service.admin("/portfolios/1", { method: "PATCH", body: { name: "Other" } });
  assert.notEqual(await tag(), second);
});

Deno.test("who may not see the portfolio is told that there is none", async () => {
  await using service = await startService();
  await addForeignPortfolio(service);
  await assertProblem(await service.request("/portfolios/1/valuations"), "not-found");
  await assertProblem(await service.request("/portfolios/99/valuations"), "not-found");
  assert.equal((await service.admin("/portfolios/1/valuations")).status, 200);
});
