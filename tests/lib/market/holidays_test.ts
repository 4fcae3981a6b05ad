/** Coming holidays: fetched, kept, and no day that anybody is asked for. */
import assert from "node:assert/strict";
import { sessionsOver } from "../../../lib/market/calendar.ts";
import { holidayCollection } from "../../../lib/store/holidays.ts";
import type { Holiday } from "../../support/provider_stand_in_route.ts";
import { assertAgrees, bar, type PullTest, startPull } from "./pull_harness.ts";

const [EASTER_THURSDAY, GOOD_FRIDAY, MONDAY] = ["2024-03-28", "2024-03-29", "2024-04-01"];
const AFTER_EASTER = "2024-04-02T12:00:00Z";
const BEFORE_EASTER = "2024-03-12T12:00:00Z";

const GOOD = { date: GOOD_FRIDAY, name: "Good Friday", status: "closed" } as const;
const EARLY = { date: "2024-07-03", name: "Independence Day", status: "early-close" } as const;
const BARS = [EASTER_THURSDAY, MONDAY].map((date) => bar("A", date, 5));

async function fetchHolidays(test: PullTest) {
  const asked = await test.admin("/jobs", { method: "POST", body: { name: "fetch-holidays" } });
  assert.equal(asked.status, 202, await asked.text());
  await test.clock.until(test.worker.runDue());
  return await test.job("fetch-holidays:coming");
}

const kept = async (test: PullTest): Promise<string[]> =>
  (await Array.fromAsync(holidayCollection(test.store).each())).map(({ value }) =>
    `${value.date} ${value.status} ${value.name}`
  );

const daysTo = (test: PullTest, day: string): Promise<void> =>
  test.clock.advance(Date.parse(day) - test.clock.now().getTime());

Deno.test("coming holidays are kept with their names, also when they are past", async () => {
  await using test = await startPull({ now: BEFORE_EASTER, provider: { holidays: [EARLY, GOOD] } });
  const first = await fetchHolidays(test);
  assert.deepEqual([first.state, first.result], ["succeeded", { holidays: 2, changed: 2, provider_calls: 1 }]);
  await daysTo(test, AFTER_EASTER);
  const { result } = await fetchHolidays(test);
  assert.deepEqual(result, { holidays: 1, changed: 0, provider_calls: 1 });
  assert.deepEqual(await kept(test), [
    "2024-03-29 closed Good Friday",
    "2024-07-03 early-close Independence Day",
  ]);
  await assertAgrees(test.services);
});

Deno.test("nobody is asked for a holiday: the newest session is the one before it, and gaps do not expect it", async () => {
  await using test = await startPull({
    ...{ now: BEFORE_EASTER, assets: ["A"] },
    provider: { bars: BARS, holidays: [GOOD] },
  });
  await fetchHolidays(test);
  await daysTo(test, "2024-03-30T12:00:00Z");
  assert.equal((await test.read("/market/status")).expected_session, EASTER_THURSDAY);
  assert.equal((await test.pull()).id, `pull-market-day:${EASTER_THURSDAY}`);
  await daysTo(test, AFTER_EASTER);
  assert.equal((await test.pull()).id, `pull-market-day:${MONDAY}`);
  const gaps = await test.read(`/market/gaps?from=${EASTER_THURSDAY}&to=${MONDAY}`);
  assert.deepEqual([gaps.expected, gaps.present, gaps.completeness], [2, 2, 1]);
});

Deno.test("a day that closes early is a session", async () => {
  const day = EARLY.date;
  await using test = await startPull({ now: BEFORE_EASTER, provider: { holidays: [EARLY] } });
  await fetchHolidays(test);
  await daysTo(test, "2024-07-04T12:00:00Z");
  assert.deepEqual(await sessionsOver(test.services, "stocks", { from: day, to: day }), [day]);
  assert.equal((await test.read("/market/status")).expected_session, day);
});

Deno.test("a day that has rows is a session, whatever was said of it", async () => {
  const holidays: Holiday[] = [{ date: EASTER_THURSDAY, name: "Maundy Thursday", status: "closed" }, GOOD];
  await using test = await startPull({ now: BEFORE_EASTER, assets: ["A"], provider: { bars: BARS, holidays } });
  await fetchHolidays(test);
  // The stand-in holds to its own holidays.
  holidays.length = 0;
  await daysTo(test, AFTER_EASTER);
  const sessions = () => sessionsOver(test.services, "stocks", { from: EASTER_THURSDAY, to: MONDAY });
  assert.deepEqual(await sessions(), [MONDAY]);
  assert.equal((await test.pull(EASTER_THURSDAY)).state, "succeeded");
  assert.deepEqual(await sessions(), [EASTER_THURSDAY, MONDAY]);
});

Deno.test("a holiday that moves is stored as it is told now, and one that is none any more is forgotten", async () => {
  const holidays: Holiday[] = [GOOD, {
    ...EARLY,
    status: "closed",
  }, { date: "2024-07-04", name: "Independence Day", status: "closed" }];
  await using test = await startPull({ now: BEFORE_EASTER, provider: { holidays } });
  await fetchHolidays(test);
  holidays.splice(0, 2, EARLY);
  assert.deepEqual((await fetchHolidays(test)).result, { holidays: 2, changed: 2, provider_calls: 1 });
  assert.deepEqual(await kept(test), [
    "2024-07-03 early-close Independence Day",
    "2024-07-04 closed Independence Day",
  ]);
});

Deno.test("an empty answer and rows that are garbage take nothing away", async () => {
  const holidays: Holiday[] = [GOOD];
  await using test = await startPull({ now: BEFORE_EASTER, provider: { holidays } });
  await fetchHolidays(test);
  test.provider.faults.add({ type: "garbage_rows" });
  assert.equal((await fetchHolidays(test)).state, "succeeded");
  holidays.pop();
  assert.deepEqual((await fetchHolidays(test)).result, { holidays: 0, changed: 0, provider_calls: 1 });
  assert.deepEqual(await kept(test), ["2024-03-29 closed Good Friday"]);
});
