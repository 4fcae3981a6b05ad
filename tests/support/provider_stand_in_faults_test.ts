import assert from "node:assert/strict";
import { createFaults } from "./provider_stand_in_faults.ts";
import { GARBAGE_BARS } from "./provider_stand_in_garbage.ts";
import { type ProviderStandIn, startProviderStandIn } from "./provider_stand_in.ts";

const FRIDAY = "2024-03-08";
const BAR = { symbol: "AAPL", date: FRIDAY, open: 169, high: 173.7, low: 168.94, close: 170.73, volume: 76267041.5 };

function start(): ProviderStandIn {
  return startProviderStandIn({
    now: () => new Date("2024-03-09T08:00:00Z"),
    bars: [BAR],
    switches: { callsPerMinute: 0 },
  });
}

function ask(standIn: ProviderStandIn, signal?: AbortSignal): Promise<Response> {
  return fetch(`${standIn.url}/v2/aggs/grouped/locale/us/market/stocks/${FRIDAY}`, {
    headers: { authorization: `Bearer ${standIn.apiKey}` },
    redirect: "manual",
    ...(signal ? { signal } : {}),
  });
}

Deno.test("a fault comes once, so many times, or until it is cleared; in their order, and by path", () => {
  const faults = createFaults();
  const taken = (path: string) => faults.take(path)?.type;
  faults.add({ type: "hang" });
  faults.add({ type: "html" }, { times: 2, path: "/v1/" });
  faults.add({ type: "slow_drip" }, { times: Infinity });
  assert.deepEqual(["/v2/", "/v2/", "/v1/", "/v1/x", "/v1/"].map(taken), [
    "hang",
    "slow_drip",
    "html",
    "html",
    "slow_drip",
  ]);
  faults.clear();
  assert.equal(taken("/v1/"), undefined);
});

Deno.test("refused calls use up no fault", async () => {
  await using standIn = start();
  standIn.faults.add({ type: "status", status: 500 });
  await (await fetch(`${standIn.url}/v1/marketstatus/now`)).body?.cancel();
  const first = await ask(standIn);
  assert.deepEqual([first.status, await first.text()], [500, ""]);
  const second = await ask(standIn);
  assert.deepEqual([second.status, (await second.json()).count], [200, 1]);
});

Deno.test("answers in the place of a good one: a page, a redirect, a status with its body", async () => {
  await using standIn = start();
  standIn.faults.add({ type: "html" });
  const page = await ask(standIn);
  assert.deepEqual([page.status, page.headers.get("content-type")], [502, "text/html"]);
  assert.match(await page.text(), /^<!DOCTYPE html>/);

  standIn.faults.add({ type: "redirect", location: "http://elsewhere.invalid/" });
  const redirect = await ask(standIn);
  assert.deepEqual([redirect.status, redirect.headers.get("location")], [302, "http://elsewhere.invalid/"]);
  await redirect.body?.cancel();

  standIn.faults.add({ type: "status", status: 404, body: { status: "NOT_FOUND" }, headers: { "x-a": "b" } });
  const notFound = await ask(standIn);
  assert.deepEqual([notFound.status, notFound.headers.get("x-a")], [404, "b"]);
  assert.deepEqual(await notFound.json(), { status: "NOT_FOUND" });
});

Deno.test("spoilt answers: half of the JSON, another content type, rows twice, garbage among the rows", async () => {
  await using standIn = start();
  standIn.faults.add({ type: "truncated_json" });
  const half = await (await ask(standIn)).text();
  assert.match(half, /^\{"queryCount":1/);
  assert.throws(() => JSON.parse(half), SyntaxError);

  standIn.faults.add({ type: "wrong_content_type" });
  const mistyped = await ask(standIn);
  assert.equal(mistyped.headers.get("content-type"), "text/html");
  assert.equal((await mistyped.json()).count, 1);

  standIn.faults.add({ type: "duplicate_rows" });
  const { results: twice, resultsCount } = await (await ask(standIn)).json();
  assert.deepEqual([twice.length, resultsCount, twice[0]], [2, 2, twice[1]]);

  standIn.faults.add({ type: "garbage_rows" });
  const { results } = await (await ask(standIn)).json();
  assert.deepEqual(results.slice(0, -1), GARBAGE_BARS);
  assert.equal(results.at(-1).T, "AAPL");

  standIn.faults.add({ type: "oversized_body", bytes: 1_000_000 });
  assert.ok((await (await ask(standIn)).text()).length > 1_000_000);
});

Deno.test("a slow drip comes to its end, and a broken connection does not", async () => {
  await using standIn = start();
  standIn.faults.add({ type: "slow_drip" });
  assert.equal((await (await ask(standIn)).json()).count, 1);
  standIn.faults.add({ type: "broken_connection" });
  await assert.rejects(async () => await (await ask(standIn)).text());
});

Deno.test("stopping ends what hangs and what drips", async () => {
  const standIn = start();
  standIn.faults.add({ type: "slow_drip" });
  const dripping = await ask(standIn);
  const cutShort = dripping.text().catch(String);
  standIn.faults.add({ type: "hang" });
  const hanging = ask(standIn).then(async (response) => [response.status, await response.text()]);
  // The call has arrived once it is recorded, and the next one comes after it.
  while (standIn.calls.length < 2) await (await fetch(`${standIn.url}/`)).body?.cancel();
  await standIn.stop();
  await cutShort;
  assert.deepEqual(await hanging, [503, ""]);
});

Deno.test("faults of splits, of pages, and of lists that stand elsewhere", async () => {
  await using standIn = startProviderStandIn({
    now: () => new Date("2024-03-09T08:00:00Z"),
    splits: [{ symbol: "AAPL", date: "2020-08-31", ratio: 4 }],
    assets: [{ symbol: "AAPL", name: "Apple Inc." }],
    switches: { callsPerMinute: 0 },
  });
  const json = async (path: string) => await (await fetch(`${standIn.url}${path}?apiKey=${standIn.apiKey}`)).json();
  const ratio = async () => {
    const { results: [split] } = await json("/stocks/v1/splits");
    return [split.split_from, split.split_to];
  };
  standIn.faults.add({ type: "reversed_ratios" });
  assert.deepEqual(await ratio(), [4, 1]);
  standIn.faults.add({ type: "zero_ratios" });
  assert.deepEqual(await ratio(), [1, 0]);
  assert.deepEqual(await ratio(), [1, 4]);

  standIn.faults.add({ type: "repeated_cursor" });
  assert.equal((await json("/stocks/v1/splits")).next_url, `${standIn.url}/stocks/v1/splits`);
  standIn.faults.add({ type: "garbage_rows" }, { times: 4 });
  assert.equal((await json("/stocks/v1/splits")).results.at(-1).ticker, "AAPL");
  assert.equal((await json("/vX/reference/tickers/AAPL/events")).results.events.at(-1).type, "ticker_change");
  assert.equal((await json("/v3/reference/tickers/AAPL")).results.ticker, 42);
  assert.ok((await json("/v1/marketstatus/upcoming")).length > 0);
});
