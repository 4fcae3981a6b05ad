/** The nightly pull from end to end, as an administrator asks for it and as the timetable does. */
import assert from "node:assert/strict";
import { tick } from "../lib/jobs/schedule.ts";
import { bar, FRIDAY, type PullTest, startPull, THURSDAY } from "./lib/market/pull_harness.ts";
import { generatedBars } from "./support/provider_stand_in_bars.ts";
import { startService, type TestService } from "./support/service.ts";

const BARS = [
  bar("AAA", THURSDAY, 100.1),
  bar("BBB", THURSDAY, 0.0001),
  bar("AAA", FRIDAY, 103.37),
  bar("BBB", FRIDAY, 0.00012),
  bar("NOT.TRACKED", FRIDAY, 5),
];
const ASSETS = ["AAA", "BBB"];

async function startWithPortfolio(): Promise<PullTest> {
  const test = await startPull({ provider: { bars: BARS }, assets: ASSETS });
  const investments = [{ asset: "AAA", amount: "12345678.12345678" }, { asset: "BBB", amount: "-3" }];
  const created = await test.admin("/portfolios", { method: "POST", body: { name: "P", investments } });
  assert.equal(created.status, 201, await created.text());
  return test;
}

const askFor = (test: TestService, args: unknown, name = "pull-market-day") =>
  test.admin("/jobs", { method: "POST", body: { name, args } });

const enqueueDue = async ({ services }: TestService): Promise<string[]> =>
  (await tick(services, [services.nightlyPull])).map(({ id }) => id);

Deno.test("a pulled day values a portfolio to the last digit, with one call of the provider", async () => {
  await using test = await startWithPortfolio();
  const expected = [
    { date: THURSDAY, value: "1235802380.157723678", prices: ["100.1", "0.0001"] },
    { date: FRIDAY, value: "1276172747.6213673486", prices: ["103.37", "0.00012"] },
  ];
  for (const [i, { date, value, prices }] of expected.entries()) {
    const job = await test.pull(date);
    assert.deepEqual([job.id, job.state, job.error], [`pull-market-day:${date}`, "succeeded", null]);
    assert.deepEqual(job.result, { written: 2, unchanged: 0, corrected: 0, quarantined: 0, provider_calls: 1 });
    assert.deepEqual(job.progress, { done: 2, total: 2 });
    assert.equal(test.provider.calls.length, i + 1);
    const report = await test.read(`/portfolios/1/sectors?as_of=${date}`);
    assert.deepEqual([report.as_of, report.market_value, report.warnings], [date, value, []]);
    const { investments } = report.sectors[0];
    assert.deepEqual(investments.map(({ price }: { price: string }) => price), prices);
  }
  const { items } = await test.read("/market/days");
  const day = {
    market: "stocks",
    status: "complete",
    rows: 2,
    quarantined: 0,
    revision: 1,
    source: "polygon",
    reason: null,
  };
  assert.deepEqual(items, [
    { date: FRIDAY, ...day, fetched_at: "2024-03-09T10:02:00.000Z" },
    { date: THURSDAY, ...day, fetched_at: "2024-03-09T10:01:00.000Z" },
  ]);
  const status = await test.read("/market/status");
  assert.deepEqual([status.last_session, status.expected_session, status.up_to_date], [FRIDAY, FRIDAY, true]);
  assert.deepEqual([status.provider.state, status.provider.last_outcome, status.provider.reason], ["well", "ok", null]);
  assert.deepEqual([status.last_pull.job_id, status.last_pull.state], [`pull-market-day:${FRIDAY}`, "succeeded"]);
});

Deno.test("a day that is pulled again is left as it is, its record and the market version too", async () => {
  await using test = await startWithPortfolio();
  await test.pull(FRIDAY);
  const [stored, status] = [await test.stored(), await test.read("/market/status")];
  const again = await test.pull(FRIDAY);
  assert.equal(again.state, "succeeded");
  assert.deepEqual(again.result, { written: 0, unchanged: 2, corrected: 0, quarantined: 0, provider_calls: 1 });
  assert.equal(test.provider.calls.length, 2);
  assert.deepEqual(await test.stored(), stored);
  assert.equal((await test.read("/market/status")).market_version, status.market_version);
});

Deno.test("a price that was corrected raises the day's revision", async () => {
  const bars = [bar("AAA", FRIDAY, 10)];
  await using test = await startPull({ provider: { bars: () => bars }, assets: ASSETS });
  await test.pull(FRIDAY);
  bars[0] = bar("AAA", FRIDAY, 10.01);
  const { result } = await test.pull(FRIDAY);
  assert.deepEqual(result, { written: 1, unchanged: 0, corrected: 1, quarantined: 0, provider_calls: 1 });
  const { items: [day] } = await test.read("/market/days");
  assert.deepEqual([day.status, day.revision, day.fetched_at], ["complete", 2, "2024-03-09T10:02:00.000Z"]);
  const { items: [stored] } = await test.read("/assets/AAA/historic-values");
  assert.deepEqual([stored.close, stored.source], ["10.01", "polygon"]);
});

Deno.test("without a date, the id names the newest session whose day is over in New York", async () => {
  const cases = [
    { now: "2024-03-10T12:00:00Z", when: "on a Sunday", session: FRIDAY },
    { now: "2024-03-11T12:00:00Z", when: "on a Monday", session: FRIDAY },
    { now: "2024-03-09T04:59:59Z", when: "a second before midnight", session: THURSDAY },
    { now: "2024-03-09T05:00:00Z", when: "at midnight", session: FRIDAY },
    { now: "2024-07-03T03:59:59Z", when: "a second before midnight, in summer", session: "2024-07-01" },
    { now: "2024-07-03T04:00:00Z", when: "at midnight, in summer", session: "2024-07-02" },
  ];
  for (const { now, when, session } of cases) {
    await using test = await startPull({ now });
    const answer = await askFor(test, {});
    assert.equal(answer.status, 202, when);
    assert.equal(answer.headers.get("location"), `/jobs/pull-market-day:${session}`, when);
    const { id, args } = await answer.json();
    assert.deepEqual([id, args], [`pull-market-day:${session}`, { date: session }], when);
  }
});

Deno.test("a weekday of which the provider has nothing was closed, and the newest session is the one before it", async () => {
  await using test = await startPull({ provider: { bars: BARS }, now: "2024-07-05T10:00:00Z" });
  const { id, state, result } = await test.pull();
  assert.deepEqual([id, state], ["pull-market-day:2024-07-04", "succeeded"]);
  assert.deepEqual(result, {
    ...{ written: 0, unchanged: 0, corrected: 0, quarantined: 0, provider_calls: 1 },
    closed: true,
  });
  const { items } = await test.read("/market/days");
  assert.deepEqual(items, [{
    ...{
      market: "stocks",
      date: "2024-07-04",
      status: "closed",
      rows: 0,
      quarantined: 0,
      revision: 0,
      source: "polygon",
    },
    ...{ fetched_at: "2024-07-05T10:01:00.000Z", reason: "the provider has no rows of this day" },
  }]);
  assert.equal((await test.read("/market/status")).expected_session, "2024-07-03");
  assert.equal((await (await askFor(test, {})).json()).id, "pull-market-day:2024-07-03");
});

Deno.test("422 for a day to come, a date that is none, an unknown argument and an unknown job", async () => {
  await using test = await startPull({ now: "2024-03-09T04:59:59Z" });
  const refused = [
    [{ date: "2024-03-09" }, "/args/date", /must not be in the future/],
    [{ date: "2024-02-30" }, "/args/date", /must be a day of the calendar/],
    [{ date: 20240308 }, "/args/date", /./],
    [{ day: FRIDAY }, "/args/day", /"day" is not known here/],
  ] as const;
  for (const [args, pointer, detail] of refused) {
    const answer = await askFor(test, args);
    assert.equal(answer.status, 422, JSON.stringify(args));
    const { errors: [error] } = await answer.json();
    assert.equal(error.pointer, pointer, JSON.stringify(args));
    assert.match(error.detail, detail);
  }
  const unknown = await askFor(test, {}, "pull-the-moon");
  assert.equal(unknown.status, 422);
  assert.match((await unknown.json()).errors[0].detail, /"pull-the-moon"; there are: pull-market-day/);
  assert.deepEqual((await test.read("/jobs")).items, []);
});

Deno.test("03:00 in New York: the pull is asked for once, at the time itself and not before", async () => {
  await using test = await startPull({ provider: { bars: BARS }, assets: ASSETS, now: "2024-03-08T08:00:00.000Z" });
  assert.deepEqual(await enqueueDue(test), [`pull-market-day:${THURSDAY}`]);
  await test.clock.advance(86_400_000 - 1);
  assert.deepEqual(await enqueueDue(test), []);
  await test.clock.advance(1);
  const asked = await Promise.all([enqueueDue(test), enqueueDue(test)]);
  assert.deepEqual(asked.flat(), [`pull-market-day:${FRIDAY}`]);
  const { nightly_pull } = await test.read("/market/status");
  assert.deepEqual(nightly_pull, {
    ...{ at: "03:00", time_zone: "America/New_York", disabled_because: null },
    ...{ last_due_at: "2024-03-09T08:00:00.000Z", last_job_id: `pull-market-day:${FRIDAY}` },
    // The clocks go forward that night.
    next_due_at: "2024-03-10T07:00:00.000Z",
  });
});

Deno.test("a pull that was missed is asked for at the next start; of several, the newest", async () => {
  await using test = await startPull({ now: "2024-03-06T08:00:00Z" });
  assert.deepEqual(await enqueueDue(test), ["pull-market-day:2024-03-05"]);
  await test.clock.advance(3 * 86_400_000 + 12 * 3_600_000);
  assert.deepEqual(await enqueueDue(test), [`pull-market-day:${FRIDAY}`]);
  assert.equal((await test.read("/jobs")).items.length, 2);
  assert.equal((await test.read("/market/status")).nightly_pull.last_due_at, "2024-03-09T08:00:00.000Z");
});

Deno.test("on the nights when the clocks change there is one pull, at 03:00 as they show it", async () => {
  const nights = [
    { from: "2024-03-09T12:00:00Z", due: ["2024-03-10T07:00:00.000Z", "2024-03-11T07:00:00.000Z"], session: FRIDAY },
    {
      from: "2024-11-02T12:00:00Z",
      due: ["2024-11-03T08:00:00.000Z", "2024-11-04T08:00:00.000Z"],
      session: "2024-11-01",
    },
  ];
  for (const { from, due, session } of nights) {
    await using test = await startPull({ provider: { bars: generatedBars(1) }, now: from });
    await enqueueDue(test);
    const asked: string[] = [];
    for (let halfHours = 0; halfHours < 2 * 46; halfHours++) {
      await test.clock.until(test.worker.runDue());
      await test.clock.advance(30 * 60_000);
      for (const id of await enqueueDue(test)) {
        assert.equal(id, `pull-market-day:${session}`);
        asked.push(test.clock.now().toISOString());
      }
    }
    assert.deepEqual(asked, due);
  }
});

Deno.test("without a provider nothing is asked for, and the status says why", async () => {
  await using test = await startService();
  assert.deepEqual(await enqueueDue(test), []);
  const answer = await test.request("/market/status");
  assert.equal(answer.status, 200);
  const { provider, nightly_pull, last_pull, up_to_date } = await answer.json();
  assert.equal(
    nightly_pull.disabled_because,
    "neither POLYGON_API_KEY nor BARS_DIR is set, so there is no provider to ask",
  );
  assert.deepEqual([provider.name, provider.state], [null, "not_configured"]);
  assert.deepEqual([last_pull, up_to_date], [null, false]);

  const { id } = await (await askFor(test, { date: "2021-11-05" })).json();
  await test.worker.runDue();
  const { state, error } = await (await test.admin(`/jobs/${id}`)).json();
  assert.deepEqual([state, error], [
    "dead",
    "neither POLYGON_API_KEY nor BARS_DIR is set, so there is no provider to ask",
  ]);
});
