import assert from "node:assert/strict";
import { addDays } from "../../lib/day.ts";
import { actionsKnownAt } from "../../lib/history/action_versions.ts";
import { DIVIDENDS as ALL_DIVIDENDS } from "../../lib/history/corporate_actions.ts";
import { MAX_ACTIONS } from "../../lib/market/corporate_actions.ts";
import { assertProblem, assertRefused, bodyOf, dump, itemsOf } from "../support/answers.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const SPLITS = "/assets/AAPL/splits";
const DIVIDENDS = "/assets/AAPL/dividends";
const VALUES = "/assets/AAPL/historic-values";

const put = (service: TestService, path: string, items: unknown, headers: Record<string, string> = {}) =>
  service.admin(path, { method: "PUT", body: { items }, headers });

const putCsv = (service: TestService, path: string, body: string) =>
  service.admin(path, { method: "PUT", body, headers: { "content-type": "text/csv; charset=utf-8" } });

const split = { execution_date: "2020-08-31", split_from: "1", split_to: "4" };
const spinOff = { execution_date: "2018-10-01", split_from: 1, split_to: "1.0110" };
const dividend = { ex_dividend_date: "2021-02-05", cash_amount: "0.205" };
const nothingWritten = { written: 0, unchanged: 0, quarantined: [] };

async function serviceWithAapl(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL");
  return service;
}

Deno.test("PUT splits: 200 with what became of the rows; GET answers them by date, in plain notation", async () => {
  await using service = await serviceWithAapl();
  const sent = [split, { ...spinOff, source: "polygon" }];
  assert.deepEqual(await bodyOf(await put(service, SPLITS, sent)), { ...nothingWritten, written: 2 });
  const items = [
    { execution_date: "2018-10-01", split_from: "1", split_to: "1.011", source: "polygon" },
    { ...split, source: "manual" },
  ];
  assert.deepEqual(await bodyOf(await service.request(SPLITS)), { items });
  assert.deepEqual(await bodyOf(await put(service, SPLITS, items)), { ...nothingWritten, unchanged: 2 });
});

Deno.test("PUT dividends: the same, and a date to come is taken", async () => {
  await using service = await serviceWithAapl();
  const sent = [{ ex_dividend_date: "2022-02-04", cash_amount: 0.22 }, dividend];
  assert.deepEqual(await bodyOf(await put(service, DIVIDENDS, sent)), { ...nothingWritten, written: 2 });
  assert.deepEqual(await bodyOf(await service.request(DIVIDENDS)), {
    items: [
      { ...dividend, source: "manual" },
      { ex_dividend_date: "2022-02-04", cash_amount: "0.22", source: "manual" },
    ],
  });
});

Deno.test("PUT: sent again it changes nothing, not even the market's version; a new number takes the old one's place", async () => {
  await using service = await serviceWithAapl();
  await bodyOf(await put(service, SPLITS, [split]));
  const version = service.store.version("market");
  assert.deepEqual(await bodyOf(await put(service, SPLITS, [split])), { ...nothingWritten, unchanged: 1 });
  assert.deepEqual(await bodyOf(await put(service, SPLITS, [])), nothingWritten);
  assert.equal(service.store.version("market"), version);
  const corrected = { ...split, split_to: "5" };
  assert.deepEqual(await bodyOf(await put(service, SPLITS, [corrected])), { ...nothingWritten, written: 1 });
  assert.ok(service.store.version("market") > version);
  assert.deepEqual(await itemsOf(await service.request(SPLITS)), [{ ...corrected, source: "manual" }]);
});

Deno.test("PUT: each row that fails a check is named with its reason, and the others are stored", async () => {
  await using service = await serviceWithAapl();
  const splits = [split, split, { ...spinOff, split_to: "-2" }, { ...spinOff, split_to: "1.0" }];
  assert.deepEqual(await bodyOf(await put(service, SPLITS, splits)), {
    ...{ written: 1, unchanged: 0 },
    quarantined: [
      { row: 2, date: "2020-08-31", reason: "duplicate_date" },
      { row: 3, date: "2018-10-01", reason: "not_positive" },
      { row: 4, date: "2018-10-01", reason: "ratio_of_one" },
    ],
  });
  assert.deepEqual(await bodyOf(await put(service, DIVIDENDS, [{ ...dividend, cash_amount: "0" }, dividend])), {
    ...{ written: 1, unchanged: 0 },
    quarantined: [{ row: 1, date: "2021-02-05", reason: "not_positive" }],
  });
});

Deno.test("PUT: CSV in any order of its columns, with the lines named that cannot be read", async () => {
  await using service = await serviceWithAapl();
  const splits =
    "split_to,split_from,execution_date\r\n4,1,2020-08-31\r\n7,1,2014-06-31\r\nx,1,2014-06-09\r\n1\r\n7,,2014-06-09";
  assert.deepEqual(await bodyOf(await putCsv(service, SPLITS, splits)), {
    ...{ written: 1, unchanged: 0 },
    quarantined: [
      { row: 2, date: "2014-06-31", reason: "bad_date" },
      { row: 3, date: "2014-06-09", reason: "unreadable" },
      { row: 4, date: null, reason: "unreadable" },
      { row: 5, date: "2014-06-09", reason: "unreadable" },
    ],
  });
  const dividends = "\ufeffex_dividend_date,cash_amount,source\n2021-02-05,0.205,edgar\n";
  assert.deepEqual(await bodyOf(await putCsv(service, DIVIDENDS, dividends)), { ...nothingWritten, written: 1 });
  assert.deepEqual(await itemsOf(await service.request(DIVIDENDS)), [{ ...dividend, source: "edgar" }]);
});

Deno.test("GET: CSV where Accept prefers it, and 304 for the version that the client has of either", async () => {
  await using service = await serviceWithAapl();
  await bodyOf(await put(service, SPLITS, [split]));
  const tags = [];
  for (
    const [accept, type] of [["application/json", "application/json"], [
      "text/csv",
      "text/csv; charset=utf-8; header=present",
    ]]
  ) {
    const answer = await service.request(SPLITS, { headers: { accept: accept ?? "" } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), type);
    assert.equal(answer.headers.get("vary"), "Accept");
    const etag = answer.headers.get("etag") ?? "";
    tags.push(etag);
    const text = await answer.text();
    if (accept === "text/csv") {
      assert.equal(text, "execution_date,split_from,split_to,source\r\n2020-08-31,1,4,manual\r\n");
    }
    const again = await service.request(SPLITS, { headers: { accept: accept ?? "", "if-none-match": etag } });
    assert.equal(again.status, 304);
  }
  assert.equal(new Set(tags).size, 2);
  const dividends = await service.request(DIVIDENDS, { headers: { accept: "text/csv" } });
  assert.equal(await dividends.text(), "ex_dividend_date,cash_amount,source\r\n");
});

Deno.test("DELETE: 204, and it is gone; 404 for what there is none of", async () => {
  await using service = await serviceWithAapl();
  await bodyOf(await put(service, SPLITS, [split, spinOff]));
  await bodyOf(await put(service, DIVIDENDS, [dividend]));
  const version = service.store.version("market");
  for (const path of [`${SPLITS}/2020-08-31`, `${DIVIDENDS}/2021-02-05`]) {
    const answer = await service.admin(path, { method: "DELETE" });
    assert.equal(answer.status, 204);
    assert.equal(await answer.text(), "");
    await assertProblem(await service.admin(path, { method: "DELETE" }), "not-found");
  }
  assert.ok(service.store.version("market") > version);
  assert.deepEqual((await itemsOf(await service.request(SPLITS))).map((item) => item["execution_date"]), [
    "2018-10-01",
  ]);
  assert.deepEqual(await itemsOf(await service.request(DIVIDENDS)), []);
  await assertProblem(await service.admin(`${SPLITS}/2020-02-30`, { method: "DELETE" }), "not-found");
});

Deno.test("If-Match: 412 for a version that is not the present one, whichever representation it names", async () => {
  await using service = await serviceWithAapl();
  const written = await put(service, SPLITS, [split]);
  await bodyOf(written);
  const old = written.headers.get("etag") ?? "";
  const csv = (await service.request(SPLITS, { headers: { accept: "text/csv" } })).headers.get("etag") ?? "";
  await bodyOf(await put(service, SPLITS, [spinOff], { "if-match": `"another", ${csv}` }));
  for (const tag of [old, csv]) {
    const headers = { "if-match": tag };
    await assertRefused(service, () => put(service, SPLITS, [spinOff], headers), "version-mismatch");
    const remove = () => service.admin(`${SPLITS}/2020-08-31`, { method: "DELETE", headers });
    await assertRefused(service, remove, "version-mismatch");
  }
  const present = (await service.request(SPLITS)).headers.get("etag") ?? "";
  const removed = await service.admin(`${SPLITS}/2020-08-31`, { method: "DELETE", headers: { "if-match": present } });
  assert.equal(removed.status, 204);
});

Deno.test("a stranger reads, and is refused every write before its body is looked at", async () => {
  await using service = await serviceWithAapl();
  assert.deepEqual(await itemsOf(await service.request(SPLITS)), []);
  assert.deepEqual(await itemsOf(await service.request(DIVIDENDS)), []);
  for (const path of [SPLITS, DIVIDENDS]) {
    await assertRefused(service, () => service.request(path, { method: "PUT", body: "not JSON" }), "unauthorized");
    await assertRefused(service, () => service.request(`${path}/2020-08-31`, { method: "DELETE" }), "unauthorized");
  }
});

Deno.test("404 for an asset that there is none of", async () => {
  await using service = await startService();
  for (const name of ["splits", "dividends"]) {
    const path = `/assets/NONE/${name}`;
    await assertProblem(await service.request(path), "not-found");
    await assertRefused(service, () => put(service, path, []), "not-found");
    await assertRefused(service, () => service.admin(`${path}/2020-08-31`, { method: "DELETE" }), "not-found");
  }
});

Deno.test("422 names what is wrong by its pointer", async () => {
  await using service = await serviceWithAapl();
  const cases: [path: string, items: unknown, pointer: string][] = [
    [SPLITS, [split, { ...split, execution_date: "2020-02-30" }], "/items/1/execution_date"],
    [SPLITS, [{ execution_date: "2020-08-31", split_to: "4" }], "/items/0/split_from"],
    [SPLITS, [{ ...split, split_to: "four" }], "/items/0/split_to"],
    [SPLITS, [{ ...split, split_to: "1.0123456789012" }], "/items/0/split_to"],
    [SPLITS, [{ ...split, factor: 4 }], "/items/0/factor"],
    [SPLITS, [{ ...split, source: "Über" }], "/items/0/source"],
    [SPLITS, "none", "/items"],
    [DIVIDENDS, [{ ...dividend, cash_amount: null }], "/items/0/cash_amount"],
    [DIVIDENDS, [{ ...dividend, ex_dividend_date: "05.02.2021" }], "/items/0/ex_dividend_date"],
    [DIVIDENDS, Array.from({ length: MAX_ACTIONS + 1 }, () => dividend), "/items"],
  ];
  for (const [path, items, pointer] of cases) {
    const problem = await assertRefused(service, () => put(service, path, items), "validation-failed");
    const errors = problem["errors"] as { pointer: string }[];
    assert.deepEqual(errors.map((error) => error.pointer), [pointer], JSON.stringify(items).slice(0, 200));
  }
  await assertProblem(await service.request(`${SPLITS}?limit=1`), "validation-failed");
});

Deno.test("a body that cannot be read: 400, 413, 415; CSV with a wrong header or too many lines: 422", async () => {
  await using service = await serviceWithAapl();
  const ask = (body: string, type = "application/json") =>
    service.admin(SPLITS, { method: "PUT", body, headers: { "content-type": type } });
  await assertRefused(service, () => ask("{"), "malformed-request");
  await assertRefused(service, () => ask(" ".repeat(1024 * 1024 + 1)), "payload-too-large");
  await assertRefused(service, () => ask("<splits/>", "application/xml"), "unsupported-media-type");
  await assertRefused(service, () => putCsv(service, SPLITS, ""), "malformed-request");
  await assertRefused(service, () => putCsv(service, SPLITS, "execution_date,split_to\n"), "validation-failed");
  const long = `execution_date,split_from,split_to\n${"2020-08-31,1,4\n".repeat(MAX_ACTIONS + 1)}`;
  await assertRefused(service, () => putCsv(service, SPLITS, long), "validation-failed");
});

Deno.test("as many as a PUT may have, all corrected: what they said before is kept, and goes with the asset", async () => {
  await using service = await serviceWithAapl();
  const rows = (cash_amount: string) =>
    Array.from({ length: MAX_ACTIONS }, (_, i) => ({ ex_dividend_date: addDays("2000-01-01", i), cash_amount }));
  await bodyOf(await put(service, DIVIDENDS, rows("0.5")));
  const knownAt = service.clock.now();
  await service.clock.advance(1);
  const corrected = await bodyOf(await put(service, DIVIDENDS, rows("0.75")));
  assert.deepEqual(corrected, { ...nothingWritten, written: MAX_ACTIONS });
  const earlier = await actionsKnownAt(service.services, ALL_DIVIDENDS, 1, knownAt);
  assert.deepEqual(earlier.map(({ cashAmount }) => cashAmount), rows("").map(() => "0.5"));
  assert.equal((await service.admin("/assets/AAPL", { method: "DELETE" })).status, 204);
  const kept = (await dump(service.kv)).filter(({ key }) => String(key[0]).includes("dividends"));
  assert.deepEqual(kept, []);
});

const CLOSES = { "2020-08-28": "499.23", "2020-08-31": "129.04", "2021-02-04": "137.39", "2021-02-05": "136.76" };

async function serviceWithSplitHistory(): Promise<TestService> {
  const service = await serviceWithAapl();
  await addCloses(service, "AAPL", CLOSES);
  await bodyOf(await put(service, SPLITS, [split, { ...split, execution_date: "2021-11-08", split_to: "2" }]));
  await bodyOf(await put(service, DIVIDENDS, [dividend]));
  return service;
}

Deno.test("historic values, adjusted: what was stored, in today's shares, or with dividends reinvested too", async () => {
  await using service = await serviceWithSplitHistory();
  const cases: [adjust: string, closes: string[]][] = [
    ["none", Object.values(CLOSES)],
    ["splits", ["124.8075", "129.04", "137.39", "136.76"]],
    // Times 137.185 / 137.39, the share that the dividend of 0.205 left of the close before it.
    ["total", ["124.62127438", "128.84745906", "137.185", "136.76"]],
  ];
  for (const [adjust, closes] of cases) {
    const body = await bodyOf(await service.request(`${VALUES}?adjust=${adjust}`));
    assert.deepEqual(Object.keys(body), ["asset", "currency", "adjust", "items"]);
    assert.equal(body["adjust"], adjust);
    assert.deepEqual((body["items"] as { close: string }[]).map(({ close }) => close), closes);
    const csv = await service.request(`${VALUES}?adjust=${adjust}`, { headers: { accept: "text/csv" } });
    const lines = (await csv.text()).trimEnd().split("\r\n").slice(1);
    assert.deepEqual(lines.map((line) => line.split(",")[4]), closes);
  }
  await assertProblem(await service.request(`${VALUES}?adjust=dividends`), "validation-failed");
});

Deno.test("historic values: a split gives the adjusted series another tag, and the raw one none", async () => {
  await using service = await serviceWithSplitHistory();
  const tagOf = async (adjust: string) => (await service.request(`${VALUES}?adjust=${adjust}`)).headers.get("etag");
  const [raw, adjusted] = [await tagOf("none"), await tagOf("splits")];
  await service.admin(`${SPLITS}/2020-08-31`, { method: "DELETE" });
  assert.equal(await tagOf("none"), raw);
  assert.notEqual(await tagOf("splits"), adjusted);
});

Deno.test("historic values: a dividend that cannot be adjusted for is warned of", async () => {
  await using service = await serviceWithSplitHistory();
  const dividends = [
    { ex_dividend_date: "2020-08-27", cash_amount: "0.1" },
    { ex_dividend_date: "2020-08-31", cash_amount: "124.8075" },
  ];
  await bodyOf(await put(service, DIVIDENDS, dividends));
  const { items, warnings } = await bodyOf<{ items: { close: string }[]; warnings: unknown }>(
    await service.request(`${VALUES}?adjust=total`),
  );
  assert.equal(items[0]?.close, "124.62127438");
  assert.deepEqual(warnings, [
    {
      code: "no_earlier_close",
      ex_dividend_date: "2020-08-27",
      detail: "Not adjusted for the dividend of 2020-08-27: there is no close before it to measure it by",
    },
    {
      code: "not_below_close",
      ex_dividend_date: "2020-08-31",
      detail: "Not adjusted for the dividend of 2020-08-31: it is as much as the close before it, or more",
    },
  ]);
});

Deno.test("a portfolio is worth the same on the day of a split as its adjusted prices say", async () => {
  await using service = await serviceWithSplitHistory();
  await addPortfolio(service, { AAPL: "10" }, { visibility: "public" });
  const items = await itemsOf(await service.request(`${VALUES}?adjust=splits`));
  for (const { date, close } of items) {
    const report = await bodyOf<{ sectors: { investments: { price: string }[] }[] }>(
      await service.request(`/portfolios/1/sectors?as_of=${date}`),
    );
    assert.equal(report.sectors[0]?.investments[0]?.price, close);
  }
});
