import assert from "node:assert/strict";
import { z } from "zod";
import { defineJob } from "../../../lib/jobs/definition.ts";
import { enqueueJob, prepareJob } from "../../../lib/jobs/enqueue.ts";
import { jobView } from "../../../lib/jobs/job.ts";
import { cancelJob } from "../../../lib/jobs/ledger.ts";
import { Problem } from "../../../lib/problem.ts";
import { events, job, withQueue } from "./harness.ts";

const pull = defineJob({
  name: "pull",
  args: z.object({ date: z.iso.date().default("2026-11-19") }),
  id: (args) => args.date,
  maxAttempts: 3,
  run: () => Promise.resolve({ written: 1 }),
});

Deno.test("a new job is queued, due now, under an id of its name and arguments", () =>
  withQueue(async ({ context, find }) => {
    const asked = await enqueueJob(context(pull), { name: "pull", args: { date: "2026-11-18" } });
    assert.deepEqual(asked, await find("pull:2026-11-18"));
    assert.deepEqual(jobView(asked), {
      id: "pull:2026-11-18",
      name: "pull",
      args: { date: "2026-11-18" },
      state: "queued",
      attempts: 0,
      due_at: "2026-11-20T08:00:00.000Z",
      created_at: "2026-11-20T08:00:00.000Z",
      started_at: null,
      finished_at: null,
      progress: null,
      result: null,
      error: null,
      timeline: [{ at: "2026-11-20T08:00:00.000Z", event: "enqueued", detail: "due 2026-11-20T08:00:00.000Z" }],
    });
  }));

Deno.test("what was left out of the arguments is filled in before the job gets its id", () =>
  withQueue(async ({ context }) => {
    const asked = await enqueueJob(context(pull), { name: "pull", args: {} });
    assert.equal(asked.id, "pull:2026-11-19");
    assert.deepEqual(asked.args, { date: "2026-11-19" });
  }));

Deno.test("a job can be asked for ahead of time, and by somebody", () =>
  withQueue(async ({ context }) => {
    const dueAt = new Date("2026-11-21T00:00:00Z");
    const asked = await enqueueJob(context(pull), { name: "pull", args: {}, dueAt, by: "nightly" });
    assert.equal(asked.due_at, "2026-11-21T00:00:00.000Z");
    assert.equal(asked.timeline[0]?.detail, "by nightly, due 2026-11-21T00:00:00.000Z");
  }));

Deno.test("a job that nobody defined is refused, with those that are", () =>
  withQueue(async ({ context }) => {
    await assert.rejects(enqueueJob(context(pull), { name: "pul", args: {} }), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.type, "validation-failed");
      assert.deepEqual(error.errors, [{ pointer: "/name", detail: 'There is no job "pul"; there are: pull' }]);
      return true;
    });
  }));

Deno.test("arguments that the job does not take are refused by pointer", () =>
  withQueue(async ({ context }) => {
    for (const [args, pointer] of [[{ date: "yesterday" }, "/args/date"], [undefined, "/args"], [7, "/args"]]) {
      await assert.rejects(enqueueJob(context(pull), { name: "pull", args }), (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.type, "validation-failed");
        assert.deepEqual(error.errors?.map((wrong) => "pointer" in wrong && wrong.pointer), [pointer]);
        return true;
      });
    }
  }));

Deno.test("arguments that would not fit are refused", () =>
  withQueue(async ({ context }) => {
    const long = job(() => Promise.resolve(), { id: () => "long" });
    const request = { name: "test", args: { key: "x".repeat(5_000) } };
    await assert.rejects(enqueueJob(context(long), request), { name: "Problem", type: "validation-failed" });
  }));

Deno.test("a job or an id that could not be told apart is a mistake of its author", async () => {
  assert.throws(() => job(() => Promise.resolve(), { name: "with:colon" }), TypeError);
  await assert.rejects(job(() => Promise.resolve()).read({ key: "with/slash" }), TypeError);
  await assert.rejects(job(() => Promise.resolve()).read({ key: "x".repeat(300) }), TypeError);
});

Deno.test("twenty who ask at once get one job", () =>
  withQueue(async ({ context, find, clock }) => {
    let wakes = 0;
    const ctx = { ...context(pull), wake: () => void wakes++ };
    const asked = await Promise.all(Array.from({ length: 20 }, () => enqueueJob(ctx, { name: "pull", args: {} })));
    assert.deepEqual(new Set(asked.map(({ id }) => id)), new Set(["pull:2026-11-19"]));
    assert.deepEqual(events(await find("pull:2026-11-19")), ["enqueued"]);
    assert.equal(wakes, 1);
    await clock.advance(1_000);
    assert.deepEqual(events(await enqueueJob(ctx, { name: "pull", args: {} })), ["enqueued"]);
  }));

Deno.test("a job that runs is answered as it is", () =>
  withQueue(async ({ context, worker }) => {
    const end = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const slow = job(() => {
      started.resolve();
      return end.promise;
    });
    const ctx = context(slow);
    await enqueueJob(ctx, { name: "test", args: { key: "a" } });
    const running = worker([slow]).runDue();
    await started.promise;
    const asked = await enqueueJob(ctx, { name: "test", args: { key: "a" } });
    assert.equal(asked.state, "running");
    end.resolve();
    await running;
  }));

Deno.test("a job that has ended starts again, with its creation and its timeline", () =>
  withQueue(async ({ context, worker, find, clock }) => {
    const quick = job((run) => Promise.resolve(run.args), { args: z.object({ key: z.string(), again: z.boolean() }) });
    const ctx = context(quick);
    await enqueueJob(ctx, { name: "test", args: { key: "a", again: false } });
    await worker([quick]).runDue();
    const first = await find("test:a");
    assert.equal(first.state, "succeeded");

    await clock.advance(60_000);
    const again = await enqueueJob(ctx, { name: "test", args: { key: "a", again: true } });
    assert.equal(again.state, "queued");
    assert.equal(again.attempts, 0);
    assert.equal(again.result, null);
    assert.equal(again.finished_at, null);
    assert.equal(again.created_at, first.created_at);
    assert.equal(again.due_at, "2026-11-20T08:01:00.000Z");
    assert.deepEqual(events(again), ["enqueued", "claimed", "succeeded", "enqueued"]);
    await worker([quick]).runDue();
    assert.deepEqual((await find("test:a")).result, { key: "a", again: true });
  }));

Deno.test("a cancelled job starts again too", () =>
  withQueue(async ({ context }) => {
    const ctx = context(pull);
    const { id } = await enqueueJob(ctx, { name: "pull", args: {} });
    await cancelJob(ctx, id);
    assert.deepEqual(events(await enqueueJob(ctx, { name: "pull", args: {} })), ["enqueued", "cancelled", "enqueued"]);
  }));

Deno.test("a job can be part of a larger change, which fails whole", () =>
  withQueue(async ({ context, store }) => {
    const ctx = context(pull);
    const [one, other] = await Promise.all([1, 2].map(() => prepareJob(ctx, { name: "pull", args: {} })));
    assert.ok(one && other);
    assert.equal(one.isActive, false);
    assert.ok(await one.stage(store.change()).set(["beside"], 1).commit());
    assert.equal(await other.stage(store.change()).set(["beside"], 2).commit(), undefined);
    assert.equal((await store.get(["beside"])).value, 1);

    const active = await prepareJob(ctx, { name: "pull", args: {} });
    assert.equal(active.isActive, true);
    assert.ok(await active.stage(store.change()).set(["beside"], 3).commit());
  }));
