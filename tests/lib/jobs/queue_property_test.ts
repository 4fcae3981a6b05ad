/**
 * Several processes share a queue while everything happens to them that can: they are slow, freeze, crash, stop, and
 * people cancel, retry and ask again. Every commit to a job is held against the rules as it happens.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { defineJob, Final, type JobRun, Postpone } from "../../../lib/jobs/definition.ts";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { isEnded, type Job, jobSchema } from "../../../lib/jobs/job.ts";
import { cancelJob, type JobsContext, retryJob } from "../../../lib/jobs/ledger.ts";
import type { Sleep } from "../../../lib/jobs/sleep.ts";
import type { Worker } from "../../../lib/jobs/worker.ts";
import { Problem } from "../../../lib/problem.ts";
import { turn } from "../../support/clock.ts";
import { type Committed, events, indexesAgree, type Queue, type Through, withQueue } from "./harness.ts";

const MAX_ATTEMPTS = 3;
const PROCESSES = 3;
const CONCURRENCY = 2;
const KEYS = ["a", "b", "c", "d", "e"];

const anyKey = fc.constantFrom(...KEYS);
const anyProcess = fc.nat(PROCESSES - 1);

const anyCommand = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("enqueue" as const), key: anyKey }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("cancel" as const), key: anyKey }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("retry" as const), key: anyKey }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("crash" as const), process: anyProcess }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("stop" as const), process: anyProcess }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("tick" as const), process: anyProcess }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("freeze" as const), process: anyProcess, lateMs: fc.nat(60_000) }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("advance" as const), ms: fc.nat(30_000) }) },
);

/** Evenly from 0 up to 1. */
const anyRandom = fc.infiniteStream(fc.noBias(fc.nat(9_999)).map((part) => part / 10_000));

interface Process {
  readonly owner: string;
  readonly worker: Worker;
  /** Nothing of it happens any more. */
  isGone: boolean;
  /** How much longer its sleeps take. */
  lateMs: number;
}

/** Of all operations on KV. */
const SLOW_SHARE = 0.2;
const MAX_SLOW_MS = 8_000;

const never = <T>(): Promise<T> => new Promise(() => {});

/** Lets operations that wait at the same time through one by one, in any order. */
function inAnyOrder(random: () => number): Through {
  const waiting: (() => Promise<void>)[] = [];
  let isOpen = false;
  async function letThrough(): Promise<void> {
    isOpen = true;
    while (waiting.length > 0) {
      await turn();
      const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
      await next?.();
    }
    isOpen = false;
  }
  return (operation) =>
    new Promise((resolve, reject) => {
      waiting.push(() => operation().then(resolve, reject));
      if (!isOpen) letThrough();
    });
}

/** The rules, as the ledger sees them: `by` is the process that committed. */
function checkCommit(before: Job | undefined, after: Job, by: string | undefined, nowMs: number): void {
  const holder = before?.lease?.owner;
  const isHeld = before?.lease !== undefined && before.lease !== null && Date.parse(before.lease.expires_at) > nowMs;
  const said = `${before?.state} (${holder}) -> ${after.state} (${after.lease?.owner}) by ${by}`;
  assert.ok(after.attempts <= MAX_ATTEMPTS, said);
  assert.equal(after.state === "running", after.lease !== null, said);
  if (before === undefined) return assert.equal(after.state, "queued");
  if (isEnded(before)) return assert.equal(after.state, "queued", said);
  if (after.attempts > before.attempts) {
    assert.equal(after.lease?.owner, by, said);
    assert.ok(!isHeld, `two holders: ${said}`);
    if (before.lease === null) assert.ok(Date.parse(before.due_at) <= nowMs, `too early: ${said}`);
  } else if (holder !== undefined && holder !== by) {
    if (after.lease === null) assert.ok(!isHeld && ["dead", "cancelled"].includes(after.state), `not theirs: ${said}`);
    else assert.deepEqual({ ...after, timeline: [], cancel_requested: false }, { ...before, timeline: [] }, said);
  } else if (holder === undefined) {
    assert.ok(["queued", "cancelled"].includes(after.state), said);
  }
}

interface World {
  readonly ctx: JobsContext;
  /** Rules that were broken. The code under test would take an error for one of KV's or of the handler's. */
  readonly faults: unknown[];
  readonly processes: Process[];
  /** The jobs as their last commits left them. */
  readonly ledger: ReadonlyMap<string, Job>;
  start(): Promise<Process>;
}

async function createWorld(queue: Queue, random: () => number): Promise<World> {
  const { clock } = queue;
  const ledger = new Map<string, Job>();
  const faults: unknown[] = [];
  const gate = inAnyOrder(random);
  const pause = async () => random() < SLOW_SHARE && await clock.sleep(random() * MAX_SLOW_MS);
  const slowly: Through = async (operation) => {
    await pause();
    const value = await clock.track(gate(operation));
    await pause();
    return value;
  };
  const committedBy = (by?: string): Committed => (written) => {
    for (const [key, value] of written) {
      if (!key.startsWith('["jobs",')) continue;
      const { v: _, ...record } = value as { v: number };
      const after = jobSchema.parse(record);
      attempt(faults, () => checkCommit(ledger.get(after.id), after, by, clock.now().getTime()));
      ledger.set(after.id, after);
    }
  };

  let started = 0;
  async function start(): Promise<Process> {
    const owner = `p${++started}`;
    const alive = <T>(work: Promise<T>): Promise<T> =>
      work.then(
        (value) => process.isGone ? never() : value,
        (error) => process.isGone ? never() : Promise.reject(error),
      );
    const through: Through = (operation) => process.isGone ? never() : alive(slowly(operation));
    const sleep: Sleep = (ms, signal) => process.isGone ? never() : alive(clock.sleep(ms + process.lateMs, signal));
    const process: Process = { owner, isGone: false, lateMs: 0, worker: undefined as unknown as Worker };
    const store = await queue.process(through, committedBy(owner));
    const worker = queue.worker([randomJob(random, sleep, faults)], {
      store,
      sleep,
      owner,
      random,
      concurrency: CONCURRENCY,
    });
    return Object.assign(process, { worker });
  }

  const people = await queue.process(slowly, committedBy());
  const ctx = { ...queue.context(randomJob(random, clock.sleep, faults)), store: people };
  const processes = await Promise.all(Array.from({ length: PROCESSES }, start));
  return { ctx, faults, processes, ledger, start };
}

/** Works for a while, and ends in any way. */
function randomJob(random: () => number, sleep: Sleep, faults: unknown[]) {
  const running = new Set<string>();
  return defineJob<unknown, { key: string }>({
    name: "test",
    args: z.object({ key: z.string() }),
    id: (args) => args.key,
    maxAttempts: MAX_ATTEMPTS,
    postponeForMs: 600_000,
    async run(_, run) {
      const { key } = run.args;
      attempt(faults, () => assert.ok(!running.has(key), `${key} runs twice in one process`));
      running.add(key);
      attempt(faults, () => assert.ok(running.size <= CONCURRENCY, `${running.size} at once`));
      try {
        return await work(run);
      } finally {
        running.delete(key);
      }
    },
  });

  async function work({ signal, progress, note }: JobRun<{ key: string }>): Promise<unknown> {
    const isDeaf = random() < 0.1;
    const steps = Math.floor(random() * 12);
    for (let done = 0; done < steps; done++) {
      await sleep(random() * 8_000, signal);
      if (!isDeaf) signal.throwIfAborted();
      progress(done, steps);
    }
    note("worked");
    const ending = random();
    if (ending < 0.2) throw new Error("passing");
    if (ending < 0.3) throw new Postpone(random() * 2e12, "not yet");
    if (ending < 0.4) throw new Final("no");
    return steps;
  }
}

function attempt(faults: unknown[], check: () => void): void {
  try {
    check();
  } catch (error) {
    faults.push(error);
  }
}

type Command = (typeof anyCommand) extends fc.Arbitrary<infer C> ? C : never;

/** Refusals are answers too; anything else is a fault. */
const refused = (error: unknown) => assert.ok(error instanceof Problem, String(error));

async function carryOut(world: World, queue: Queue, command: Command): Promise<unknown> {
  const { ctx, processes } = world;
  switch (command.type) {
    case "enqueue":
      return await enqueueJob(ctx, { name: "test", args: { key: command.key } });
    case "cancel":
      return await cancelJob(ctx, `test:${command.key}`).catch(refused);
    case "retry":
      return await retryJob(ctx, `test:${command.key}`).catch(refused);
    case "tick":
      processes[command.process]?.worker.runDue();
      return;
    case "advance":
      return await queue.clock.advance(command.ms);
    case "freeze":
      return Object.assign(processes[command.process] ?? assert.fail(), { lateMs: command.lateMs });
    default: {
      const next = await world.start();
      const [process] = processes.splice(command.process, 1, next);
      if (command.type === "stop") return await process?.worker.stop();
      return Object.assign(process ?? assert.fail(), { isGone: true });
    }
  }
}

/** What is left when nothing happens any more, with one process that is well. */
async function bringToEnd(world: World, queue: Queue): Promise<void> {
  const { clock } = queue;
  for (const process of world.processes) {
    process.lateMs = 0;
    await clock.until(process.worker.stop());
  }
  const { worker } = await clock.until(world.start());
  for (let round = 0; [...world.ledger.values()].some((job) => !isEnded(job)); round++) {
    assert.ok(round < 200, `jobs that do not end: ${JSON.stringify([...world.ledger.values()])}`);
    await clock.until(worker.runDue());
    await clock.advance(60_000);
  }
  await clock.until(worker.stop());
}

async function check(queue: Queue, commands: readonly Command[], random: () => number): Promise<void> {
  const { clock, kv, store } = queue;
  const world = await clock.until(createWorld(queue, random));
  const underWay: Promise<unknown>[] = [];
  for (const command of commands) {
    for (const { worker } of world.processes) worker.start();
    const done = carryOut(world, queue, command);
    underWay.push(done);
    // Time passes for everyone; all else is under way at once.
    if (command.type === "advance") await done;
    if (command.type === "advance") await indexesAgree(kv, store);
  }
  await clock.until(Promise.all(underWay));
  await bringToEnd(world, queue);
  const stored = await indexesAgree(kv, store);
  const asked = new Set(commands.flatMap((command) => command.type === "enqueue" ? [`test:${command.key}`] : []));
  assert.deepEqual(world.faults, []);
  assert.deepEqual(new Set(stored.map(({ id }) => id)), asked);
  assert.deepEqual(new Map(stored.map((job) => [job.id, job])), world.ledger);
  for (const job of stored) checkTimeline(job);
}

/** What a handler noted stands there once, and is there where it came to its end. */
function checkTimeline(job: Job): void {
  const attempts = events(job).join(" ").split("claimed ").slice(1);
  for (const [i, attempt] of attempts.entries()) {
    const notes = attempt.split(" ").filter((event) => event === "worked").length;
    assert.ok(notes <= 1, `noted twice: ${events(job)}`);
    // The first of them may be cut by what a timeline holds.
    if (i > 0 && attempt.includes("succeeded")) assert.equal(notes, 1, `not noted: ${events(job)}`);
  }
}

Deno.test("whatever happens, a job has one holder at a time, is never lost, and ends", () =>
  fc.assert(
    fc.asyncProperty(fc.array(anyCommand, { minLength: 5, maxLength: 60 }), anyRandom, (commands, stream) =>
      withQueue((queue) =>
        check(queue, commands, () => stream.next().value ?? 0.5)
      )),
    { numRuns: 120 },
  ));
