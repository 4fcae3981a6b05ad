/** The nights on which New York's clocks change, on the service's own timetable: the pull comes once in each, and on time. */
import assert from "node:assert/strict";
import type { JobView } from "../../../lib/jobs/job.ts";
import type { Provider } from "../../../lib/market/provider.ts";
import { bodyOf } from "../../support/answers.ts";
import { startService, type TestService } from "../../support/service.ts";
import { openTracked } from "../../support/tracked_store.ts";

const TICK_MS = 10 * 60_000;

const provider: Provider = {
  ...{ name: "test", timeZone: "America/New_York", callsPerMinute: 60_000 },
  marketDay: () => Promise.resolve({ type: "empty" }),
};

/** When the timetable has asked for a pull, each of which has been done by the time of the next look. */
async function pullsUpTo(service: TestService, end: string): Promise<string[]> {
  const { clock, worker } = service;
  for (; clock.now().toISOString() <= end; await clock.advance(TICK_MS)) {
    await service.keepTime();
    await clock.until(worker.runDue());
  }
  const { items } = await bodyOf<{ items: JobView[] }>(await service.admin("/jobs?name=pull-market-day&limit=200"));
  return items.flatMap(({ timeline }) => timeline)
    .filter(({ event, detail }) => event === "enqueued" && detail.startsWith("by nightly-pull"))
    .map(({ at }) => at.slice(0, 16)).toSorted();
}

/** Three nights each, the second of which is the one; what was missed before them is asked for at the start. */
const NIGHTS = [
  {
    what: "the clocks show 01:30 twice: the pull comes the first time",
    ...{ start: "2026-10-31T05:20", end: "2026-11-02T12:00", at: "01:30" },
    pulls: ["2026-10-31T05:30", "2026-11-01T05:30", "2026-11-02T06:30"],
  },
  {
    what: "the night has 25 hours: the pull comes at 03:00",
    ...{ start: "2026-10-31T06:50", end: "2026-11-02T12:00", at: "03:00" },
    pulls: ["2026-10-31T07:00", "2026-11-01T08:00", "2026-11-02T08:00"],
  },
  {
    what: "the night has 23 hours: the pull comes at 03:00",
    ...{ start: "2026-03-07T07:50", end: "2026-03-09T12:00", at: "03:00" },
    pulls: ["2026-03-07T08:00", "2026-03-08T07:00", "2026-03-09T07:00"],
  },
  {
    what: "the clocks show no 02:30: the pull comes when they have gone forward",
    ...{ start: "2026-03-07T07:20", end: "2026-03-09T12:00", at: "02:30" },
    pulls: ["2026-03-07T07:30", "2026-03-08T07:00", "2026-03-09T06:30"],
  },
];

for (const { what, start, end, at, pulls } of NIGHTS) {
  Deno.test(what, async () => {
    await using service = await startService({
      now: `${start}:00Z`,
      provider,
      env: { PULL_AT: at },
      open: openTracked,
    });
    assert.deepEqual(await pullsUpTo(service, end), [start, ...pulls]);
  });
}
