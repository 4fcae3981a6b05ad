import assert from "node:assert/strict";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { RunStopped } from "../../../lib/jobs/lease.ts";
import type { Sleep } from "../../../lib/jobs/sleep.ts";
import { cancelJob } from "../../../lib/jobs/ledger.ts";
import { events, job, type Queue, withQueue } from "./harness.ts";

/** Works until it is told to stop. */
const endless = (queue: Queue) =>
  job(async ({ signal }) => {
    while (!signal.aborted) await queue.clock.sleep(700, signal);
    throw signal.reason;
  });

async function running(queue: Queue, definition = endless(queue)) {
  const ctx = queue.context(definition);
  await enqueueJob(ctx, { name: "test", args: { key: "a" } });
  const worker = queue.worker([definition]);
  const ended = worker.runDue();
  await queue.clock.settle();
  return { ctx, worker, ended };
}

Deno.test("a heartbeat keeps the lease for as long as the handler runs", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const long = job(() => clock.sleep(60_000));
    const { ended } = await running(queue, long);
    assert.deepEqual((await find("test:a")).lease, { owner: "process-1", expires_at: "2026-11-20T08:00:15.000Z" });
    const other = queue.worker([long]);
    for (let beats = 1; beats < 12; beats++) {
      await clock.advance(5_000);
      await other.runDue();
      const { lease, attempts } = await find("test:a");
      assert.equal(lease?.owner, "process-1");
      assert.equal(Date.parse(lease.expires_at) - clock.now().getTime(), 15_000);
      assert.equal(attempts, 1);
    }
    await clock.advance(5_000);
    await ended;
    assert.equal((await find("test:a")).state, "succeeded");
    assert.equal(clock.timers(), 0);
  }));

Deno.test("progress and notes are stored at most once a second, and with the end", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const counting = job(async ({ progress, note }) => {
      for (let done = 1; done <= 30; done++) {
        await clock.sleep(100);
        progress(done, 30);
        if (done % 10 === 0) note("ten more", `${done}`);
      }
    });
    let writes = 0;
    const store = await queue.process((operation) => operation(), () => writes++);
    await enqueueJob(queue.context(counting), { name: "test", args: { key: "a" } });
    const ended = queue.worker([counting], { store }).runDue();
    await clock.advance(1_500);
    const early = await find("test:a");
    assert.deepEqual(early.progress, { done: 10, total: 30 });
    await clock.advance(2_000);
    await ended;
    const done = await find("test:a");
    assert.deepEqual(done.progress, { done: 30, total: 30 });
    assert.deepEqual(done.timeline.slice(2).map(({ event, detail }) => `${event} ${detail}`), [
      "ten more 10",
      "ten more 20",
      "ten more 30",
      "succeeded attempt 1",
    ]);
    assert.ok(writes <= 5, `${writes} writes`);
  }));

Deno.test("a running job that is cancelled stops at its next heartbeat", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const { ctx, ended } = await running(queue);
    const asked = await cancelJob(ctx, "test:a");
    assert.equal(asked.state, "running");
    assert.deepEqual(await cancelJob(ctx, "test:a"), asked);
    await clock.advance(5_000);
    await ended;
    const job = await find("test:a");
    assert.equal(job.state, "cancelled");
    assert.equal(job.cancel_requested, false);
    assert.deepEqual(events(job), ["enqueued", "claimed", "cancel requested", "cancelled"]);
  }));

Deno.test("a running job that is cancelled stops at its next progress, if that is sooner", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const { ctx, ended } = await running(
      queue,
      job(async ({ signal, progress }) => {
        for (let done = 0; !signal.aborted; done++) {
          await clock.sleep(1_000, signal);
          progress(done, 100);
        }
        return "half";
      }),
    );
    await cancelJob(ctx, "test:a");
    await clock.advance(2_000);
    await ended;
    const cancelled = await find("test:a");
    assert.equal(cancelled.state, "cancelled");
    assert.equal(cancelled.result, null);
  }));

Deno.test("a result that comes before the handler was told to stop counts; a failure is not tried again", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const quick = job(async ({ args }) => {
      await clock.sleep(1_000);
      if (args.key === "b") throw new Error("broke");
      return "done";
    });
    const ctx = queue.context(quick);
    for (const key of ["a", "b"]) await enqueueJob(ctx, { name: "test", args: { key } });
    const ended = queue.worker([quick]).runDue();
    await clock.settle();
    for (const id of ["test:a", "test:b"]) await cancelJob(ctx, id);
    await clock.advance(1_000);
    await ended;
    assert.equal((await find("test:a")).state, "succeeded");
    assert.equal((await find("test:b")).state, "cancelled");
  }));

Deno.test("a lost process's lease lapses, and its job runs elsewhere", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const { worker } = lostProcess(queue);
    await enqueueJob(queue.context(endless(queue)), { name: "test", args: { key: "a" } });
    worker.runDue();
    await clock.settle();
    const other = queue.worker([job(() => Promise.resolve("elsewhere"))]);
    other.start();
    await clock.advance(14_000);
    assert.equal((await find("test:a")).state, "running");
    await clock.advance(1_000);
    const done = await find("test:a");
    assert.equal(done.state, "succeeded");
    assert.equal(done.result, "elsewhere");
    assert.equal(done.attempts, 2);
    assert.deepEqual(events(done), ["enqueued", "claimed", "lease lapsed", "claimed", "succeeded"]);
    await other.stop();
  }));

Deno.test("a job that loses its process as often as it may fail is dead", () =>
  withQueue(async (queue) => {
    const { clock, find, context } = queue;
    await enqueueJob(context(endless(queue)), { name: "test", args: { key: "a" } });
    for (let attempt = 1; attempt <= 3; attempt++) {
      lostProcess(queue).worker.runDue();
      await clock.advance(15_000);
      assert.equal((await find("test:a")).attempts, attempt);
    }
    await queue.worker([endless(queue)]).runDue();
    const dead = await find("test:a");
    assert.equal(dead.state, "dead");
    assert.equal(dead.error, "crashed: its process was lost 3 times while it ran");
  }));

Deno.test("a job that was to be cancelled when its process was lost does not run again", () =>
  withQueue(async (queue) => {
    const { clock, find, context } = queue;
    const ctx = context(endless(queue));
    for (const key of ["a", "b"]) await enqueueJob(ctx, { name: "test", args: { key } });
    lostProcess(queue).worker.runDue();
    await clock.settle();
    await cancelJob(ctx, "test:a");
    await clock.advance(15_000);
    assert.equal((await cancelJob(ctx, "test:b")).state, "cancelled");
    await queue.worker([endless(queue)]).runDue();
    assert.equal((await find("test:a")).state, "cancelled");
    assert.equal((await find("test:b")).state, "cancelled");
  }));

Deno.test("a process that finds its lease lost stops its handler and writes nothing", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    let isFrozen = false;
    let reason: unknown;
    const store = await queue.process(async (operation) => {
      if (isFrozen) await clock.sleep(20_000);
      return await operation();
    });
    const late = job(async ({ signal }) => {
      while (!signal.aborted) await clock.sleep(1_000);
      reason = signal.reason;
      return "too late";
    });
    await enqueueJob(queue.context(late), { name: "test", args: { key: "a" } });
    const frozen = queue.worker([late], { store }).runDue();
    await clock.settle();
    isFrozen = true;
    await clock.advance(15_000);
    const held = job(() => clock.sleep(60_000));
    const ended = queue.worker([held]).runDue();
    isFrozen = false;
    await clock.advance(15_000);
    assert.ok(reason instanceof RunStopped);
    assert.equal(reason.reason, "lease lost");
    await clock.until(frozen);
    const now = await find("test:a");
    assert.equal(now.state, "running");
    assert.equal(now.lease?.owner, "process-2");
    await clock.until(ended);
    assert.equal((await find("test:a")).state, "succeeded");
    assert.equal((await find("test:a")).result, null);
  }));

Deno.test("a process that cannot reach KV stops its handler when its lease is over", () =>
  withQueue(async (queue) => {
    const { clock, find, lines } = queue;
    let isDown = false;
    let stoppedMs = 0;
    const store = await queue.process((operation) => isDown ? Promise.reject(new Error("KV is down")) : operation());
    const started = clock.now().getTime();
    const careful = job(async ({ signal }) => {
      while (!signal.aborted) await clock.sleep(1_000, signal);
      stoppedMs = clock.now().getTime() - started;
      throw signal.reason;
    });
    await enqueueJob(queue.context(careful), { name: "test", args: { key: "a" } });
    const worker = queue.worker([careful], { store });
    worker.start();
    await clock.settle();
    isDown = true;
    await clock.advance(20_000);
    assert.equal(stoppedMs, 15_000);
    assert.ok(lines.some(({ message }) => message === "A job's heartbeat failed"));
    isDown = false;
    await worker.stop();
    assert.equal((await find("test:a")).state, "running");
  }));

Deno.test("an end that KV would not take at first is written when it does", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    let isDown = false;
    const store = await queue.process((operation) => isDown ? Promise.reject(new Error("KV is down")) : operation());
    const quick = job(async () => {
      await clock.sleep(1_000);
      isDown = true;
      return "done";
    });
    await enqueueJob(queue.context(quick), { name: "test", args: { key: "a" } });
    const ended = queue.worker([quick], { store }).runDue();
    await clock.advance(4_500);
    isDown = false;
    await clock.until(ended);
    assert.equal((await find("test:a")).state, "succeeded");
  }));

Deno.test("a process does not start a job beside itself when its own lease has lapsed", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    let starts = 0;
    const slow = job(async () => {
      starts += 1;
      await clock.sleep(40_000);
      return "done";
    });
    const sleep: Sleep = (ms, signal) => clock.sleep(ms === 5_000 ? 60_000 : ms, signal);
    await enqueueJob(queue.context(slow), { name: "test", args: { key: "a" } });
    const worker = queue.worker([slow], { sleep });
    worker.start();
    for (let passed = 0; passed < 40_000; passed += 10_000) {
      await clock.advance(10_000);
      worker.wake();
    }
    await clock.settle();
    const done = await find("test:a");
    assert.equal(starts, 1);
    assert.equal(done.result, "done");
    assert.deepEqual(events(done), ["enqueued", "claimed", "succeeded"]);
    await worker.stop();
  }));

/** A worker whose process is gone as soon as its handlers have started: its timers never fire. */
function lostProcess(queue: Queue) {
  const gone = () => new Promise<void>(() => {});
  return { worker: queue.worker([job(gone)], { sleep: gone }) };
}
