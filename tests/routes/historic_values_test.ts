import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const PATH = "/assets/AAPL/historic-values";

const put = (service: TestService, items: unknown) => service.admin(PATH, { method: "PUT", body: { items } });

const full = {
  date: "2021-11-05",
  open: "151.89",
  high: "152.2",
  low: "150.06",
  close: "151.28",
  volume: "65163883",
  vwap: "151.2833",
  pre_market: "150.94",
  after_hours: "151.05",
  source: "import",
};

const bare = (date: string, close: string) => ({
  ...{ date, open: null, high: null, low: null, close, volume: null, vwap: null, pre_market: null, after_hours: null },
  source: "manual",
});

Deno.test("PUT: 200 with what became of the rows; GET answers them by date, in plain notation", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AAPL", currency: "EUR" });
  const items = [full, { date: "2020-02-28", close: 68.34 }, { date: "2021-11-04", close: "0150.9600", open: null }];
  assert.deepEqual(await bodyOf(await put(service, items)), { written: 3, unchanged: 0, quarantined: [] });
  assert.deepEqual(await bodyOf(await service.request(PATH)), {
    ...{ asset: "AAPL", currency: "EUR", adjust: "none" },
    items: [bare("2020-02-28", "68.34"), bare("2021-11-04", "150.96"), full],
  });
});

Deno.test("PUT: sent again it changes nothing, not even the market's version; corrected, only what differs", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const items = [full, { date: "2021-11-04", close: "150.96" }];
  await bodyOf(await put(service, items));
  const version = service.store.version("market");
  assert.deepEqual(await bodyOf(await put(service, items)), { written: 0, unchanged: 2, quarantined: [] });
  assert.equal(service.store.version("market"), version);
  const corrected = [full, { date: "2021-11-04", close: "150.97" }];
  assert.deepEqual(await bodyOf(await put(service, corrected)), { written: 1, unchanged: 1, quarantined: [] });
  assert.deepEqual((await itemsOf(await service.request(PATH)))[0], bare("2021-11-04", "150.97"));
  assert.deepEqual(await bodyOf(await put(service, [])), { written: 0, unchanged: 0, quarantined: [] });
});

Deno.test("PUT: each row that fails a check is named with its reason, and the others are stored", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const close = "10";
  const rows: [row: Json, reason?: string][] = [
    [{ date: "2021-10-01", close, open: "9", high: "11", low: "8" }],
    [{ date: "2021-11-07", close }, "in_future"],
    [{ date: "2021-10-04", close: "0" }, "not_positive"],
    [{ date: "2021-10-05", close: "-1" }, "not_positive"],
    [{ date: "2021-10-06", close, vwap: "0" }, "not_positive"],
    [{ date: "2021-10-07", close, after_hours: "-0.01" }, "not_positive"],
    [{ date: "2021-10-08", close, volume: "-1" }, "negative_volume"],
    [{ date: "2021-10-11", close, volume: "0" }],
    [{ date: "2021-10-12", close, high: "9", low: "11" }, "high_below_low"],
    [{ date: "2021-10-13", close, open: "12", high: "11" }, "open_outside_range"],
    [{ date: "2021-10-14", close, open: "7", low: "8" }, "open_outside_range"],
    [{ date: "2021-10-15", close, high: "9.99" }, "close_outside_range"],
    [{ date: "2021-10-18", close, low: "10.01" }, "close_outside_range"],
    [{ date: "2021-10-01", close }, "duplicate_date"],
    [{ date: "2021-10-04", close: "0" }, "not_positive"],
    [{ date: "2021-10-04", close }],
    [{ date: "2021-11-06", close }],
  ];
  const answer = await bodyOf(await put(service, rows.map(([row]) => row)));
  const quarantined = rows.flatMap(([{ date }, reason], i) =>
    reason === undefined ? [] : [{ row: i + 1, date, reason }]
  );
  assert.deepEqual(answer, { written: 4, unchanged: 0, quarantined });
  const dates = (await itemsOf(await service.request(PATH))).map(({ date }) => date);
  assert.deepEqual(dates, ["2021-10-01", "2021-10-04", "2021-10-11", "2021-11-06"]);
});

const DECIMAL = "must be a decimal, as a string or a number";
const date = "2021-11-05";

const BAD_ROWS: [row: string, pointer: string, detail?: string][] = [
  ["{}", "/items/0/date", "is required"],
  [`{"date":"${date}"}`, "/items/0/close", DECIMAL],
  [`{"date":"${date}","close":null}`, "/items/0/close", DECIMAL],
  [`{"date":"${date}","close":"abc"}`, "/items/0/close", '"abc" is not a decimal; write it like "12.5"'],
  [`{"date":"${date}","close":"+1"}`, "/items/0/close", '"+1" is not a decimal; write it like "12.5"'],
  [`{"date":"${date}","close":1e400}`, "/items/0/close", DECIMAL],
  [`{"date":"${date}","close":0.30000000000000004}`, "/items/0/close"],
  [`{"date":"${date}","close":"1234567890123456"}`, "/items/0/close"],
  [`{"date":"${date}","close":"0.0000000000001"}`, "/items/0/close"],
  [`{"date":"${date}","close":"123456789012345.123456789012"}`, "/items/0/close"],
  [`{"date":"${date}","close":"1","open":{}}`, "/items/0/open", DECIMAL],
  [`{"date":"${date}","close":"1","volume":true}`, "/items/0/volume", DECIMAL],
  [`{"date":"2021-02-29","close":"1"}`, "/items/0/date"],
  [`{"date":"today","close":"1"}`, "/items/0/date"],
  [`{"date":20211105,"close":"1"}`, "/items/0/date"],
  [`{"date":"${date}","close":"1","source":"A b"}`, "/items/0/source"],
  [`{"date":"${date}","close":"1","price":"1"}`, "/items/0/price", '"price" is not known here'],
  [`{"date":"${date}","close":"1","__proto__":1}`, "/items/0/__proto__", '"__proto__" is not known here'],
  ["null", "/items/0"],
  ["[]", "/items/0"],
];

Deno.test("PUT: 422 with the pointer of what cannot be read, and nothing is stored", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  for (const [row, pointer, detail] of BAD_ROWS) {
    const body = `{"items":[${row},{"date":"2021-11-04","close":"1"}]}`;
    const headers = { "content-type": "application/json" };
    const ask = () => service.admin(PATH, { method: "PUT", body, headers });
    const [error] = (await assertRefused(service, ask, "validation-failed"))["errors"] as Json[];
    assert.equal(error?.["pointer"], pointer, row);
    if (detail !== undefined) assert.equal(error?.["detail"], detail, row);
  }
});

Deno.test("PUT: 422 for another body, and for 10,001 rows", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const row = { date: "2021-11-05", close: "1" };
  const bodies: [body: unknown, pointer: string, detail: RegExp][] = [
    [{}, "/items", /^is required$/],
    [{ items: {} }, "/items", /must be an array/],
    [{ items: [row], asset: "AAPL" }, "/asset", /^"asset" is not known here$/],
    [{ items: Array(10_001).fill(row) }, "/items", /^must have 10000 rows at most$/],
  ];
  for (const [body, pointer, detail] of bodies) {
    const ask = () => service.admin(PATH, { method: "PUT", body });
    const errors = (await assertRefused(service, ask, "validation-failed"))["errors"] as Json[];
    assert.deepEqual(errors.map((error) => error["pointer"]), [pointer]);
    assert.match(String(errors[0]?.["detail"]), detail);
  }
});

Deno.test("PUT: 404 for an asset that is not there", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  for (const symbol of ["aapl", "XYZ", "A%20B", "%ff"]) {
    const ask = () =>
      service.admin(`/assets/${symbol}/historic-values`, {
        method: "PUT",
        body: { items: [{ date: "2021-11-05", close: "1" }] },
      });
    await assertRefused(service, ask, "not-found");
  }
});

Deno.test("GET: both ends included, and 422 for a range that is none", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const days = ["2020-12-31", "2021-01-04", "2021-10-29", "2021-11-01", "2021-11-05"];
  await addCloses(service, "AAPL", Object.fromEntries(days.map((day) => [day, "1"])));
  const dates = async (query: string) =>
    (await itemsOf(await service.request(`${PATH}?${query}`))).map((bar) => bar["date"]);
  assert.deepEqual(await dates("from=2021-01-04&to=2021-11-01"), days.slice(1, 4));
  assert.deepEqual(await dates("from=2021-01-05&to=2021-10-28"), []);
  assert.deepEqual(await dates("from=2021-11-05"), days.slice(4));
  assert.deepEqual(await dates("to=2020-12-31"), days.slice(0, 1));
  assert.deepEqual(await dates("from=2021-11-06"), []);
  assert.deepEqual(await dates("to=1970-01-01"), []);
  assert.deepEqual(await dates("from=1970-01-01&to=9999-12-31"), days);
  const bad = [
    "from=2021-11-05&to=2021-11-04",
    "from=2021-02-29",
    "to=today",
    "from=",
    "day=2021-11-05",
    "from=2021-01-04&from=2021-01-05",
  ];
  for (const query of bad) {
    await assertProblem(await service.request(`${PATH}?${query}`), "validation-failed");
  }
  await assertProblem(await service.request(`${PATH}?from=2021-11-05&to=2021-11-04`), "validation-failed", [
    { parameter: "to", detail: "must not be before from" },
  ]);
});

Deno.test("GET: an asset without history has no items", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  assert.deepEqual(await bodyOf(await service.request(PATH)), {
    ...{ asset: "AAPL", currency: "USD", adjust: "none", items: [] },
  });
});

Deno.test("GET /historic-values: every asset's bar of the day by symbol, page by page and by sector", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "GS", sector: "financials" });
  await addAsset(service, { symbol: "AAPL", sector: "information_technology" });
  await addAsset(service, { symbol: "MIX", sector_weights: { energy: 0.5, financials: 0.5 } });
  await addAsset(service, { symbol: "OLD", sector: "financials" });
  await bodyOf(await put(service, [full]));
  await addCloses(service, "GS", { "2021-11-05": "407.08", "2021-11-04": "405" });
  await addCloses(service, "MIX", { "2021-11-05": "20" });
  await addAsset(service, { symbol: "X:BTCUSD", kind: "crypto" });
  await addCloses(service, "X:BTCUSD", { "2021-11-05": "61000" });
  await addCloses(service, "OLD", { "2021-11-04": "5" });
  const [aapl, gs, mix, coin] = [
    { asset: "AAPL", ...full },
    { asset: "GS", ...bare(date, "407.08") },
    { asset: "MIX", ...bare(date, "20") },
    { asset: "X:BTCUSD", ...bare(date, "61000") },
  ];
  const day = `/historic-values?date=${date}`;
  assert.deepEqual(await bodyOf(await service.request(day)), { items: [aapl, gs, mix, coin] });
  assert.deepEqual(await itemsOf(await service.request(`${day}&sector=financials`)), [gs, mix]);
  assert.deepEqual(await itemsOf(await service.request(`${day}&market=crypto`)), [coin]);
  assert.deepEqual(await itemsOf(await service.request(`${day}&market=stocks`)), [aapl, gs, mix]);
  assert.deepEqual(await itemsOf(await service.request(`${day}&market=fx&sector=financials`)), []);
  assert.deepEqual(await itemsOf(await service.request("/historic-values?date=2021-11-06")), []);
  assert.deepEqual(await itemsOf(await service.request("/historic-values?date=9999-12-31")), []);
  const first = await bodyOf<{ items: Json[]; next_cursor: string }>(await service.request(`${day}&limit=2`));
  assert.deepEqual(first.items, [aapl, gs]);
  const next = `${day}&limit=2&cursor=${encodeURIComponent(first.next_cursor)}`;
  assert.deepEqual(await bodyOf(await service.request(next)), { items: [mix, coin] });
});

Deno.test("GET /historic-values: 422 without a day, or with one that is none", async () => {
  await using service = await startService();
  await assertProblem(await service.request("/historic-values"), "validation-failed", [
    { parameter: "date", detail: "is required" },
  ]);
  for (const query of ["date=", "date=2021-02-29", "date=today", "date=2021-11-05&asset=AAPL"]) {
    await assertProblem(await service.request(`/historic-values?${query}`), "validation-failed");
  }
});

Deno.test("PUT: 412 where If-Match names another version of the history than the present one", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AAPL" });
  const tagOf = async (accept: string) =>
    (await service.request(PATH, { headers: { accept } })).headers.get("etag") ?? "";
  const putIf = (tag: string, close: string) =>
    service.admin(PATH, {
      method: "PUT",
      headers: { "if-match": tag },
      body: { items: [{ date: "2021-11-05", close }] },
    });
  const empty = await tagOf("application/json");
  const first = await putIf(empty, "10");
  assert.equal(first.status, 200);
  assert.equal(first.headers.get("etag"), await tagOf("application/json"));
  await assertProblem(await putIf(empty, "11"), "version-mismatch");
  assert.equal((await putIf(await tagOf("text/csv"), "12")).status, 200);
  assert.equal((await putIf("*", "13")).status, 200);
  const answers = await Promise.all(Array.from({ length: 10 }, async (_, i) => putIf(await tagOf("*/*"), `${20 + i}`)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(412)]);
});

Deno.test("GET historic-values: the currency is the asset's, also where that is a minor unit", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "LLOY", currency: "GBp" });
  await addCloses(service, "LLOY", { "2021-11-05": "48.5" });
  assert.equal((await bodyOf(await service.request("/assets/LLOY/historic-values")))["currency"], "GBp");
});
