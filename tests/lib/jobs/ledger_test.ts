import assert from "node:assert/strict";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { Final } from "../../../lib/jobs/definition.ts";
import type { JobState } from "../../../lib/jobs/job.ts";
import { cancelJob, getJob, type JobQuery, listJobs, retryJob, voidLeases } from "../../../lib/jobs/ledger.ts";
import { InvalidCursor } from "../../../lib/store/cursor.ts";
import { events, job, type Queue, withQueue } from "./harness.ts";

const ok = job(() => Promise.resolve());
const other = job(() => Promise.reject(new Final("no")), { name: "other" });

const conflict = { name: "Problem", type: "conflict" };
const notFound = { name: "Problem", type: "not-found" };

async function enqueueEach(queue: Queue, name: string, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await enqueueJob(queue.context(ok, other), { name, args: { key } });
    await queue.clock.advance(1);
  }
}

Deno.test("jobs are listed newest first: all, of a state, of a name, of both", () =>
  withQueue(async (queue) => {
    await enqueueEach(queue, "test", "a", "b");
    await enqueueEach(queue, "other", "c", "d");
    await queue.worker([other]).runDue();
    await enqueueEach(queue, "other", "e");
    const ids = async (query: Omit<JobQuery, "limit">) =>
      (await listJobs(queue, { limit: 10, ...query })).items.map(({ id }) => id);
    assert.deepEqual(await ids({}), ["other:e", "other:d", "other:c", "test:b", "test:a"]);
    assert.deepEqual(await ids({ state: "queued" }), ["other:e", "test:b", "test:a"]);
    assert.deepEqual(await ids({ name: "other" }), ["other:e", "other:d", "other:c"]);
    assert.deepEqual(await ids({ state: "dead", name: "other" }), ["other:d", "other:c"]);
    assert.deepEqual(await ids({ state: "dead", name: "test" }), []);
  }));

Deno.test("pages follow each other by cursor", () =>
  withQueue(async (queue) => {
    await enqueueEach(queue, "test", "a", "b", "c", "d", "e");
    const seen: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await listJobs(queue, { state: "queued", limit: 2, cursor });
      seen.push(page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assert.deepEqual(seen, [["test:e", "test:d"], ["test:c", "test:b"], ["test:a"]]);
    await assert.rejects(listJobs(queue, { limit: 2, cursor: "made up" }), InvalidCursor);
  }));

Deno.test("a job that does not exist is not found", () =>
  withQueue(async ({ store, context }) => {
    await assert.rejects(getJob({ store }, "test:x"), notFound);
    await assert.rejects(cancelJob(context(ok), "test:x"), notFound);
    await assert.rejects(retryJob(context(ok), "test:x"), notFound);
  }));

Deno.test("a job that waits is cancelled, and never runs", () =>
  withQueue(async (queue) => {
    await enqueueEach(queue, "test", "a");
    const ctx = queue.context(ok);
    const cancelled = await cancelJob(ctx, "test:a");
    assert.equal(cancelled.state, "cancelled");
    assert.equal(cancelled.finished_at, "2026-11-20T08:00:00.001Z");
    await queue.worker([ok]).runDue();
    assert.deepEqual(events(await queue.find("test:a")), ["enqueued", "cancelled"]);
    await assert.rejects(cancelJob(ctx, "test:a"), conflict);
  }));

Deno.test("a job that died, failed or was cancelled is retried at once, its attempts counted anew", () =>
  withQueue(async (queue) => {
    let isBroken = true;
    const flaky = job(({ args }) => {
      if (!isBroken) return Promise.resolve("well");
      return Promise.reject(args.key === "dead" ? new Final("broken") : new Error("broken"));
    });
    for (const key of ["dead", "failed"]) await enqueueJob(queue.context(flaky), { name: "test", args: { key } });
    const { runDue } = queue.worker([flaky]);
    await runDue();
    await enqueueJob(queue.context(flaky), { name: "test", args: { key: "cancelled" } });
    await cancelJob(queue.context(flaky), "test:cancelled");

    for (const state of ["dead", "failed", "cancelled"] satisfies JobState[]) {
      assert.equal((await queue.find(`test:${state}`)).state, state);
      const retried = await retryJob(queue.context(flaky), `test:${state}`);
      assert.equal(retried.state, "queued");
      assert.equal(retried.attempts, 0);
      assert.equal(retried.error, null);
      assert.equal(retried.due_at, "2026-11-20T08:00:00.000Z");
      assert.equal(retried.timeline.at(-1)?.detail, `was ${state}`);
    }
    isBroken = false;
    await runDue();
    for (const state of ["dead", "failed", "cancelled"]) {
      assert.equal((await queue.find(`test:${state}`)).state, "succeeded");
    }
  }));

Deno.test("a job that waits, runs or succeeded is not retried", () =>
  withQueue(async (queue) => {
    const ctx = queue.context(ok);
    await enqueueEach(queue, "test", "a");
    await assert.rejects(retryJob(ctx, "test:a"), conflict);
    const running = job(async ({ args }) => {
      await assert.rejects(retryJob(ctx, `test:${args.key}`), conflict);
      return "conflict seen";
    });
    await queue.worker([running]).runDue();
    assert.equal((await queue.find("test:a")).result, "conflict seen");
    await assert.rejects(retryJob(ctx, "test:a"), conflict);
  }));

Deno.test("leases of an earlier process are void: its jobs are due at once", () =>
  withQueue(async (queue) => {
    const { clock, context, worker, find } = queue;
    const hanging = job(() => new Promise(() => {}));
    await enqueueEach(queue, "test", "a");
    worker([hanging]).start();
    await clock.settle();
    assert.equal((await find("test:a")).state, "running");

    // The process is gone: nothing of it runs on, but its clock here would.
    assert.equal(await voidLeases(context(ok)), 1);
    assert.equal((await find("test:a")).state, "queued");
    await worker([ok]).runDue();
    const done = await find("test:a");
    assert.equal(done.state, "succeeded");
    assert.equal(done.attempts, 2);
    assert.deepEqual(events(done), ["enqueued", "claimed", "lease lapsed", "claimed", "succeeded"]);
  }));

Deno.test("a job that cannot be read, and a pointer at none, keep no lease of others from being void", () =>
  withQueue(async (queue) => {
    const endless = job(() => new Promise(() => {}));
    await enqueueEach(queue, "test", "a", "b");
    queue.worker([endless]).start();
    await queue.clock.settle();
    const { value } = await queue.kv.get(["jobs", "test:a"]);
    const stray = ["jobs_by_state", "running", 0, "test:none"];
    await queue.kv.set(["jobs", "test:a"], { v: 9 });
    await queue.kv.set(stray, "test:none");
    await voidLeases(queue.context(endless));
    assert.equal((await queue.find("test:b")).state, "queued");
    await queue.kv.set(["jobs", "test:a"], value);
    await queue.kv.delete(stray);
  }));

Deno.test("a job that took its process down as often as it may is dead when leases are void", () =>
  withQueue(async (queue) => {
    const once = job(() => new Promise(() => {}), { maxAttempts: 1 });
    await enqueueEach(queue, "test", "a");
    queue.worker([once]).start();
    await queue.clock.settle();
    await voidLeases(queue.context(once));
    const dead = await queue.find("test:a");
    assert.equal(dead.state, "dead");
    assert.match(dead.error ?? "", /crashed/);
  }));
