/** What an answer without rows means, by what is known of the day already. */
import assert from "node:assert/strict";
import { marketDayCollection } from "../../../lib/store/market_days.ts";
import { type DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { bar, FRIDAY, type PullTest, startPull } from "./pull_harness.ts";

const ID = `pull-market-day:${FRIDAY}`;
const NOTHING = { written: 0, unchanged: 0, corrected: 0, quarantined: 0, provider_calls: 1 };
const HOUR_MS = 3_600_000;

/** A provider whose rows may be changed. */
async function startWith(...bars: DatedStandInBar[]): Promise<{ test: PullTest; bars: DatedStandInBar[] }> {
  return { test: await startPull({ provider: { bars: () => bars }, assets: ["AAA"] }), bars };
}

for (const emptyResults of ["missing", "empty", "null"] as const) {
  Deno.test(`results are ${emptyResults}: a day that is over was closed`, async () => {
    const { test } = await startWith();
    await using _test = test;
    test.provider.switches.emptyResults = emptyResults;
    const { state, result } = await test.pull(FRIDAY);
    assert.deepEqual([state, result], ["succeeded", { ...NOTHING, closed: true }]);
    assert.equal((await test.read("/market/days")).items[0].status, "closed");
    assert.equal((await test.read("/market/status")).expected_session, "2024-03-07");

    const stored = await test.stored();
    assert.deepEqual((await test.pull(FRIDAY)).result, { ...NOTHING, closed: true });
    assert.deepEqual(await test.stored(), stored);
  });
}

Deno.test("a day that is complete stays so, and is not said to be closed", async () => {
  const { test, bars } = await startWith(bar("AAA", FRIDAY, 2.5));
  await using _test = test;
  await test.pull(FRIDAY);
  const stored = await test.stored();
  bars.pop();
  const { state, result, timeline } = await test.pull(FRIDAY);
  assert.deepEqual([state, result], ["succeeded", { ...NOTHING, closed: false }]);
  assert.ok(timeline.some(({ event }) => event === "provider answered empty"));
  assert.deepEqual(await test.stored(), stored);
  assert.equal((await test.read("/market/status")).expected_session, FRIDAY);
});

Deno.test("a day that was cut off half-way is not closed, but asked for until its rows are there again", async () => {
  const { test, bars } = await startWith();
  await using _test = test;
  await marketDayCollection(test.store).update(`stocks:${FRIDAY}`, () => ({
    ...{ market: "stocks", date: FRIDAY, status: "pending", rows: 0, quarantined: 0, revision: 0, source: "polygon" },
    ...{ fetchedAt: "2024-03-09T09:00:00.000Z", reason: "not all of its rows are stored yet" },
  }));
  const stored = await test.stored();
  const { state, error } = await test.pull(FRIDAY);
  assert.equal(state, "failed");
  assert.equal(error, `malformed: the provider had rows of ${FRIDAY} before, and has none now`);
  assert.deepEqual(await test.stored(), stored);

  bars.push(bar("AAA", FRIDAY, 2.5));
  await test.live(HOUR_MS);
  assert.equal((await test.job(ID)).state, "succeeded");
  assert.equal((await test.read("/market/days")).items[0].status, "complete");
});

Deno.test("a day that was thought to be closed is complete when its rows come after all", async () => {
  const { test, bars } = await startWith();
  await using _test = test;
  await test.pull(FRIDAY);
  bars.push(bar("AAA", FRIDAY, 2.5));
  await test.pull(FRIDAY);
  const { items: [{ status, rows, revision, reason }] } = await test.read("/market/days");
  assert.deepEqual([status, rows, revision, reason], ["complete", 1, 1, null]);
  assert.equal((await test.read("/market/status")).expected_session, FRIDAY);
});

Deno.test("today is not closed because nothing is there yet: it is asked for again within the hour", async () => {
  await using test = await startPull({
    provider: { bars: () => [], switches: { refuseUnfinishedDays: false } },
    now: "2024-03-08T23:00:00.000Z",
  });
  const job = await test.pull(FRIDAY);
  assert.deepEqual([job.state, job.attempts], ["queued", 0]);
  assert.equal(job.error, `not_yet: ${FRIDAY} is not over, and nothing is there`);
  assert.equal(Date.parse(job.due_at) - test.clock.now().getTime(), HOUR_MS);
  assert.deepEqual((await test.read("/market/days")).items, []);
});
