import assert from "node:assert/strict";
import { type Holiday } from "./provider_stand_in_route.ts";
import { startProviderStandIn } from "./provider_stand_in.ts";

const HOLIDAYS: readonly Holiday[] = [
  { date: "2024-11-29", name: "Thanksgiving", status: "early-close" },
  { date: "2024-11-28", name: "Thanksgiving", status: "closed" },
  { date: "2024-07-04", name: "Independence Day", status: "closed" },
];

async function ask(instant: string, path: string) {
  await using standIn = startProviderStandIn({ now: () => new Date(instant), holidays: HOLIDAYS });
  const response = await fetch(`${standIn.url}${path}?apiKey=${standIn.apiKey}`);
  assert.equal(response.status, 200);
  return await response.json();
}

Deno.test("now: open, extended hours and closed, by New York's clock", async () => {
  const cases: [string, string, { afterHours?: true; earlyHours?: true }][] = [
    ["2024-03-08T08:59:59Z", "closed", {}],
    ["2024-03-08T09:00:00Z", "extended-hours", { earlyHours: true }],
    ["2024-03-08T14:30:00Z", "open", {}],
    ["2024-03-08T20:59:59Z", "open", {}],
    ["2024-03-08T21:00:00Z", "extended-hours", { afterHours: true }],
    ["2024-03-09T01:00:00Z", "closed", {}],
    ["2024-03-09T16:00:00Z", "closed", {}],
    ["2024-03-11T20:00:00Z", "extended-hours", { afterHours: true }],
    ["2024-11-28T16:00:00Z", "closed", {}],
    ["2024-11-29T17:59:00Z", "open", {}],
    ["2024-11-29T18:00:00Z", "extended-hours", { afterHours: true }],
  ];
  for (const [instant, market, { afterHours = false, earlyHours = false }] of cases) {
    const body = await ask(instant, "/v1/marketstatus/now");
    assert.deepEqual([body.market, body.exchanges.nyse], [market, market], instant);
    assert.deepEqual([body.afterHours, body.earlyHours], [afterHours, earlyHours], instant);
  }
});

Deno.test("now: the server's time with New York's offset; currencies rest from Friday to Sunday evening", async () => {
  const cases = [
    ["2024-03-08T21:59:59.123Z", "2024-03-08T16:59:59-05:00", "open"],
    ["2024-03-08T22:00:00Z", "2024-03-08T17:00:00-05:00", "closed"],
    ["2024-03-09T22:00:00Z", "2024-03-09T17:00:00-05:00", "closed"],
    ["2024-03-10T20:59:59Z", "2024-03-10T16:59:59-04:00", "closed"],
    ["2024-03-10T21:00:00Z", "2024-03-10T17:00:00-04:00", "open"],
  ];
  for (const [instant = "", serverTime, fx] of cases) {
    const body = await ask(instant, "/v1/marketstatus/now");
    assert.deepEqual([body.serverTime, body.currencies], [serverTime, { crypto: "open", fx }]);
  }
});

Deno.test("upcoming: a bare array, by date and exchange, without the past", async () => {
  const closed = { date: "2024-11-28", name: "Thanksgiving", status: "closed" };
  const early = {
    date: "2024-11-29",
    name: "Thanksgiving",
    status: "early-close",
    open: "2024-11-29T14:30:00.000Z",
    close: "2024-11-29T18:00:00.000Z",
  };
  assert.deepEqual(await ask("2024-08-01T12:00:00Z", "/v1/marketstatus/upcoming"), [
    { ...closed, exchange: "NYSE" },
    { ...closed, exchange: "NASDAQ" },
    { ...early, exchange: "NYSE" },
    { ...early, exchange: "NASDAQ" },
  ]);
  assert.deepEqual(await ask("2025-01-01T12:00:00Z", "/v1/marketstatus/upcoming"), []);
});
