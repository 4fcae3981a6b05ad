import assert from "node:assert/strict";
import { Final } from "../../../lib/jobs/definition.ts";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { events, job, type Queue, withQueue } from "./harness.ts";

const anyJob = job(() => Promise.resolve());

const ask = (queue: Queue, ...keys: string[]) =>
  Promise.all(keys.map((key) => enqueueJob(queue.context(anyJob), { name: "test", args: { key } })));

Deno.test("a stopping worker gives its jobs back, due at once, the attempt not counted", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const long = job(async ({ signal, progress }) => {
      progress(1, 2);
      await clock.sleep(3_600_000, signal);
      signal.throwIfAborted();
    });
    await ask(queue, "a", "b");
    const worker = queue.worker([long]);
    worker.start();
    await clock.advance(20_000);
    assert.equal((await find("test:b")).state, "running");
    await clock.until(worker.stop());
    for (const id of ["test:a", "test:b"]) {
      const back = await find(id);
      assert.equal(back.state, "queued");
      assert.equal(back.attempts, 0);
      assert.equal(back.due_at, clock.now().toISOString());
      assert.equal(back.lease, null);
      assert.deepEqual(back.progress, { done: 1, total: 2 });
      assert.deepEqual(events(back), ["enqueued", "claimed", "given back"]);
    }
    assert.equal(clock.timers(), 0);
    await worker.runDue();
    assert.equal((await find("test:a")).state, "queued");
  }));

Deno.test("what a stopping worker's handler has done or refused for good is kept", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const ends = job(async ({ args, signal }) => {
      await clock.sleep(3_600_000, signal);
      if (args.key === "final") throw new Final("no");
      return "done";
    });
    await ask(queue, "final", "done");
    const worker = queue.worker([ends]);
    worker.start();
    await clock.settle();
    await worker.stop();
    assert.equal((await find("test:final")).state, "dead");
    assert.equal((await find("test:done")).state, "succeeded");
  }));

Deno.test("a job that is claimed while the worker stops does not start, and is given back", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    let isSlow = false;
    const store = await queue.process(async (operation) => {
      if (isSlow) await clock.sleep(500);
      return await operation();
    });
    await ask(queue, "a");
    let hasStarted = false;
    const worker = queue.worker([job(() => Promise.resolve(hasStarted = true))], { store });
    isSlow = true;
    worker.start();
    await clock.advance(1_400);
    await clock.until(worker.stop());
    const back = await find("test:a");
    assert.equal(hasStarted, false);
    assert.equal(back.attempts, 0);
    assert.deepEqual(events(back), ["enqueued", "claimed", "given back"]);
  }));

Deno.test("stopping does not wait for a handler that does not listen; its lease lapses", () =>
  withQueue(async (queue) => {
    const { clock, find, lines } = queue;
    const deaf = job(() => clock.sleep(10_000));
    await ask(queue, "a");
    const worker = queue.worker([deaf]);
    worker.start();
    await clock.settle();
    const before = clock.now().getTime();
    await clock.until(worker.stop());
    assert.equal(clock.now().getTime() - before, 3_000);
    assert.equal((await find("test:a")).state, "running");
    assert.ok(lines.some(({ message }) => String(message).includes("did not stop in time")));
    await clock.advance(10_000);
  }));

Deno.test("who waits for what is due waits until it is done, or no longer than the signal lets them", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const hour = job(({ signal }) => clock.sleep(3_600_000, signal));
    await ask(queue, "a");
    const worker = queue.worker([hour]);
    const enough = new AbortController();
    const waited = worker.runDue(enough.signal);
    await clock.advance(45_000);
    assert.equal((await find("test:a")).state, "running");
    enough.abort();
    await waited;
    assert.equal((await find("test:a")).state, "running");
    await clock.until(worker.runDue());
    assert.equal((await find("test:a")).state, "succeeded");
    assert.equal((await find("test:a")).attempts, 1);
  }));
