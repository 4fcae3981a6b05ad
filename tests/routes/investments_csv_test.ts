import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, type Json, versionOf } from "../support/answers.ts";
import { addAssets, addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const PATH = "/portfolios/1/investments";

const put = (service: TestService, body: string, headers: Record<string, string> = {}) =>
  service.admin(PATH, { method: "PUT", body, headers: { "content-type": "text/csv", ...headers } });

const getCsv = (service: TestService, headers: Record<string, string> = {}) =>
  service.admin(PATH, { headers: { accept: "text/csv", ...headers } });

async function started(...symbols: string[]): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL", "GS", "BRK.B", ...symbols);
  await addPortfolio(service, { GS: "7" });
  return service;
}

const HELD = [{ asset: "AAPL", amount: "10" }, { asset: "GS", amount: "-2.5" }];

const FORMS: [what: string, text: string][] = [
  ["plain", "asset,amount\nAAPL,10\nGS,-2.5\n"],
  ["without a last line break", "asset,amount\nAAPL,10\nGS,-2.5"],
  ["CRLF", "asset,amount\r\nAAPL,10\r\nGS,-2.5\r\n"],
  ["a byte order mark", "\ufeffasset,amount\r\nAAPL,10\r\nGS,-2.5\r\n"],
  ["quotes", '"asset","amount"\n"AAPL","10"\n"GS",-2.5\n'],
  ["columns the other way round", "amount,asset\n10,AAPL\n-2.5,GS\n"],
  ["empty lines and blanks", "\n asset , amount\n\nAAPL, 10.00\n\n GS ,-2.50\n\n"],
];

Deno.test("PUT as CSV: 200 with the portfolio, in every form that spreadsheets write", async () => {
  for (const [what, text] of FORMS) {
    await using service = await started();
    const answer = await put(service, text, { "content-type": "text/csv; charset=utf-8" });
    assert.deepEqual((await bodyOf(answer))["investments"], HELD, what);
    assert.deepEqual((await bodyOf(await service.admin("/portfolios/1")))["investments"], HELD, what);
  }
});

Deno.test("PUT as CSV: a header alone empties the portfolio", async () => {
  await using service = await started();
  assert.deepEqual((await bodyOf(await put(service, "asset,amount\r\n")))["investments"], []);
});

const decimalAdvice = (sent: string) => `${JSON.stringify(sent)} is not a decimal; write it like "12.5"`;
const SYMBOL = "must be 1 to 20 letters, digits, dots, hyphens or colons";

const REFUSED: [what: string, text: string, errors: [pointer: string, detail: string][]][] = [
  ["a column missing", "asset\nAAPL\n", [["", "The column amount is missing"]]],
  ["a column too many", "asset,amount,note\nAAPL,1,x\n", [["", 'There is no column "note"']]],
  ["no header", "AAPL,10\n", [
    ["", 'There is no column "AAPL"'],
    ["", 'There is no column "10"'],
    ["", "The column asset is missing"],
    ["", "The column amount is missing"],
  ]],
  ["an unknown asset", "asset,amount\nAAPL,1\nXYZ,1\n", [["/investments/1/asset", "line 3: There is no asset XYZ"]]],
  ["an asset twice", "asset,amount\nAAPL,1\n\nGS,1\nAAPL,2\n", [
    ["/investments/2/asset", "line 5: AAPL stands at place 0 already"],
  ]],
  ["zero", "asset,amount\nAAPL,1\nGS,0.00\n", [["/investments/1/amount", "line 3: must not be 0"]]],
  ["an amount that is none", "asset,amount\nAAPL,ten\nGS,\nBRK.B,1e3\n", [
    ["/investments/0/amount", `line 2: ${decimalAdvice("ten")}`],
    ["/investments/1/amount", `line 3: ${decimalAdvice("")}`],
    ["/investments/2/amount", `line 4: ${decimalAdvice("1e3")}`],
  ]],
  ["a comma for a point", 'asset,amount\nAAPL,"1,5"\n', [["/investments/0/amount", `line 2: ${decimalAdvice("1,5")}`]]],
  ["a field too many or too few", "asset,amount\nAAPL,1,5\nGS\n", [
    ["/investments/0", "line 2: must have 2 fields, as the header has"],
    ["/investments/1", "line 3: must have 2 fields, as the header has"],
  ]],
  ["formulas", 'asset,amount\n"=HYPERLINK(""http://x"")",1\nAAPL,=1+1\n@SUM(A1),+1\n', [
    ["/investments/0/asset", `line 2: ${SYMBOL}`],
    ["/investments/1/amount", `line 3: ${decimalAdvice("=1+1")}`],
    ["/investments/2/asset", `line 4: ${SYMBOL}`],
    ["/investments/2/amount", `line 4: ${decimalAdvice("+1")}`],
  ]],
  ["a field over several lines", 'asset,amount\n"AA\nPL",1\nGS,0\n', [
    ["/investments/0/asset", `line 3: ${SYMBOL}`],
    ["/investments/1/amount", "line 4: must not be 0"],
  ]],
];

Deno.test("PUT as CSV: 422 with pointer and line of each fault, and nothing is stored", async () => {
  await using service = await started();
  for (const [what, text, errors] of REFUSED) {
    const wanted = errors.map(([pointer, detail]) => ({ pointer, detail }));
    const problem = await assertRefused(service, () => put(service, text), "validation-failed");
    assert.deepEqual(problem["errors"], wanted, what);
  }
});

Deno.test("PUT as CSV: 500 lines are taken, 501 are not", async () => {
  const symbols = Array.from({ length: 501 }, (_, i) => `S${i}`);
  await using service = await started(...symbols);
  const csvOf = (count: number) =>
    ["asset,amount", ...symbols.slice(0, count).map((symbol) => `${symbol},1`)].join("\n");
  const errors = [{ pointer: "/investments", detail: "must have 500 investments at most" }];
  await assertRefused(service, () => put(service, csvOf(501)), "validation-failed", errors);
  const { investments } = await bodyOf<{ investments: Json[] }>(await put(service, csvOf(500)));
  assert.equal(investments.length, 500);
});

Deno.test("PUT as CSV: 400 for what is no CSV, 413 for more than 1 MiB, 415 for another type, 412 for another version", async () => {
  await using service = await started();
  await assertRefused(service, () => put(service, 'asset,amount\n"AAPL,1\n'), "malformed-request");
  await assertRefused(service, () => put(service, ""), "malformed-request");
  await assertRefused(service, () => put(service, "asset,amount\n" + "A,1\n".repeat(300_000)), "payload-too-large");
  const asText = { "content-type": "text/plain" };
  await assertRefused(service, () => put(service, "asset,amount\n", asText), "unsupported-media-type");
  await assertRefused(service, () => put(service, "asset,amount\n", { "if-match": '"other"' }), "version-mismatch");
});

Deno.test("PUT as CSV: 401 for a stranger before the body is looked at, 404 for what is not there", async () => {
  await using service = await started();
  const init = { method: "PUT", body: "rubbish", headers: { "content-type": "text/csv" } };
  await assertProblem(await service.request(PATH, init), "unauthorized");
  await assertProblem(
    await service.admin("/portfolios/9/investments", { ...init, body: "asset,amount\n" }),
    "not-found",
  );
});

Deno.test("PUT as JSON goes on as before, its errors without lines", async () => {
  await using service = await started();
  const bad = { investments: [{ asset: "XYZ", amount: "1" }] };
  const errors = [{ pointer: "/investments/0/asset", detail: "There is no asset XYZ" }];
  await assertRefused(service, () => service.admin(PATH, { method: "PUT", body: bad }), "validation-failed", errors);
  const body = { investments: HELD };
  assert.deepEqual((await bodyOf(await service.admin(PATH, { method: "PUT", body })))["investments"], HELD);
});

Deno.test("GET: JSON, or CSV where Accept prefers it; each can be sent back as it is", async () => {
  await using service = await started();
  await bodyOf(await put(service, "asset,amount\nAAPL,10\nGS,-2.5\n"));
  const json = await service.admin(PATH);
  assert.equal(json.headers.get("vary"), "Accept");
  const tag = json.headers.get("etag") ?? "";
  assert.deepEqual(await bodyOf(json), { investments: HELD });

  const csv = await getCsv(service);
  assert.equal(csv.status, 200);
  assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assert.equal(csv.headers.get("vary"), "Accept");
  const csvTag = csv.headers.get("etag") ?? "";
  assert.notEqual(csvTag, tag);
  const text = await csv.text();
  assert.equal(text, "asset,amount\r\nAAPL,10\r\nGS,-2.5\r\n");

  const again = await put(service, text, { "if-match": csvTag });
  assert.equal(versionOf(again), versionOf(json));
  assert.deepEqual((await bodyOf(again))["investments"], HELD);
  const body = { investments: HELD };
  await bodyOf(await service.admin(PATH, { method: "PUT", body, headers: { "if-match": tag } }));
  for (const accept of ["application/json", "*/*", "application/json, text/csv", "text/html"]) {
    await bodyOf(await service.admin(PATH, { headers: { accept } }));
  }
});

Deno.test("GET: 304 for the version that the client has, by form", async () => {
  await using service = await started();
  const json = await service.admin(PATH);
  const csv = await getCsv(service);
  const [tag = "", csvTag = ""] = [json.headers.get("etag") ?? "", csv.headers.get("etag") ?? ""];
  await Promise.all([json.body?.cancel(), csv.body?.cancel()]);
  assert.equal((await service.admin(PATH, { headers: { "if-none-match": tag } })).status, 304);
  assert.equal((await getCsv(service, { "if-none-match": csvTag })).status, 304);
  const other = await getCsv(service, { "if-none-match": tag });
  assert.deepEqual([other.status, await other.text()], [200, "asset,amount\r\nGS,7\r\n"]);
});

Deno.test("GET: 404 for a portfolio that is not there, or private to somebody else", async () => {
  await using service = await startService();
  await addForeignPortfolio(service);
  await assertProblem(await service.request(PATH), "not-found");
  await assertProblem(await service.request("/portfolios/2/investments"), "not-found");
  await bodyOf(await service.admin(PATH));
});
