import assert from "node:assert/strict";
import fc from "fast-check";
import type { Outcome, Provider, Span } from "../../../lib/market/provider.ts";
import { generatedBars } from "../../support/provider_stand_in_bars.ts";
import { newYorkMs } from "../../support/provider_stand_in_clock.ts";
import {
  AAPL,
  callWith,
  fetchOf,
  FRIDAY,
  offered,
  polygonAt,
  reasonOf,
  standInWith,
  valueOf,
} from "./polygon_harness.ts";

const NO_CALL = { url: "http://provider.invalid" };

const range = (provider: Provider, symbol: string, { from, to }: Span) =>
  offered(provider.range)({ symbol, from, to }, callWith());

const datesOf = (outcome: Outcome<readonly { date: string }[]>) => valueOf(outcome).map(({ date }) => date);

Deno.test("ok: raw bars with their New York sessions, on both sides of daylight saving", async () => {
  const dates = ["2023-11-03", "2023-11-06", FRIDAY, "2024-03-11"];
  await using standIn = standInWith({
    now: () => new Date("2024-03-12T08:00:00Z"),
    bars: dates.map((date) => ({ ...AAPL, date })),
    splits: [{ symbol: "AAPL", date: "2024-03-11", ratio: 4 }],
  });
  const outcome = await range(polygonAt(standIn), "AAPL", { from: "2023-11-01", to: "2024-03-11" });
  assert.deepEqual(valueOf(outcome), dates.map((date) => ({ ...AAPL, vwap: null, date })));
  assert.deepEqual(standIn.calls.map(({ path, search }) => path + search), [
    "/v2/aggs/ticker/AAPL/range/1/day/2023-11-01/2024-03-11?adjusted=false&sort=asc&limit=50000",
  ]);
});

Deno.test("ok: UTC days for crypto and currencies; symbols are encoded and case-sensitive", async () => {
  const symbols = ["X:BTCUSD", "C:EURUSD", "BRK.B", "KIMpL", "A/B?C#D%41"];
  await using standIn = standInWith({
    bars: symbols.map((symbol) => ({ ...AAPL, symbol, date: FRIDAY })),
    switches: { callsPerMinute: 0 },
  });
  for (const symbol of symbols) {
    const [bar] = valueOf(await range(polygonAt(standIn), symbol, { from: "2024-03-04", to: FRIDAY }));
    assert.deepEqual([bar?.symbol, bar?.date], [symbol, FRIDAY]);
  }
  const other = await range(polygonAt(standIn), "KIMPL", { from: "2024-03-04", to: FRIDAY });
  assert.deepEqual(other, { type: "empty" });
});

Deno.test("ok: years in one call, and as many pages as the provider makes of them", async () => {
  await using standIn = standInWith({ bars: generatedBars(2), switches: { callsPerMinute: 0 } });
  const span = { from: "2022-03-09", to: FRIDAY };
  const whole = await range(polygonAt(standIn), "AAAAB", span);
  assert.equal(valueOf(whole).length, 523);
  assert.equal(standIn.calls.length, 1);
  Object.assign(standIn.switches, { maxPageRows: 100, nextUrlHost: "another" });
  assert.deepEqual(await range(polygonAt(standIn), "AAAAB", span), whole);
  assert.equal(standIn.calls.length, 7);
});

Deno.test("empty: a symbol that nobody knows, and a span without sessions", async () => {
  await using standIn = standInWith();
  assert.deepEqual(await range(polygonAt(standIn), "NOBODY", { from: "2024-03-04", to: FRIDAY }), { type: "empty" });
  assert.deepEqual(await range(polygonAt(standIn), "AAPL", { from: "2024-03-02", to: "2024-03-03" }), {
    type: "empty",
  });
});

Deno.test("the plan's history: refused as a whole, or clipped so that the first bar tells", async () => {
  await using standIn = standInWith({ bars: generatedBars(1), switches: { historyYears: 2 } });
  const span = { from: "2020-01-01", to: FRIDAY };
  assert.match(reasonOf(await range(polygonAt(standIn), "AAAAA", span), "too_old"), /data timeframe/);
  standIn.switches.historyEdge = "clipped";
  assert.equal(datesOf(await range(polygonAt(standIn), "AAAAA", span))[0], "2022-03-09");
});

Deno.test("not_yet: a span that ends on a day that is not over", async () => {
  await using standIn = standInWith({ now: () => new Date("2024-03-09T03:00:00Z") });
  reasonOf(await range(polygonAt(standIn), "AAPL", { from: "2024-03-04", to: FRIDAY }), "not_yet");
});

Deno.test("rejected: what would lead elsewhere, or nowhere, is not asked for", async () => {
  const fetch = fetchOf({ status: "OK" });
  const polygon = polygonAt(NO_CALL, { fetch });
  const week = { from: "2024-03-04", to: FRIDAY };
  for (const symbol of ["", "..", ".", "A B", "A\u0000", "\ud800"]) {
    reasonOf(await range(polygon, symbol, week), "rejected");
  }
  reasonOf(await range(polygon, "AAPL", { from: "2024-03-4", to: FRIDAY }), "rejected");
  const reason = reasonOf(await range(polygon, "AAPL", { from: FRIDAY, to: "2024-03-07" }), "rejected");
  assert.equal(reason, "the span ends on 2024-03-07, before it begins on 2024-03-08");
  assert.deepEqual(fetch.urls, []);
});

Deno.test("ok: garbage rows keep the good one, and stand first where they have no day", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "garbage_rows" });
  const bars = valueOf(await range(polygonAt(standIn), "AAPL", { from: "2024-03-04", to: FRIDAY }));
  assert.ok(bars.every(({ symbol }) => symbol === "AAPL"));
  assert.deepEqual(bars.at(-1), { ...AAPL, vwap: null, date: FRIDAY });
  assert.equal(bars.filter(({ date }) => date === "").length, 5);
});

Deno.test("a session is the day on which it starts, whatever the season", async () => {
  const day = fc.date({ min: new Date("1971-01-01"), max: new Date("2037-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  await fc.assert(fc.asyncProperty(fc.array(day, { minLength: 1 }), async (dates) => {
    const rows = (start: (date: string) => number) => ({
      status: "OK",
      results: dates.map((date) => ({ t: start(date) })),
    });
    const stock = polygonAt(NO_CALL, { fetch: fetchOf(rows((date) => newYorkMs(date, "00:00"))) });
    const coin = polygonAt(NO_CALL, { fetch: fetchOf(rows(Date.parse)) });
    const all = { from: "1971-01-01", to: "2037-12-31" };
    assert.deepEqual(datesOf(await range(stock, "AAPL", all)), dates.toSorted());
    assert.deepEqual(datesOf(await range(coin, "X:BTCUSD", all)), dates.toSorted());
  }));
});

Deno.test("whatever bars there are come through, page by page, to the last bit", async () => {
  const price = fc.double({ noNaN: true, noDefaultInfinity: true });
  const bar = fc.record({
    date: fc.integer({ min: 1, max: 60 }).map((day) =>
      Temporal.PlainDate.from("2024-01-01").add({ days: day }).toString()
    ),
    ...{
      symbol: fc.constant("X:BTCUSD"),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: price,
      vwap: price,
    },
  });
  const bars = fc.uniqueArray(bar, { selector: ({ date }) => date, minLength: 1, maxLength: 20 });
  let today: readonly {
    date: string;
    symbol: string;
    open: number;
    high: number;
    low: number;
    close: number;
    volume: number;
  }[] = [];
  await using standIn = standInWith({
    bars: (_, date) => today.filter((bar) => bar.date === date),
    switches: { callsPerMinute: 0 },
  });
  const polygon = polygonAt(standIn);
  await fc.assert(
    fc.asyncProperty(bars, fc.nat(5), async (sent, maxPageRows) => {
      today = sent;
      standIn.switches.maxPageRows = maxPageRows;
      const outcome = await range(polygon, "X:BTCUSD", { from: "2024-01-02", to: "2024-03-01" });
      const expected = sent.toSorted((a, b) => a.date < b.date ? -1 : 1);
      assert.deepEqual(JSON.stringify(valueOf(outcome).map(inOrder)), JSON.stringify(expected.map(inOrder)));
    }),
    { numRuns: 40 },
  );
});

/** JSON has one zero. */
const inOrder = (bar: object) => Object.entries(bar).toSorted();
