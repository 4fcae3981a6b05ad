import assert from "node:assert/strict";
import { generatedBars } from "./provider_stand_in_bars.ts";
import { type ProviderStandIn, type ProviderStandInOptions, startProviderStandIn } from "./provider_stand_in.ts";

const FRIDAY = "2024-03-08";
/** 03:00 on the Saturday after it in New York. */
const SATURDAY_MORNING = "2024-03-09T08:00:00Z";

const AAPL = { symbol: "AAPL", open: 169, high: 173.7, low: 168.94, close: 170.73, volume: 76267041.5 };

function standInAt(instant: string, options: Partial<ProviderStandInOptions> = {}): ProviderStandIn {
  const bars = [{ ...AAPL, date: FRIDAY }, { ...AAPL, date: "2024-03-11" }];
  return startProviderStandIn({ now: () => new Date(instant), bars, ...options });
}

interface Got {
  readonly status: number;
  readonly text: string;
  readonly json: Partial<Record<string, unknown>>;
  readonly headers: Headers;
}

async function get(standIn: ProviderStandIn, path: string, headers?: Record<string, string>): Promise<Got> {
  const response = await fetch(standIn.url + path, {
    headers: headers ?? { authorization: `Bearer ${standIn.apiKey}` },
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json" && text !== "";
  return { status: response.status, text, json: isJson ? JSON.parse(text) : {}, headers: response.headers };
}

function stocks(date: string, query = "adjusted=false"): string {
  return `/v2/aggs/grouped/locale/us/market/stocks/${date}?${query}`;
}

Deno.test("grouped daily: the envelope, and rows without the fields they lack", async () => {
  await using standIn = standInAt(SATURDAY_MORNING);
  const { status, headers, json } = await get(standIn, stocks(FRIDAY));
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/json");
  assert.deepEqual(json, {
    queryCount: 1,
    resultsCount: 1,
    adjusted: false,
    results: [{ T: "AAPL", v: 76267041.5, o: 169, c: 170.73, h: 173.7, l: 168.94, t: 1709931600000 }],
    status: "OK",
    request_id: "00000000000000000000000000000001",
    count: 1,
  });
});

Deno.test("t is 16:00 in New York for stocks, summer and winter, and the end of the UTC day for the rest", async () => {
  await using standIn = standInAt("2024-03-12T08:00:00Z", {
    bars: ["AAPL", "X:BTCUSD", "C:EURUSD"].flatMap((symbol) =>
      [FRIDAY, "2024-03-11"].map((date) => ({ ...AAPL, symbol, date }))
    ),
  });
  const cases = [
    [`us/market/stocks/${FRIDAY}`, "2024-03-08T21:00:00.000Z"],
    ["us/market/stocks/2024-03-11", "2024-03-11T20:00:00.000Z"],
    [`global/market/crypto/${FRIDAY}`, "2024-03-08T23:59:59.999Z"],
    ["global/market/fx/2024-03-11", "2024-03-11T23:59:59.999Z"],
  ];
  for (const [path, instant] of cases) {
    const { json } = await get(standIn, `/v2/aggs/grouped/locale/${path}`);
    const [row] = json["results"] as { t: number }[];
    assert.equal(new Date(row?.t ?? NaN).toISOString(), instant);
  }
});

Deno.test("adjusted, which is the default: by the splits since, and none that is still to come", async () => {
  const splits = [
    { symbol: "AAPL", date: "2024-03-09", ratio: 4 },
    { symbol: "AAPL", date: FRIDAY, ratio: 10 },
    { symbol: "AAPL", date: "2024-04-01", ratio: 10 },
    { symbol: "MSFT", date: "2024-03-09", ratio: 10 },
  ];
  await using standIn = standInAt(SATURDAY_MORNING, { splits });
  const { json } = await get(standIn, stocks(FRIDAY, ""));
  assert.equal(json["adjusted"], true);
  const [row] = json["results"] as Record<string, number>[];
  assert.deepEqual([row?.["c"], row?.["v"]], [170.73 / 4, 76267041.5 * 4]);
});

Deno.test("over-the-counter rows are for those who ask", async () => {
  await using standIn = standInAt(SATURDAY_MORNING, {
    bars: () => [{ ...AAPL, symbol: "OTCX", otc: true, vwap: 1.5, trades: 7 }],
  });
  assert.equal((await get(standIn, stocks(FRIDAY, "include_otc=false"))).json["resultsCount"], 0);
  const { json } = await get(standIn, stocks(FRIDAY, "include_otc=true"));
  const [row] = json["results"] as Record<string, unknown>[];
  assert.deepEqual([row?.["otc"], row?.["vw"], row?.["n"]], [true, 1.5, 7]);
});

Deno.test("no rows: at the weekend, on a holiday and where there are none; results missing, empty or null", async () => {
  await using standIn = standInAt("2024-04-02T08:00:00Z", {
    bars: () => [AAPL],
    holidays: [{ date: "2024-03-29", name: "Good Friday", status: "closed" }],
    switches: { callsPerMinute: 0 },
  });
  for (const date of ["2024-03-30", "2024-03-31", "2024-03-29"]) {
    const { status, json } = await get(standIn, stocks(date));
    assert.equal(status, 200);
    assert.deepEqual([json["queryCount"], json["resultsCount"], json["count"]], [0, 0, 0]);
    assert.ok(!("results" in json));
  }
  for (const [emptyResults, results] of [["empty", []], ["null", null]] as const) {
    standIn.switches.emptyResults = emptyResults;
    assert.deepEqual((await get(standIn, stocks("2024-03-30"))).json["results"], results);
  }
  assert.equal((await get(standIn, stocks("2024-04-01"))).json["resultsCount"], 1);
});

Deno.test("a day is refused until it is over in New York, on both sides of its midnight and of daylight saving", async () => {
  const cases: [string, string, number][] = [
    // Eastern Standard Time: UTC-5.
    ["2024-03-09T03:00:00Z", FRIDAY, 403],
    ["2024-03-09T04:59:59Z", FRIDAY, 403],
    ["2024-03-09T05:00:00Z", FRIDAY, 200],
    // Eastern Daylight Time, from 10 March on: UTC-4.
    ["2024-03-12T03:59:59Z", "2024-03-11", 403],
    ["2024-03-12T04:00:00Z", "2024-03-11", 200],
  ];
  for (const [instant, date, status] of cases) {
    await using standIn = standInAt(instant);
    const got = await get(standIn, stocks(date));
    assert.equal(got.status, status, instant);
    if (status === 403) {
      assert.equal(got.json["status"], "NOT_AUTHORIZED");
      assert.match(String(got.json["message"]), /^Attempted to request today's data before end of day/);
    }
  }
});

Deno.test("a day to come is outside the plan's timeframe; without the rule, any day is answered", async () => {
  await using standIn = standInAt("2024-03-08T12:00:00Z");
  assert.match(String((await get(standIn, stocks("2024-03-11"))).json["message"]), /data timeframe/);
  standIn.switches.refuseUnfinishedDays = false;
  for (const date of [FRIDAY, "2024-03-11"]) assert.equal((await get(standIn, stocks(date))).json["count"], 1);
});

Deno.test("the plan's history: all of it, refused at the edge, or clipped in silence", async () => {
  await using standIn = standInAt("2026-03-09T12:00:00Z");
  assert.equal((await get(standIn, stocks(FRIDAY))).json["count"], 1);
  standIn.switches.historyYears = 2;
  const refused = await get(standIn, stocks(FRIDAY));
  assert.equal(refused.status, 403);
  assert.match(String(refused.json["message"]), /^Your plan doesn't include this data timeframe/);
  standIn.switches.historyEdge = "clipped";
  assert.equal((await get(standIn, stocks(FRIDAY))).json["count"], 0);
  assert.equal((await get(standIn, stocks("2024-03-11"))).json["count"], 1);
});

Deno.test("400: a date that is none", async () => {
  await using standIn = standInAt(SATURDAY_MORNING);
  for (const date of ["2024-02-30", "yesterday", "2024-3-8", "20240308"]) {
    const { status, json } = await get(standIn, stocks(date));
    assert.equal(status, 400);
    assert.equal(json["status"], "ERROR");
    assert.match(String(json["error"]), /^Could not parse the time parameter/);
  }
});

Deno.test("401: without a key or with a wrong one; a key is taken from the header or from the URL", async () => {
  await using standIn = standInAt(SATURDAY_MORNING, { apiKey: "right" });
  assert.equal((await get(standIn, stocks(FRIDAY, "apiKey=right"), {})).status, 200);
  assert.equal((await get(standIn, stocks(FRIDAY), { authorization: "Bearer right" })).status, 200);
  for (const [path, headers] of [[stocks(FRIDAY), {}], [stocks(FRIDAY, "apiKey=wrong"), {}]] as const) {
    const { status, json } = await get(standIn, path, headers);
    assert.equal(status, 401);
    assert.deepEqual([json["status"], json["error"]], ["ERROR", "Unknown API Key"]);
  }
  standIn.switches.unauthorizedTextIn = "message";
  const { json } = await get(standIn, stocks(FRIDAY), { authorization: "Bearer wrong" });
  assert.deepEqual([json["error"], json["message"]], [undefined, "Unknown API Key"]);
});

Deno.test("404: an unknown path is answered in plain text, and any method but GET", async () => {
  await using standIn = standInAt(SATURDAY_MORNING);
  const { status, text } = await get(standIn, "/v9/nothing");
  assert.deepEqual([status, text], [404, "404 page not found"]);
  const posted = await fetch(standIn.url + stocks(FRIDAY), { method: "POST" });
  assert.deepEqual([posted.status, await posted.text()], [404, "404 page not found"]);
});

Deno.test("calls are recorded as they came, refused or not", async () => {
  await using standIn = standInAt(SATURDAY_MORNING);
  await get(standIn, stocks(FRIDAY));
  await get(standIn, "/v9/nothing?apiKey=x");
  assert.deepEqual(standIn.calls.map(({ method, path, search, status }) => [method, path, search, status]), [
    ["GET", `/v2/aggs/grouped/locale/us/market/stocks/${FRIDAY}`, "?adjusted=false", 200],
    ["GET", "/v9/nothing", "?apiKey=x", 404],
  ]);
  assert.equal(standIn.calls[0]?.headers.get("authorization"), "Bearer stand-in-key");
  assert.equal(standIn.calls[0]?.at.toISOString(), new Date(SATURDAY_MORNING).toISOString());
});

Deno.test("a market of 12,500 stocks is the same at each call, and compressed for those who take it", async () => {
  await using standIn = standInAt(SATURDAY_MORNING, { bars: generatedBars(12_500) });
  const [one, two] = [await get(standIn, stocks(FRIDAY)), await get(standIn, stocks(FRIDAY))];
  const [rows, again] = [one.json["results"] as { T: string }[], two.json["results"]];
  assert.deepEqual(rows, again);
  assert.equal(new Set(rows.map(({ T }) => T)).size, 12_500);
  assert.ok(one.text.length > 1_000_000 && one.text.length < 2_000_000, `${one.text.length}`);
  assert.equal((await get(standIn, stocks("2024-03-03"))).json["count"], 0);
});
