/** What waits in quarantine, as administrators see it and decide on it. */
import assert from "node:assert/strict";
import {
  assertAgrees,
  bar,
  FRIDAY,
  type Json,
  type PullTest,
  startPull,
  THURSDAY,
} from "../lib/market/pull_harness.ts";
import { assertProblem, assertRefused, bodyOf } from "../support/answers.ts";
import type { DatedStandInBar } from "../support/provider_stand_in_bars.ts";

const WEDNESDAY = "2024-03-06";
const MONDAY = "2024-03-11";
/** After Monday's session. */
const TUESDAY_MORNING = "2024-03-12T10:00:00.000Z";

const LOW_ABOVE_HIGH = { open: 1, high: 1, low: 2, close: 1 };

interface Given {
  readonly bars: readonly DatedStandInBar[] | (() => readonly DatedStandInBar[]);
  readonly days: readonly string[];
}

/** A service whose provider has these bars, after these days were pulled. */
async function startPulled({ bars, days }: Given): Promise<PullTest> {
  const source = () => typeof bars === "function" ? bars() : bars;
  const test = await startPull({
    now: TUESDAY_MORNING,
    assets: ["AAA", "BBB"],
    provider: {
      bars: (market, date) => market === "stocks" ? source().filter((row) => row.date === date) : [],
      switches: { callsPerMinute: 0 },
    },
  });
  for (const day of days) assert.equal((await test.pull(day)).state, "succeeded");
  return test;
}

const listed = async (test: PullTest, query = ""): Promise<Json[]> =>
  (await bodyOf<{ items: Json[] }>(await test.admin(`/market/quarantine${query}`))).items;

async function onlyId(test: PullTest, query = "?state=waiting"): Promise<string> {
  const items = await listed(test, query);
  assert.equal(items.length, 1, JSON.stringify(items));
  return items[0].id;
}

const decide = (test: PullTest, id: string, word: "accept" | "reject", body?: Json): Promise<Response> =>
  test.admin(`/market/quarantine/${id}/${word}`, { method: "POST", ...(body !== undefined && { body }) });

const closesOf = async (test: PullTest, symbol: string): Promise<string[]> =>
  (await test.read(`/assets/${symbol}/historic-values`)).items.map(({ close }: Json) => close);

async function dayOf(test: PullTest, date: string): Promise<Json> {
  const { rows, quarantined, revision } = await test.read(`/market/days/${date}`);
  return { rows, quarantined, revision };
}

/** 120 % more from one day to the next. */
const DOUBLED = [
  bar("AAA", THURSDAY, 10),
  bar("BBB", THURSDAY, 5),
  bar("AAA", FRIDAY, 22),
  bar("BBB", FRIDAY, 5.1),
  bar("AAA", MONDAY, 23),
  bar("BBB", MONDAY, 5.2),
];

Deno.test("a jump waits with both prices, and accepted it is stored as it was sent; the rows after it are looked at again", async () => {
  await using test = await startPulled({ bars: DOUBLED, days: [THURSDAY, FRIDAY, MONDAY] });
  const [monday, friday] = await listed(test);
  assert.deepEqual(friday, {
    ...{ id: friday.id, kind: "bar", asset: "AAA", date: FRIDAY, state: "waiting", reason: "price_jump" },
    row: { open: "22", high: "22", low: "22", close: "22", volume: "1234.5", vwap: null },
    compared_with: { price: "10", date: THURSDAY },
    ...{ source: "polygon", recorded_at: friday.recorded_at, decided_by: null, decided_at: null, corrected: null },
  });
  assert.deepEqual([monday.date, monday.compared_with], [MONDAY, { price: "10", date: THURSDAY }]);
  assert.deepEqual(await closesOf(test, "AAA"), ["10"]);
  assert.deepEqual(await dayOf(test, FRIDAY), { rows: 1, quarantined: 1, revision: 1 });
  assert.equal((await test.read("/market/status")).quarantine_waiting, 2);

  const accepted = await bodyOf<Json>(await decide(test, friday.id, "accept"));
  assert.deepEqual([accepted.state, accepted.decided_by, accepted.corrected], ["accepted", "usr_system", null]);
  assert.deepEqual(await closesOf(test, "AAA"), ["10", "22", "23"]);
  assert.deepEqual(await dayOf(test, FRIDAY), { rows: 2, quarantined: 0, revision: 2 });
  assert.deepEqual(await dayOf(test, MONDAY), { rows: 2, quarantined: 0, revision: 2 });
  assert.equal((await test.read("/market/status")).quarantine_waiting, 0);
  assert.deepEqual((await listed(test)).map(({ id, state }) => [id, state]), [[friday.id, "accepted"]]);
  await assertAgrees(test.services);
});

for (
  const [kind, row] of [
    ["splits", { execution_date: FRIDAY, split_from: "22", split_to: "10" }],
    ["dividends", { ex_dividend_date: FRIDAY, cash_amount: "5" }],
  ] as const
) {
  Deno.test(`${kind} put in by hand that explain a jump let its bars out at once`, async () => {
    const bars = [bar("AAA", THURSDAY, 10), bar("AAA", FRIDAY, kind === "splits" ? 22 : 4.5), bar("BBB", FRIDAY, 5)];
    await using test = await startPulled({ bars, days: [THURSDAY, FRIDAY] });
    assert.deepEqual(await closesOf(test, "AAA"), ["10"]);
    const put = () => test.admin(`/assets/AAA/${kind}`, { method: "PUT", body: { items: [row] } });
    assert.deepEqual(await bodyOf(await put()), { written: 1, unchanged: 0, quarantined: [] });
    assert.deepEqual(await closesOf(test, "AAA"), ["10", kind === "splits" ? "22" : "4.5"]);
    assert.deepEqual(await listed(test), []);
    assert.deepEqual(await dayOf(test, FRIDAY), { rows: 2, quarantined: 0, revision: 2 });
    assert.deepEqual(await bodyOf(await put()), { written: 0, unchanged: 1, quarantined: [] });
    await assertAgrees(test.services);
  });
}

Deno.test("what was decided holds when the same row is sent again", async () => {
  await using test = await startPulled({ bars: DOUBLED, days: [THURSDAY, FRIDAY] });
  const id = await onlyId(test);
  await bodyOf(await decide(test, id, "accept"));
  const again = await test.pull(FRIDAY);
  assert.deepEqual(again.result, {
    ...{ written: 0, unchanged: 2, corrected: 0, quarantined: 0 },
    provider_calls: 1,
  });
  assert.deepEqual(await dayOf(test, FRIDAY), { rows: 2, quarantined: 0, revision: 2 });
});

Deno.test("a row that was rejected is left out and counted, and another one in its place is judged anew", async () => {
  const bars = [bar("AAA", THURSDAY, 10), bar("AAA", FRIDAY, 22)];
  await using test = await startPulled({ bars: () => bars, days: [THURSDAY, FRIDAY] });
  const id = await onlyId(test);
  assert.equal((await bodyOf<Json>(await decide(test, id, "reject"))).state, "rejected");
  assert.deepEqual(await dayOf(test, FRIDAY), { rows: 0, quarantined: 0, revision: 1 });
  const again = await test.pull(FRIDAY);
  assert.deepEqual(again.result, {
    ...{ written: 0, unchanged: 0, corrected: 0, quarantined: 0, rejected: 1 },
    provider_calls: 1,
  });
  assert.deepEqual(await listed(test, "?state=waiting"), []);

  bars[1] = bar("AAA", FRIDAY, 21);
  await test.pull(FRIDAY);
  assert.notEqual(await onlyId(test), id);
  bars[1] = bar("AAA", FRIDAY, 11);
  await test.pull(FRIDAY);
  assert.deepEqual(await closesOf(test, "AAA"), ["10", "11"]);
  assert.deepEqual((await listed(test)).map(({ state }) => state), ["rejected"]);
  bars[1] = bar("AAA", FRIDAY, 22);
  await test.pull(FRIDAY);
  assert.deepEqual(await closesOf(test, "AAA"), ["10", "11"]);
  await assertAgrees(test.services);
});

Deno.test("the same decision twice changes nothing; the other one is 409", async () => {
  await using test = await startPulled({ bars: DOUBLED, days: [THURSDAY, FRIDAY] });
  const id = await onlyId(test);
  const first = await (await decide(test, id, "reject")).json();
  const stored = await test.stored();
  assert.deepEqual(await bodyOf(await decide(test, id, "reject")), first);
  assert.deepEqual(await test.stored(), stored);
  const problem = await assertRefused(test, () => decide(test, id, "accept"), "conflict");
  assert.match(String(problem["detail"]), /^It was rejected by usr_system at 2024-03-12T/);
});

Deno.test("a row that fails a check of its values can be accepted only with others, which are held against the same checks", async () => {
  const bars = [bar("AAA", THURSDAY, 10), { ...bar("AAA", FRIDAY, 10), ...LOW_ABOVE_HIGH }];
  await using test = await startPulled({ bars, days: [THURSDAY, FRIDAY] });
  const id = await onlyId(test);
  const refused: [body: Json | undefined, pointer: string, detail: RegExp][] = [
    [undefined, "/bar", /^is required: as it was sent the bar cannot be stored: high_below_low$/],
    [{}, "/bar", /^is required/],
    [{ bar: {} }, "/bar/close", /must be a decimal/],
    [{ bar: { close: "x" } }, "/bar/close", /is not a decimal/],
    [{ bar: { high: "9", low: "10", close: "10" } }, "/bar/high", /high_below_low/],
    [{ bar: { high: "9", close: "10" } }, "/bar/close", /close_outside_range/],
    [{ bar: { open: "8", low: "9", close: "10" } }, "/bar/open", /open_outside_range/],
    [{ bar: { open: "0", close: "10" } }, "/bar/open", /not_positive/],
    [{ bar: { close: "10", volume: "-1" } }, "/bar/volume", /negative_volume/],
    [{ bar: { close: "10", date: FRIDAY } }, "/bar/date", /is not known here/],
    [{ split: { split_from: "1", split_to: "2" } }, "/split", /this is a bar/],
    [{ bar: { close: "10" }, split: { split_from: "1", split_to: "2" } }, "", /one thing/],
  ];
  for (const [body, pointer, detail] of refused) {
    const { errors } = await assertRefused(test, () => decide(test, id, "accept", body), "validation-failed") as Json;
    assert.equal(errors[0].pointer, pointer, JSON.stringify(body));
    assert.match(errors[0].detail, detail, JSON.stringify(body));
  }
  const correction = { bar: { open: "10", high: "10.5", low: "9.5", close: "10.25", volume: "100" } };
  const accepted = await bodyOf<Json>(await decide(test, id, "accept", correction));
  assert.deepEqual(accepted.corrected, { ...correction.bar, vwap: null });
  const { items } = await test.read(`/assets/AAA/historic-values?from=${FRIDAY}`);
  assert.deepEqual([items[0].close, items[0].high, items[0].source], ["10.25", "10.5", "manual"]);
  // As it was sent, it is still what was settled.
  const again = await test.pull(FRIDAY);
  assert.deepEqual([(again.result as Json).unchanged, (again.result as Json).quarantined], [1, 0]);
  assert.deepEqual(await closesOf(test, "AAA"), ["10", "10.25"]);
  await bodyOf(await decide(test, id, "accept", correction));
  await bodyOf(await decide(test, id, "accept"));
  await assertProblem(await decide(test, id, "accept", { bar: { close: "11" } }), "conflict");
});

Deno.test("lists by state, asset, date and kind, page by page, newest date first", async () => {
  const bars = [
    ...[bar("AAA", WEDNESDAY, 10), bar("BBB", WEDNESDAY, 10)],
    ...[bar("AAA", THURSDAY, 30), bar("BBB", THURSDAY, 30), bar("AAA", FRIDAY, 31), bar("BBB", FRIDAY, 10)],
  ];
  await using test = await startPulled({ bars, days: [WEDNESDAY, THURSDAY, FRIDAY] });
  const seen = async (query: string) => (await listed(test, query)).map(({ asset, date }) => `${asset} ${date}`);
  assert.deepEqual(await seen(""), [`AAA ${FRIDAY}`, `BBB ${THURSDAY}`, `AAA ${THURSDAY}`]);
  assert.deepEqual(await seen("?asset=AAA"), [`AAA ${FRIDAY}`, `AAA ${THURSDAY}`]);
  assert.deepEqual(await seen(`?date=${FRIDAY}`), [`AAA ${FRIDAY}`]);
  assert.deepEqual(await seen(`?asset=BBB&date=${FRIDAY}`), []);
  assert.deepEqual(await seen("?asset=NONE"), []);
  assert.deepEqual(await seen("?kind=split"), []);
  await decide(test, (await listed(test, "?asset=BBB"))[0].id, "reject");
  assert.deepEqual(await seen("?state=rejected"), [`BBB ${THURSDAY}`]);
  const first = await bodyOf<Json>(await test.admin("/market/quarantine?state=waiting&limit=1"));
  const next = await bodyOf<Json>(
    await test.admin(`/market/quarantine?state=waiting&limit=1&cursor=${encodeURIComponent(first.next_cursor)}`),
  );
  assert.deepEqual([...first.items, ...next.items].map(({ date }: Json) => date), [FRIDAY, THURSDAY]);
  assert.equal(next.next_cursor, undefined);
  for (const query of ["state=gone", "kind=x", "asset=A B", "date=2024-02-30", "limit=0", "q=1"]) {
    await assertProblem(await test.admin(`/market/quarantine?${query}`), "validation-failed");
  }
});

Deno.test("401 for strangers, 404 for what is not there", async () => {
  await using test = await startPulled({ bars: DOUBLED, days: [THURSDAY, FRIDAY] });
  const id = await onlyId(test);
  const asked: [method: string, path: string][] = [
    ["GET", ""],
    ["GET", `/${id}`],
    ["POST", `/${id}/accept`],
    ["POST", `/${id}/reject`],
  ];
  for (const [method, path] of asked) {
    await assertProblem(await test.request(`/market/quarantine${path}`, { method }), "unauthorized");
  }
  const nobody = `/market/quarantine/${FRIDAY}:9:bar:000000000000`;
  await assertProblem(await test.admin(nobody), "not-found");
  for (const word of ["accept", "reject"]) {
    await assertProblem(await test.admin(`${nobody}/${word}`, { method: "POST" }), "not-found");
  }
});

Deno.test("what a deleted asset had in quarantine goes with it", async () => {
  await using test = await startPulled({ bars: DOUBLED, days: [THURSDAY, FRIDAY] });
  assert.equal((await test.admin("/assets/AAA", { method: "DELETE" })).status, 204);
  assert.deepEqual(await listed(test), []);
  await assertAgrees(test.services);
});

Deno.test("a portfolio is valued at the last good price, and told which row is in quarantine", async () => {
  await using test = await startPulled({ bars: DOUBLED, days: [THURSDAY, FRIDAY] });
  const body = { name: "P", investments: [{ asset: "AAA", amount: "3" }] };
  await bodyOf(await test.admin("/portfolios", { method: "POST", body }), 201);
  const id = await onlyId(test);
  const detail = `AAA: the row of ${FRIDAY} is in quarantine (${id}); its last good price, of ${THURSDAY}, is used`;
  const analyses = [`valuations?from=${THURSDAY}`, `risk?from=${THURSDAY}`, "risk/scenarios?shock=AAA:-0.1"];
  const stale = async (path: string): Promise<string[]> => {
    const { warnings } = await test.read(`/portfolios/1/${path}`);
    return warnings.filter(({ code }: Json) => code === "stale_price").map((warning: Json) => warning.detail);
  };
  for (const path of ["sectors?", ...analyses.map((analysis) => `${analysis}&`)]) {
    for (const query of ["", `as_of=${FRIDAY}`]) assert.deepEqual(await stale(path + query), [detail], path + query);
    assert.deepEqual(await stale(`${path}as_of=${THURSDAY}`), [], path);
  }
  const [before, waited] = ["2021-11-01T00:00:00Z", test.clock.now().toISOString()];
  await test.clock.advance(1_000);
  await decide(test, id, "reject");
  assert.deepEqual((await test.read("/portfolios/1/sectors")).warnings, []);
  for (const analysis of analyses) {
    assert.deepEqual(await stale(analysis), [], analysis);
    assert.deepEqual(await stale(`${analysis}&known_at=${waited}`), [detail], analysis);
    assert.deepEqual(await stale(`${analysis}&known_at=${before}`), [], analysis);
    assert.deepEqual(await stale(`${analysis}&known_at=${test.clock.now().toISOString()}`), [], analysis);
  }
});
