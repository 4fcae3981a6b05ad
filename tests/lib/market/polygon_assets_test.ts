import assert from "node:assert/strict";
import type { Provider } from "../../../lib/market/provider.ts";
import { callWith, fetchOf, offered, polygonAt, reasonOf, standInWith, valueOf } from "./polygon_harness.ts";

const details = (provider: Provider, symbol: string) => offered(provider.details)({ symbol }, callWith());
const search = (provider: Provider, text: string, limit = 10) => offered(provider.search)({ text, limit }, callWith());
const changes = (provider: Provider, symbol: string) => offered(provider.symbolChanges)({ symbol }, callWith());

/** What the adapter makes of these fields. */
async function read(fields: Record<string, unknown>) {
  const fetch = fetchOf({ status: "OK", results: { ticker: "T", ...fields } });
  return valueOf(await details(polygonAt({ url: "http://provider.invalid" }, { fetch }), "T"));
}

Deno.test("details: all that is known of an asset", async () => {
  await using standIn = standInWith();
  assert.deepEqual(valueOf(await details(polygonAt(standIn), "AAPL")), {
    symbol: "AAPL",
    name: "Apple Inc.",
    kind: "stock",
    currency: "USD",
    isActive: true,
    sicCode: "3571",
    sector: null,
    figi: "BBG000B9XRY4",
    listedOn: "1980-12-12",
    delistedOn: null,
  });
});

Deno.test("details: crypto, currencies and indices, and what is not traded any more", async () => {
  await using standIn = standInWith({
    assets: [
      { symbol: "X:BTCUSD", name: "Bitcoin - US Dollar" },
      { symbol: "C:USDJPY", name: "US Dollar - Japanese Yen" },
      { symbol: "I:SPX", name: "S&P 500" },
      { symbol: "TWTR", name: "Twitter, Inc.", delistedOn: "2022-10-28" },
    ],
    switches: { callsPerMinute: 0 },
  });
  const facts = async (symbol: string) => {
    const { kind, currency, isActive, delistedOn, sicCode } = valueOf(await details(polygonAt(standIn), symbol));
    return [kind, currency, isActive, delistedOn, sicCode];
  };
  assert.deepEqual(await facts("X:BTCUSD"), ["crypto", "USD", true, null, null]);
  assert.deepEqual(await facts("C:USDJPY"), ["currency", "JPY", true, null, null]);
  assert.deepEqual(await facts("I:SPX"), ["index", null, true, null, null]);
  assert.deepEqual(await facts("TWTR"), ["stock", "USD", false, "2022-10-28", null]);
  assert.match(reasonOf(await details(polygonAt(standIn), "aapl"), "not_found"), /Ticker not found/);
});

Deno.test("details: the kind by market and type", async () => {
  const kinds = { stock: "CS OS ADRC ADRP GDR NYRS PFD", fund: "ETF ETN ETV ETS FUND BASKET", index: "INDEX" };
  const others = "WARRANT RIGHT UNIT SP BOND AGEN EQLK ADRW ADRR LT OTHER toString __proto__";
  for (const [kind, types] of Object.entries({ ...kinds, other: others })) {
    for (const type of types.split(" ")) {
      assert.equal((await read({ market: "stocks", type })).kind, kind, type);
      assert.equal((await read({ market: "otc", type })).kind, kind, type);
    }
  }
  assert.equal((await read({ market: "stocks" })).kind, "other");
  assert.equal((await read({ market: "crypto", type: "CS" })).kind, "crypto");
});

Deno.test("details: a field that makes no sense is one that is not said", async () => {
  const odd = await read({
    ...{ name: 5, market: {}, type: [], currency_name: "United States Dollar", sic_code: 3571, list_date: 19801212 },
    ...{ active: "yes", delisted_utc: "yesterday" },
  });
  assert.deepEqual(odd, {
    symbol: "T",
    name: "T",
    kind: "other",
    currency: null,
    isActive: true,
    sicCode: null,
    sector: null,
    figi: null,
    listedOn: null,
    delistedOn: null,
  });
  assert.equal((await read({ delisted_utc: "2022-10-28T00:00:00Z" })).isActive, false);
});

Deno.test("malformed: details of nobody", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "garbage_rows" });
  reasonOf(await details(polygonAt(standIn), "AAPL"), "malformed");
});

Deno.test("search: the likeliest first, out of a whole page, in one call", async () => {
  const assets = ["AAPB", "AAPD", "AAPL", "SNAAPL", "aapl"].map((symbol) => ({ symbol, name: `${symbol} Inc.` }));
  await using standIn = standInWith({ assets: [...assets, { symbol: "ZZZ", name: "Aapl maker" }] });
  const found = async (text: string, limit?: number) =>
    valueOf(await search(polygonAt(standIn), text, limit)).map(({ symbol }) => symbol);
  assert.deepEqual(await found("aapl"), ["aapl", "AAPL", "ZZZ", "SNAAPL"]);
  assert.deepEqual(await found("AAPL", 1), ["AAPL"]);
  standIn.switches.maxPageRows = 2;
  assert.deepEqual(await found("AAPL"), ["AAPL", "SNAAPL"]);
  assert.equal(standIn.calls.length, 3);
  assert.equal(standIn.calls[0]?.search, "?search=aapl&active=true&limit=1000");
});

Deno.test("search: names with any characters, assets without details, and nothing", async () => {
  await using standIn = standInWith({ assets: [{ symbol: "T", name: "AT&T Inc. = a/b?c#d" }] });
  const [found] = valueOf(await search(polygonAt(standIn), "t&t inc. = a/b?c#d"));
  assert.deepEqual([found?.symbol, found?.kind, found?.currency, found?.sicCode], ["T", "stock", "USD", null]);
  assert.deepEqual(await search(polygonAt(standIn), "nothing"), { type: "empty" });
  for (const [text, limit] of [["", 5], [" ", 5], ["a", 0], ["a", 1.5]] as const) {
    reasonOf(await search(polygonAt(standIn), text, limit), "rejected");
  }
});

Deno.test("search: garbage rows are left out, and each symbol is there once", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "duplicate_rows" });
  assert.equal(valueOf(await search(polygonAt(standIn), "apple")).length, 1);
  standIn.faults.add({ type: "garbage_rows" });
  assert.deepEqual(valueOf(await search(polygonAt(standIn), "apple")).map(({ symbol }) => symbol), ["AAPL"]);
  const fetch = fetchOf({ status: "OK", results: [null, { ticker: 5 }] });
  const outcome = await search(polygonAt({ url: "http://provider.invalid" }, { fetch }), "apple");
  assert.equal(reasonOf(outcome, "malformed"), "the answer holds 2 rows, and none that can be read");
});

Deno.test("symbol changes: by rising date, up to the present one; garbage is left out", async () => {
  await using standIn = standInWith({
    assets: [{ symbol: "META", name: "Meta Platforms, Inc.", listedOn: "2012-05-18" }],
    renames: [{ from: "FB", to: "META", date: "2022-06-09" }],
  });
  const expected = [{ symbol: "FB", since: "2012-05-18" }, { symbol: "META", since: "2022-06-09" }];
  assert.deepEqual(valueOf(await changes(polygonAt(standIn), "META")), expected);
  standIn.faults.add({ type: "garbage_rows" });
  assert.deepEqual(valueOf(await changes(polygonAt(standIn), "META")), expected);
  reasonOf(await changes(polygonAt(standIn), "FB"), "not_found");
  assert.equal(standIn.calls[0]?.path, "/vX/reference/tickers/META/events");
});

Deno.test("holidays: each day once, early closings too; garbage is left out", async () => {
  await using standIn = standInWith({
    holidays: [
      { date: "2024-11-29", name: "Thanksgiving", status: "early-close" },
      { date: "2024-03-29", name: "Good Friday", status: "closed" },
      { date: "2024-01-01", name: "New Years Day", status: "closed" },
    ],
  });
  const expected = [
    { date: "2024-03-29", name: "Good Friday", status: "closed" },
    { date: "2024-11-29", name: "Thanksgiving", status: "early-close" },
  ];
  const ask = async () => valueOf(await offered(polygonAt(standIn).holidays)(undefined, callWith()));
  assert.deepEqual(await ask(), expected);
  standIn.faults.add({ type: "garbage_rows" });
  assert.deepEqual(await ask(), expected);
});

Deno.test("holidays: where exchanges differ, the market is not wholly closed", async () => {
  const day = { date: "2024-07-03", name: "Independence Day" };
  for (const statuses of [["closed", "early-close"], ["early-close", "closed"]]) {
    const fetch = fetchOf(statuses.map((status) => ({ ...day, status })));
    const polygon = polygonAt({ url: "http://provider.invalid" }, { fetch });
    const outcome = await offered(polygon.holidays)(undefined, callWith());
    assert.deepEqual(valueOf(outcome), [{ ...day, status: "early-close" }]);
  }
});
