/** The provider is down for a whole week: what operators see meanwhile, and that nothing of it is missing afterwards. */
import assert from "node:assert/strict";
import { addDays, isWeekend } from "../../lib/day.ts";
import { assertAgrees, bar, type Json, type PullTest, startPull } from "../lib/market/pull_harness.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How far apart probes are at most, with what chance adds. */
const HALF_AN_HOUR_MS = 38 * MINUTE_MS;
const CALLS_PER_MINUTE = 5;
/** At 03:00 in New York on a Tuesday. */
const TUESDAY = "2024-02-06T08:00:00.000Z";
const WEEKDAYS = Array.from({ length: 35 }, (_, i) => addDays("2024-01-29", i)).filter((day) => !isWeekend(day));

async function night(test: PullTest): Promise<void> {
  await test.keepTime();
  await test.live(DAY_MS);
}

async function metric(test: PullTest, name: string): Promise<number> {
  const text = await (await test.admin("/metrics")).text();
  const line = text.split("\n").find((line) => line.startsWith(`${name} `));
  return Number(line?.split(" ").at(-1));
}

const completeDays = async (test: PullTest): Promise<string[]> =>
  (await test.read("/market/days?limit=200")).items.filter(({ status }: Json) => status === "complete")
    .map(({ date }: Json) => date);

/** Of any minute. */
function mostCalls({ provider }: PullTest): number {
  const atMs = provider.calls.map(({ at }) => at.getTime());
  return Math.max(...atMs.map((fromMs) => atMs.filter((ms) => ms >= fromMs && ms < fromMs + MINUTE_MS).length));
}

Deno.test("a week without the provider: said everywhere, probed seldom, and caught up with by itself", async () => {
  await using test = await startPull({
    now: TUESDAY,
    mayLogErrors: true,
    assets: ["AAA", "BBB"],
    provider: {
      bars: WEEKDAYS.flatMap((date, i) => ["AAA", "BBB"].map((symbol) => bar(symbol, date, 100 + i))),
      switches: { callsPerMinute: CALLS_PER_MINUTE },
    },
  });
  await night(test);
  assert.deepEqual(await test.read("/readyz"), { status: "ok" });

  test.provider.faults.add({ type: "status", status: 503 }, { times: Infinity });
  const callsBefore = test.provider.calls.length;
  for (let nights = 1; nights <= 7; nights++) await night(test);
  // It is Wednesday 14 February, 03:00.
  const missing = WEEKDAYS.filter((date) => date >= "2024-02-06" && date <= "2024-02-13");
  const { up_to_date, last_session, expected_session, provider } = await test.read("/market/status");
  assert.deepEqual([up_to_date, last_session, expected_session], [false, "2024-02-05", "2024-02-13"]);
  assert.deepEqual([provider.state, provider.last_outcome, provider.reason], [
    ...["unwell", "passing_fault", "HTTP 503: no body"],
  ]);
  const { status, reasons } = await test.read("/readyz");
  assert.deepEqual([status, reasons.map(({ code }: Json) => code)], ["degraded", ["provider_unwell"]]);
  assert.equal(await metric(test, 'foliolens_market_sessions_behind{market="stocks"}'), missing.length);
  assert.equal(await metric(test, 'foliolens_provider_state{state="unwell"}'), 1);
  const probes = test.provider.calls.length - callsBefore;
  assert.ok(probes > 7 * 24 && probes < 7 * 24 * 2 + 20, `${probes} calls in seven days`);

  test.provider.faults.clear();
  await test.live(HALF_AN_HOUR_MS);
  assert.equal((await completeDays(test))[0], "2024-02-12", "what waits still goes on with the next probe");
  await night(test);
  assert.deepEqual((await completeDays(test)).filter((date) => date > "2024-02-05"), missing.toReversed());
  const { items } = await test.read("/assets/BBB/historic-values?from=2024-02-06&to=2024-02-13");
  assert.deepEqual(items.map(({ date }: Json) => date), missing);
  assert.deepEqual(await test.read("/readyz"), { status: "ok" });
  assert.ok(mostCalls(test) <= CALLS_PER_MINUTE, `${mostCalls(test)} calls in a minute`);
  await assertAgrees(test.services);
});
