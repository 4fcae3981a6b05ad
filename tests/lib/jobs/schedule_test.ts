import assert from "node:assert/strict";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { listJobs } from "../../../lib/jobs/ledger.ts";
import { type ScheduleEntry, scheduleStatus, tick } from "../../../lib/jobs/schedule.ts";
import { events, job, type Queue, withQueue } from "./harness.ts";

const anyJob = job(() => Promise.resolve());

const nightly: ScheduleEntry = {
  name: "nightly",
  schedule: { timeZone: "America/New_York", at: "03:00" },
  job: { name: "test", args: (now) => ({ key: now.toISOString().slice(0, 10) }) },
};

const DAY_MS = 86_400_000;

const ids = async (queue: Queue) => (await listJobs(queue, { limit: 50 })).items.map(({ id }) => id);

Deno.test("on a new store the newest slot counts as missed", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(anyJob);
    const status = {
      name: "nightly",
      time_zone: "America/New_York",
      at: "03:00",
      disabled_because: null,
      paused: null,
      job: "test",
    };
    assert.deepEqual(await scheduleStatus(queue.context(), nightly), {
      ...status,
      next_due_at: "2026-11-21T08:00:00.000Z",
      last_slot: null,
      last_job_id: null,
    });
    const [enqueued, ...more] = await tick(ctx, [nightly]);
    assert.equal(enqueued?.id, "test:2026-11-20");
    assert.equal(enqueued.timeline[0]?.detail, "by nightly of 2026-11-20T08:00:00.000Z, due 2026-11-20T08:00:00.000Z");
    assert.deepEqual(more, []);
    assert.deepEqual(await scheduleStatus(queue.context(), nightly), {
      ...status,
      next_due_at: "2026-11-21T08:00:00.000Z",
      last_slot: "2026-11-20T08:00:00.000Z",
      last_job_id: "test:2026-11-20",
    });
  }));

Deno.test("a slot is enqueued once, however often the clock ticks", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(anyJob);
    await tick(ctx, [nightly]);
    await queue.worker([anyJob]).runDue();
    for (let minute = 1; minute < 24 * 60; minute += 60) {
      assert.deepEqual(await tick(ctx, [nightly]), []);
      await queue.clock.advance(3_600_000);
    }
    assert.deepEqual((await tick(ctx, [nightly])).map(({ id }) => id), ["test:2026-11-21"]);
    assert.deepEqual(events(await queue.find("test:2026-11-20")), ["enqueued", "claimed", "succeeded"]);
  }));

Deno.test("of the slots that were missed only the newest is run", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(anyJob);
    await tick(ctx, [nightly]);
    await queue.clock.advance(5 * DAY_MS + 1);
    await tick(ctx, [nightly]);
    assert.deepEqual(await ids(queue), ["test:2026-11-25", "test:2026-11-20"]);
    assert.equal((await scheduleStatus(queue.context(), nightly)).last_slot, "2026-11-25T08:00:00.000Z");
  }));

Deno.test("processes that tick at once enqueue once", () =>
  withQueue(async (queue) => {
    let wakes = 0;
    const ctx = { ...queue.context(anyJob), wake: () => void wakes++ };
    for (let night = 0; night < 3; night++) {
      const enqueued = await Promise.all(Array.from({ length: 8 }, () => tick(ctx, [nightly])));
      assert.equal(enqueued.flat().length, 1);
      await queue.clock.advance(DAY_MS);
    }
    assert.equal((await ids(queue)).length, 3);
    assert.equal(wakes, 3);
  }));

Deno.test("a time of day that is moved back does not make the day's slot come again", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(anyJob);
    await tick(ctx, [nightly]);
    await queue.clock.advance(3_600_000);
    const earlier = { ...nightly, schedule: { ...nightly.schedule, at: "02:00" } };
    assert.deepEqual(await tick(ctx, [earlier]), []);
    await queue.clock.advance(DAY_MS - 2 * 3_600_000);
    assert.equal((await tick(ctx, [earlier])).length, 1);
  }));

Deno.test("a job that is at work already takes the slot", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(anyJob);
    await enqueueJob(ctx, { name: "test", args: { key: "2026-11-20" } });
    const [enqueued] = await tick(ctx, [nightly]);
    assert.deepEqual(events(enqueued ?? assert.fail("nothing was enqueued")), ["enqueued"]);
    assert.equal((await scheduleStatus(queue.context(), nightly)).last_job_id, "test:2026-11-20");
  }));

Deno.test("an entry that is disabled keeps its slot for when it is not", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(anyJob);
    const disabled = { ...nightly, disabledBecause: "not configured" };
    assert.deepEqual(await tick(ctx, [disabled]), []);
    const status = await scheduleStatus(queue.context(), disabled);
    assert.equal(status.disabled_because, "not configured");
    assert.equal(status.last_slot, null);
    assert.equal((await tick(ctx, [nightly])).length, 1);
  }));

Deno.test("an entry that cannot be enqueued is logged, keeps its slot and does not hold up the others", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(anyJob);
    const broken = {
      ...nightly,
      name: "broken",
      job: { name: "test", args: () => Promise.reject(new Error("no calendar")) },
    };
    const enqueued = await tick(ctx, [broken, nightly]);
    assert.equal(enqueued.length, 1);
    assert.deepEqual(queue.lines.map(({ level, schedule }) => [level, schedule]), [["error", "broken"]]);
    assert.equal((await scheduleStatus(queue.context(), broken)).last_slot, null);
  }));
