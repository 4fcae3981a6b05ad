import assert from "node:assert/strict";
import { addDays } from "../../lib/day.ts";
import { assertProblem, assertRefused, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAssets } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const PATH = "/assets/AAPL/historic-values";
const HEADER = "date,open,high,low,close,volume,vwap,pre_market,after_hours,source";
const FULL = "2021-11-05,151.89,152.2,150.06,151.28,65163883,,150.94,151.05,import";

async function startWithAsset(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL");
  return service;
}

const putCsv = (service: TestService, body: string, type = "text/csv") =>
  service.admin(PATH, { method: "PUT", body, headers: { "content-type": type } });

const getCsv = (service: TestService, query = "") =>
  service.request(`${PATH}${query}`, { headers: { accept: "text/csv" } });

const stored = async (service: TestService): Promise<Json[]> => await itemsOf(await service.request(PATH));

Deno.test("PUT CSV: 200, and GET answers the same as CSV and as JSON", async () => {
  await using service = await startWithAsset();
  const csv = `${HEADER}\r\n2021-11-04,,,,150.96,,,,,manual\r\n${FULL}\r\n`;
  assert.deepEqual(await bodyOf(await putCsv(service, csv)), { written: 2, unchanged: 0, quarantined: [] });
  const answer = await getCsv(service);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assert.equal(answer.headers.get("vary"), "Accept");
  assert.equal(await answer.text(), csv);
  assert.deepEqual((await stored(service)).map(({ date, close, vwap }) => [date, close, vwap]), [
    ["2021-11-04", "150.96", null],
    ["2021-11-05", "151.28", null],
  ]);
  assert.equal(await (await getCsv(service, "?from=2021-11-05")).text(), `${HEADER}\r\n${FULL}\r\n`);
  assert.equal(await (await getCsv(service, "?to=2020-01-01")).text(), `${HEADER}\r\n`);
});

Deno.test("PUT CSV: what GET gave, sent back, is all unchanged", async () => {
  await using service = await startWithAsset();
  const items = Array.from(
    { length: 300 },
    (_, i) => ({ date: addDays("2021-01-01", i), close: `${i + 1}.0${i % 9}1` }),
  );
  await bodyOf(await service.admin(PATH, { method: "PUT", body: { items } }));
  const csv = await (await getCsv(service)).text();
  assert.deepEqual(await bodyOf(await putCsv(service, csv)), { written: 0, unchanged: 300, quarantined: [] });
  assert.equal(await (await getCsv(service)).text(), csv);
});

Deno.test("PUT CSV: as programs write it: a mark at the start, other line ends, quotes, blanks, columns in any order", async () => {
  const written = [
    "\ufeffdate,close\r\n2021-11-05,151.28\r\n",
    "date,close\n2021-11-05,151.28\n",
    "date,close\n2021-11-05,151.28",
    '"date","close"\r\n"2021-11-05","151.28"\r\n',
    " date , close \n 2021-11-05 , 151.28 \n\n\n",
    "close,date\n0151.280,2021-11-05\n",
    "close,volume,date\n151.28,,2021-11-05\n",
    "\ndate,close\n\n2021-11-05,151.28\n",
  ];
  for (const csv of written) {
    await using service = await startWithAsset();
    assert.deepEqual(await bodyOf(await putCsv(service, csv)), { written: 1, unchanged: 0, quarantined: [] }, csv);
    assert.deepEqual((await stored(service)).map(({ date, close }) => [date, close]), [["2021-11-05", "151.28"]], csv);
  }
});

Deno.test("PUT CSV: media types are read whatever their case and parameters", async () => {
  await using service = await startWithAsset();
  for (
    const type of [
      "text/csv",
      "TEXT/CSV",
      "text/csv; charset=utf-8",
      "text/csv;header=present",
      "Text/Csv ; charset=UTF-8",
    ]
  ) {
    await bodyOf(await putCsv(service, "date,close\n2021-11-05,151.28\n", type));
  }
  const put = (type: string) => () => putCsv(service, "date,close\n2021-11-04,1\n", type);
  for (const type of ["text/plain", "text/csvx", "text", "application/csv", "text/csv,text/csv", ""]) {
    await assertRefused(service, put(type), "unsupported-media-type");
  }
});

const BAD_HEADERS: [csv: string, details: string[]][] = [
  ["close\n1\n", ["The column date is missing"]],
  ["2021-11-05,151.28\n", [
    ...['There is no column "2021-11-05"', 'There is no column "151.28"'],
    ...["The column date is missing", "The column close is missing"],
  ]],
  ["date,close,price\n2021-11-05,1,1\n", ['There is no column "price"']],
  ["date,close,__proto__\n2021-11-05,1,1\n", ['There is no column "__proto__"']],
  ["date,close,constructor\n2021-11-05,1,1\n", ['There is no column "constructor"']],
  ["date,Close\n2021-11-05,1\n", ['There is no column "Close"', "The column close is missing"]],
  ["date,close,close\n2021-11-05,1,2\n", ["A column stands there twice"]],
  ["date;close\n2021-11-05;1\n", [
    'There is no column "date;close"',
    "The column date is missing",
    "The column close is missing",
  ]],
];

Deno.test("PUT CSV: 422 for a header with missing, unknown or repeated columns, and nothing is stored", async () => {
  await using service = await startWithAsset();
  for (const [csv, details] of BAD_HEADERS) {
    const errors = details.map((detail) => ({ pointer: "", detail }));
    await assertRefused(service, () => putCsv(service, csv), "validation-failed", errors);
  }
});

Deno.test("PUT CSV: 400 for what is no CSV", async () => {
  await using service = await startWithAsset();
  for (const csv of ["", "\n\n", "\ufeff", 'date,close\n"2021-11-05,1\n', 'date,close\n2021-11-05,1"5\n']) {
    await assertRefused(service, () => putCsv(service, csv), "malformed-request");
  }
  const bytes = new Uint8Array([...new TextEncoder().encode("date,close\n2021-11-05,1"), 0xff]);
  const headers = { authorization: "Bearer test-key-of-the-administrator-0123456789", "content-type": "text/csv" };
  await assertRefused(
    service,
    () => service.request(PATH, { method: "PUT", body: bytes, headers }),
    "malformed-request",
  );
});

Deno.test("PUT CSV: each line that cannot be stored is named with its reason, and the others are stored", async () => {
  await using service = await startWithAsset();
  const lines: [line: string, date: string | null, reason?: string][] = [
    ["2021-10-01,10,11,9,10", "2021-10-01"],
    ["2021-02-29,,,,10", "2021-02-29", "bad_date"],
    ["yesterday,,,,10", "yesterday", "bad_date"],
    [",,,,10", null, "bad_date"],
    ["2021-10-04,,,,", "2021-10-04", "unreadable"],
    ["2021-10-04,,,,ten", "2021-10-04", "unreadable"],
    ["2021-10-04,,,,1e3", "2021-10-04", "unreadable"],
    ["2021-10-04,,,,NaN", "2021-10-04", "unreadable"],
    ["2021-10-04,,,", null, "unreadable"],
    ["2021-10-04,,,,10,11", null, "unreadable"],
    ['2021-10-04,,,,"1,5"', "2021-10-04", "unreadable"],
    ["2021-10-04,,,,=1+1", "2021-10-04", "unreadable"],
    ["2021-10-04,,,,0.30000000000000004", "2021-10-04", "unreadable"],
    ["2021-10-04,,,,0", "2021-10-04", "not_positive"],
    ["2021-10-04,12,11,9,10", "2021-10-04", "open_outside_range"],
    ["2021-10-04,,,,10", "2021-10-04"],
    ["2021-10-04,,,,10", "2021-10-04", "duplicate_date"],
    ["2021-11-07,,,,10", "2021-11-07", "in_future"],
    ["2021-10-05,,,,10", "2021-10-05"],
  ];
  const csv = ["date,open,high,low,close", ...lines.map(([line]) => line)].join("\n");
  const quarantined = lines.flatMap(([, date, reason], i) =>
    reason === undefined ? [] : [{ row: i + 1, date, reason }]
  );
  assert.deepEqual(await bodyOf(await putCsv(service, csv)), { written: 3, unchanged: 0, quarantined });
  assert.deepEqual((await stored(service)).map(({ date }) => date), ["2021-10-01", "2021-10-04", "2021-10-05"]);
});

const days = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${addDays("1990-01-01", i)},${i + 1}`);

Deno.test("PUT CSV: one bad line among 10,000 is named, and the rest is stored", async () => {
  await using service = await startWithAsset();
  const lines = days(10_000).with(6_788, "2008-08-02,abc");
  const answer = await bodyOf(await putCsv(service, ["date,close", ...lines].join("\n")));
  assert.deepEqual(answer, {
    ...{ written: 9_999, unchanged: 0, quarantined: [{ row: 6_789, date: "2008-08-02", reason: "unreadable" }] },
  });
  assert.equal((await stored(service)).length, 9_999);
});

Deno.test("PUT CSV: 422 for 10,001 lines", async () => {
  await using service = await startWithAsset();
  const put = () => putCsv(service, ["date,close", ...days(10_001)].join("\n"));
  await assertRefused(service, put, "validation-failed", [{ pointer: "", detail: "must have 10000 rows at most" }]);
});

Deno.test("GET: CSV where Accept prefers it, else JSON, each with its own tag", async () => {
  await using service = await startWithAsset();
  await bodyOf(await putCsv(service, "date,close\n2021-11-05,151.28\n"));
  const accepted: [accept: string | undefined, type: string][] = [
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["application/json", "application/json"],
    ["text/html", "application/json"],
    ["text/csv", "text/csv; charset=utf-8; header=present"],
    ["TEXT/CSV;header=present", "text/csv; charset=utf-8; header=present"],
    ["text/csv, application/json", "text/csv; charset=utf-8; header=present"],
    ["application/json, text/csv", "application/json"],
    ["application/json;q=0.5, text/csv", "text/csv; charset=utf-8; header=present"],
    ["text/csv;q=0.5, application/json", "application/json"],
    ["text/csv;q=0.5, */*;q=0.1", "text/csv; charset=utf-8; header=present"],
    ["text/csv;q=0.5, */*", "application/json"],
    ["text/csv;q=.5, application/json", "application/json"],
    ["text/csv;q=1., application/json;q=.9", "text/csv; charset=utf-8; header=present"],
    ["text/csv;q=0", "application/json"],
    ["text/csv; q=abc", "text/csv; charset=utf-8; header=present"],
  ];
  for (const [accept, type] of accepted) {
    const answer = await service.request(PATH, accept === undefined ? {} : { headers: { accept } });
    assert.equal(answer.headers.get("content-type"), type, accept);
    assert.equal(answer.headers.get("vary"), "Accept");
  }
  const [csv, json] = [await getCsv(service), await service.request(PATH)];
  assert.notEqual(csv.headers.get("etag"), json.headers.get("etag"));
  const seen = { accept: "text/csv", "if-none-match": csv.headers.get("etag") ?? "" };
  const again = await service.request(PATH, { headers: seen });
  assert.deepEqual([again.status, again.headers.get("vary")], [304, "Accept"]);
});

Deno.test("GET CSV: errors are problems, not CSV", async () => {
  await using service = await startWithAsset();
  await assertProblem(await getCsv(service, "?from=x"), "validation-failed");
  const headers = { accept: "text/csv" };
  await assertProblem(await service.request("/assets/XYZ/historic-values", { headers }), "not-found");
});
