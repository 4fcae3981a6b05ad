import assert from "node:assert/strict";
import { createFaults, GARBAGE_ROWS } from "./provider_stand_in_faults.ts";
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
  assert.deepEqual(results.slice(0, -1), GARBAGE_ROWS);
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
