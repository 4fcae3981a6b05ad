import assert from "node:assert/strict";
import { z } from "zod";
import { defineJob, Final, Needless, Postpone } from "../../../lib/jobs/definition.ts";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { createWorker } from "../../../lib/jobs/worker.ts";
import { events, job, type Queue, withQueue } from "./harness.ts";

const ask = (queue: Queue, ...keys: string[]) =>
  Promise.all(keys.map((key) => enqueueJob(queue.context(anyJob), { name: "test", args: { key } })));

const anyJob = job(() => Promise.resolve());

Deno.test("a job runs with its services and arguments, and its result is kept", () =>
  withQueue(async ({ context, clock, find, store, log }) => {
    const sum = defineJob({
      name: "sum",
      args: z.object({ of: z.array(z.number()) }),
      id: (args) => args.of.join("."),
      maxAttempts: 1,
      run: (ctx: { factor: number }, { args, attempt }) =>
        Promise.resolve({ sum: ctx.factor * args.of.reduce((a, b) => a + b), attempt, nothing: undefined }),
    });
    await enqueueJob({ ...context(), jobs: [sum] }, { name: "sum", args: { of: [1, 2] } });
    const { now, sleep } = clock;
    await createWorker({
      store,
      now,
      sleep,
      log,
      random: Math.random,
      owner: "p",
      version: "1",
      jobs: [sum],
      ctx: () => ({ factor: 10 }),
    })
      .runDue();
    const done = await find("sum:1.2");
    assert.equal(done.state, "succeeded");
    assert.deepEqual(done.result, { sum: 30, attempt: 1 });
    assert.equal(done.attempts, 1);
    assert.equal(done.started_at, "2026-11-20T08:00:00.000Z");
    assert.equal(done.finished_at, "2026-11-20T08:00:00.000Z");
    assert.equal(done.lease, null);
    assert.deepEqual(events(done), ["enqueued", "claimed", "succeeded"]);
    assert.equal(clock.timers(), 0);
  }));

Deno.test("runDue runs what is due, oldest first, and leaves what is not", () =>
  withQueue(async (queue) => {
    const ran: string[] = [];
    const recorded = job(({ args }) => Promise.resolve(ran.push(args.key)));
    const dueAt = new Date("2026-11-20T07:00:00Z");
    await ask(queue, "now");
    await enqueueJob(queue.context(recorded), { name: "test", args: { key: "early" }, dueAt });
    const later = new Date("2026-11-20T08:00:00.001Z");
    await enqueueJob(queue.context(recorded), { name: "test", args: { key: "later" }, dueAt: later });
    await queue.worker([recorded], { concurrency: 1 }).runDue();
    assert.deepEqual(ran, ["early", "now"]);
    assert.equal((await queue.find("test:later")).state, "queued");
  }));

Deno.test("no more jobs run at once than there is room for", () =>
  withQueue(async (queue) => {
    let atOnce = 0;
    let most = 0;
    const slow = job(async () => {
      most = Math.max(most, ++atOnce);
      await queue.clock.sleep(1_000);
      atOnce -= 1;
    });
    await ask(queue, ..."abcdefg");
    const { runDue } = queue.worker([slow], { concurrency: 3 });
    await queue.clock.until(Promise.all([runDue(), runDue()]));
    assert.equal(most, 3);
    for (const key of "abcdefg") assert.equal((await queue.find(`test:${key}`)).state, "succeeded");
  }));

Deno.test("a claim that KV is slow to confirm takes its room too", () =>
  withQueue(async (queue) => {
    const { clock } = queue;
    let atOnce = 0;
    const single = job(async () => {
      assert.equal(++atOnce, 1);
      await clock.sleep(5_000);
      atOnce -= 1;
    });
    let committed = 0;
    const store = await queue.process(async (operation) => {
      const before = committed;
      const answer = await operation();
      if (before === 0 && committed === 1) await clock.sleep(3_000);
      return answer;
    }, () => committed++);
    await ask(queue, "a", "b", "c");
    const { runDue } = queue.worker([single], { concurrency: 1, store });
    const first = runDue();
    await clock.advance(1_000);
    await clock.until(Promise.all([first, runDue()]));
    for (const key of "abc") assert.equal((await queue.find(`test:${key}`)).state, "succeeded");
  }));

Deno.test("a failure is tried again after a back-off that doubles, with full jitter, and then is dead", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const failing = job(({ attempt }) => Promise.reject(new Error(`attempt ${attempt} broke`)), {
      maxAttempts: 4,
      backoffMs: 10_000,
      maxBackoffMs: 25_000,
    });
    const { runDue } = queue.worker([failing], { random: () => 0.5 });
    await ask(queue, "a");
    for (const waitMs of [5_000, 10_000, 12_500]) {
      await runDue();
      const failed = await find("test:a");
      assert.equal(failed.state, "failed");
      assert.equal(failed.error, `attempt ${failed.attempts} broke`);
      assert.equal(Date.parse(failed.due_at) - clock.now().getTime(), waitMs);
      assert.equal(failed.finished_at, null);
      await clock.advance(waitMs);
    }
    await runDue();
    const dead = await find("test:a");
    assert.equal(dead.state, "dead");
    assert.equal(dead.attempts, 4);
    assert.equal(dead.error, "attempt 4 broke");
    assert.equal(dead.finished_at, clock.now().toISOString());
    assert.equal(dead.timeline.at(-1)?.detail, "attempt 4 broke");
  }));

Deno.test("what is thrown need not be an error", () =>
  withQueue(async (queue) => {
    const odd = job(({ args }) => Promise.reject(args.key === "a" ? "text" : new RangeError()), { maxAttempts: 1 });
    await ask(queue, "a", "b");
    await queue.worker([odd]).runDue();
    assert.equal((await queue.find("test:a")).error, "text");
    assert.equal((await queue.find("test:b")).error, "RangeError");
  }));

Deno.test("a final failure is dead at once", () =>
  withQueue(async (queue) => {
    await ask(queue, "a");
    await queue.worker([job(() => Promise.reject(new Final("The key was refused")))]).runDue();
    const dead = await queue.find("test:a");
    assert.equal(dead.state, "dead");
    assert.equal(dead.attempts, 1);
    assert.equal(dead.error, "The key was refused");
  }));

Deno.test("what nobody needs any more is cancelled, with its reason and no alarm", () =>
  withQueue(async (queue) => {
    await ask(queue, "a");
    await queue.worker([job(() => Promise.reject(new Needless("The asset is gone")))]).runDue();
    const { state, error, lease, timeline } = await queue.find("test:a");
    assert.deepEqual([state, error, lease], ["cancelled", null, null]);
    assert.deepEqual(timeline.at(-1), {
      at: queue.clock.now().toISOString(),
      event: "cancelled",
      detail: "The asset is gone",
    });
    assert.deepEqual(queue.lines.filter(({ level }) => level === "warn" || level === "error"), []);
  }));

Deno.test("stored arguments that the job no longer takes are final", () =>
  withQueue(async (queue) => {
    await ask(queue, "a");
    const changed = job(() => Promise.resolve(), { args: z.object({ key: z.string().min(5) }) });
    await queue.worker([changed]).runDue();
    const dead = await queue.find("test:a");
    assert.equal(dead.state, "dead");
    assert.match(dead.error ?? "", /arguments are not understood/);
  }));

Deno.test("a job that is put off waits without counting the attempt", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    let isThere = false;
    const waiting = job(() => {
      if (isThere) return Promise.resolve("there");
      return Promise.reject(new Postpone(clock.now().getTime() + 600_000, "The day is not over"));
    }, { maxAttempts: 1 });
    const { runDue } = queue.worker([waiting]);
    await ask(queue, "a");
    for (let time = 0; time < 5; time++) {
      await runDue();
      const put = await find("test:a");
      assert.equal(put.state, "queued");
      assert.equal(put.attempts, 0);
      assert.equal(put.error, "The day is not over");
      assert.equal(Date.parse(put.due_at) - clock.now().getTime(), 600_000);
      await clock.advance(600_000);
    }
    isThere = true;
    await runDue();
    const done = await find("test:a");
    assert.equal(done.state, "succeeded");
    assert.equal(done.error, null);
  }));

Deno.test("a job cannot be put off for ever: at the end of its time it is tried once more, and then dead", () =>
  withQueue(async (queue) => {
    const { clock, find } = queue;
    const waiting = job(() => Promise.reject(new Postpone(clock.now().getTime() + 40 * 60_000, "not yet")), {
      postponeForMs: 3_600_000,
    });
    const { runDue } = queue.worker([waiting]);
    await ask(queue, "a");
    await runDue();
    await clock.advance(40 * 60_000);
    await runDue();
    assert.equal((await find("test:a")).due_at, "2026-11-20T09:00:00.000Z");
    await clock.advance(20 * 60_000);
    await runDue();
    const dead = await find("test:a");
    assert.equal(dead.state, "dead");
    assert.match(dead.error ?? "", /since 2026-11-20T08:00:00.000Z, too long: not yet/);
  }));

Deno.test("putting off until the past does not keep the worker busy", () =>
  withQueue(async (queue) => {
    await ask(queue, "a");
    await queue.worker([job(() => Promise.reject(new Postpone(0, "once more")))]).runDue();
    assert.equal((await queue.find("test:a")).due_at, "2026-11-20T08:00:01.000Z");
  }));

Deno.test("jobs of other names are left to other processes", () =>
  withQueue(async (queue) => {
    await ask(queue, "a");
    await queue.worker([job(() => Promise.resolve(), { name: "other" })]).runDue();
    assert.equal((await queue.find("test:a")).state, "queued");
  }));

Deno.test("a started worker runs what is due, sleeps until more is, and wakes for what is enqueued", () =>
  withQueue(async (queue) => {
    const { clock, context } = queue;
    const ran: [string, string][] = [];
    const recorded = job(({ args }) => Promise.resolve(ran.push([args.key, clock.now().toISOString().slice(14, 19)])));
    const worker = queue.worker([recorded]);
    const ctx = { ...context(recorded), wake: worker.wake };
    await ask(queue, "first");
    worker.start();
    worker.start();
    await clock.settle();
    const dueAt = new Date(clock.now().getTime() + 150_000);
    await enqueueJob(ctx, { name: "test", args: { key: "later" }, dueAt });
    await clock.advance(10_000);
    await enqueueJob(ctx, { name: "test", args: { key: "now" } });
    await clock.advance(200_000);
    assert.deepEqual(ran, [["first", "00:00"], ["now", "00:10"], ["later", "02:30"]]);
    await worker.stop();
    assert.equal(clock.timers(), 0);
  }));

Deno.test("a worker sees what another process enqueued within a minute", () =>
  withQueue(async (queue) => {
    const worker = queue.worker([anyJob]);
    worker.start();
    await queue.clock.settle();
    await ask(queue, "a");
    await queue.clock.advance(60_000);
    assert.equal((await queue.find("test:a")).state, "succeeded");
    await worker.stop();
  }));

Deno.test("a worker outlives a KV that fails: it logs, backs off and goes on", () =>
  withQueue(async (queue) => {
    const { clock, find, lines } = queue;
    let isDown = false;
    let tries = 0;
    const unreliable = await queue.process((operation) => {
      tries += 1;
      return isDown ? Promise.reject(new Error("KV is down")) : operation();
    });
    await ask(queue, "a");
    const worker = queue.worker([anyJob], { store: unreliable });
    isDown = true;
    tries = 0;
    await assert.rejects(worker.runDue(), { type: "unavailable" });
    worker.start();
    await clock.advance(120_000);
    assert.ok(tries > 4 && tries < 12, `${tries} tries in two minutes`);
    assert.equal(lines.filter(({ message }) => message === "The queue could not be read").length, tries - 1);
    isDown = false;
    await clock.advance(60_000);
    assert.equal((await find("test:a")).state, "succeeded");
    await worker.stop();
  }));

Deno.test("a job that cannot be read does not hold up the others", () =>
  withQueue(async (queue) => {
    const { kv, find, worker } = queue;
    await kv.set(["jobs", "test:odd"], { v: 99 });
    await kv.set(["jobs_by_due", 1, 0, "test:odd"], "test:odd");
    await ask(queue, "a");
    const { runDue, stop } = worker([anyJob]);
    await assert.rejects(runDue(), AggregateError);
    await stop();
    assert.equal((await find("test:a")).state, "succeeded");
    await kv.delete(["jobs", "test:odd"]);
    await kv.delete(["jobs_by_due", 1, 0, "test:odd"]);
  }));

Deno.test("whatever a handler says, its job fits into KV", () =>
  withQueue(async (queue) => {
    const { find } = queue;
    const wide = "界".repeat(10_000);
    const talkative = job(({ note, args }) => {
      for (let line = 0; line < 300; line++) note(wide, wide);
      if (args.key === "throws") throw new Error(wide);
      return Promise.resolve(args.key === "numbers" ? Array.from({ length: 1_900 }, () => 5e9) : wide);
    }, { maxAttempts: 1, args: z.object({ key: z.string(), more: z.string() }) });
    for (const key of ["throws", "numbers", "words"]) {
      const args = { key, more: "界".repeat(3_900) };
      await enqueueJob(queue.context(talkative), { name: "test", args });
    }
    await queue.worker([talkative]).runDue();
    assert.equal((await find("test:throws")).error?.length, 1_000);
    assert.equal((await find("test:numbers")).state, "succeeded");
    assert.match(JSON.stringify((await find("test:words")).result), /at most 8000 are kept/);
  }));

Deno.test("a timeline keeps its last hundred events", () =>
  withQueue(async (queue) => {
    const counting = job(({ note }) => {
      for (let line = 0; line < 150; line++) note("line", String(line));
      return Promise.resolve();
    });
    await ask(queue, "a");
    await queue.worker([counting]).runDue();
    const { timeline } = await queue.find("test:a");
    assert.equal(timeline.length, 100);
    assert.equal(timeline[0]?.detail, "51");
    assert.equal(timeline.at(-1)?.event, "succeeded");
  }));

Deno.test("of several due jobs the more urgent ones are taken first, whatever has waited longer", () =>
  withQueue(async (queue) => {
    const order: string[] = [];
    const named = (name: string, priority: "urgent" | "normal" | "background") =>
      job((run) => Promise.resolve(void order.push(`${name}:${run.args.key}`)), { name, priority });
    const jobs = [named("backfill", "background"), named("other", "normal"), named("pull", "urgent")];
    const ctx = queue.context(...jobs);
    for (const name of ["backfill", "other", "pull"]) {
      await enqueueJob(ctx, { name, args: { key: "a" } });
      await queue.clock.advance(1_000);
      await enqueueJob(ctx, { name, args: { key: "b" } });
    }
    await queue.worker(jobs, { concurrency: 1 }).runDue();
    assert.deepEqual(order, ["pull:a", "pull:b", "other:a", "other:b", "backfill:a", "backfill:b"]);
  }));

Deno.test("background jobs leave room for an urgent one", () =>
  withQueue(async (queue) => {
    const done = Promise.withResolvers<void>();
    const started: string[] = [];
    const jobs = [
      job((run) => (started.push(run.args.key), done.promise), { name: "backfill", priority: "background" }),
      job((run) => Promise.resolve(void started.push(run.args.key)), { name: "pull", priority: "urgent" }),
    ];
    const ctx = queue.context(...jobs);
    for (const key of ["a", "b", "c"]) await enqueueJob(ctx, { name: "backfill", args: { key } });
    const worker = queue.worker(jobs, { concurrency: 3 });
    worker.start();
    await queue.clock.advance(1);
    assert.deepEqual(started, ["a", "b"]);
    await enqueueJob(ctx, { name: "pull", args: { key: "now" } });
    worker.wake();
    await queue.clock.advance(1);
    assert.deepEqual(started, ["a", "b", "now"]);
    done.resolve();
    await queue.clock.advance(1);
    assert.deepEqual(started, ["a", "b", "now", "c"]);
    await worker.stop();
  }));
