/**
 * A queue to test: an in-memory KV, a clock that stands still, and as many processes as a test wants.
 *
 * @module
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { openStore, type Store } from "../../../lib/store/store.ts";
import { defineJob, type JobDefinition, type JobOptions, type JobRun } from "../../../lib/jobs/definition.ts";
import { type Job, jobCollection, jobSchema } from "../../../lib/jobs/job.ts";
import type { JobsContext } from "../../../lib/jobs/ledger.ts";
import { createLog, type Log } from "../../../lib/log.ts";
import { createWorker, type Worker, type WorkerOptions } from "../../../lib/jobs/worker.ts";
import { type FakeClock, fakeClock } from "../../support/clock.ts";

export interface KeyArgs extends Record<string, unknown> {
  readonly key: string;
}

export type Handler = (run: JobRun<KeyArgs>) => Promise<unknown>;

/** A job of one key whose handler is the test's. */
export const job = (
  run: Handler,
  options: Partial<Omit<JobOptions<unknown, KeyArgs>, "run">> = {},
): JobDefinition<unknown> =>
  defineJob<unknown, KeyArgs>({
    name: "test",
    args: z.object({ key: z.string() }),
    id: (args) => args.key,
    maxAttempts: 3,
    ...options,
    run: (_, given) => run(given),
  });

export interface Queue {
  readonly kv: Deno.Kv;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly log: Log;
  /** What was logged. */
  readonly lines: readonly Record<string, unknown>[];
  /** For those who enqueue. */
  context(...jobs: JobDefinition<unknown>[]): JobsContext & { readonly log: Log };
  /** A process of its own that runs these jobs. */
  worker(jobs: JobDefinition<unknown>[], options?: Partial<WorkerOptions<unknown>>): Worker;
  /** The store of another process, on the same KV. */
  process(through: Through, committed?: Committed): Promise<Store>;
  find(id: string): Promise<Job>;
}

/** Runs a test with a queue of its own, and sees to it that indexes and records agree at the end. */
export async function withQueue(test: (queue: Queue) => Promise<void>): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  try {
    const clock = fakeClock();
    const process = (through: Through, committed?: Committed) =>
      storeThrough(kv, (operation) => through(() => clock.track(operation())), committed);
    const store = await process((operation) => operation());
    const lines: Record<string, unknown>[] = [];
    const log = createLog({ level: "debug", now: clock.now, write: (line) => void lines.push(JSON.parse(line)) });
    let owners = 0;
    await test({
      kv,
      store,
      clock,
      log,
      lines,
      context: (...jobs) => ({ store, now: clock.now, jobs, log }),
      worker: (jobs, options) =>
        createWorker({
          store,
          jobs,
          ctx: () => ({}),
          now: clock.now,
          sleep: clock.sleep,
          random: () => 0.5,
          log,
          owner: `process-${++owners}`,
          version: "1.2.3",
          ...options,
        }),
      process,
      async find(id) {
        const found = await jobCollection(store).get(id);
        assert.ok(found, `there is no job ${id}`);
        return found.value;
      },
    });
    await indexesAgree(kv, store);
  } finally {
    kv.close();
  }
}

/** Every index entry points at a job that has it, and every job has all its entries. */
export async function indexesAgree(kv: Deno.Kv, store: Store): Promise<Job[]> {
  const entries = await Array.fromAsync(kv.list({ prefix: [] }));
  const stored = entries.filter(({ key }) => key[0] === "jobs").map(({ value }) => {
    const { v, ...record } = value as { v: number };
    assert.equal(v, 1);
    return jobSchema.parse(record);
  });
  const jobs = jobCollection(store);
  const wanted = stored.flatMap((job) => jobs.entriesOf(job).map(({ key, id }) => JSON.stringify([key, id])));
  const found = entries.filter(({ key }) => String(key[0]).startsWith("jobs_by_"))
    .map(({ key, value }) => JSON.stringify([key, value]));
  assert.deepEqual(found.sort(), wanted.sort());
  return stored;
}

/** How each operation on KV is gone through with: tracked, put off, cut off. */
export type Through = <T>(operation: () => Promise<T>) => Promise<T>;

/** Told of what each commit wrote, in order; one that failed its checks wrote nothing. */
export type Committed = (written: ReadonlyMap<string, unknown>) => void;

/** A store of its own on the same KV, as another process has one. */
export function storeThrough(kv: Deno.Kv, through: Through, committed: Committed = () => {}): Promise<Store> {
  const watched = {
    get: (key: Deno.KvKey) => through(() => kv.get(key)),
    getMany: (keys: readonly Deno.KvKey[]) => through(() => kv.getMany<unknown[]>(keys)),
    list(selector: Deno.KvListSelector, options?: Deno.KvListOptions) {
      const entries = kv.list(selector, options);
      return {
        next: () => through(() => entries.next()),
        get cursor() {
          return entries.cursor;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    atomic() {
      const operation = kv.atomic();
      const written = new Map<string, unknown>();
      const same = {
        check: (check: Deno.AtomicCheck) => (operation.check(check), same),
        set(key: Deno.KvKey, value: unknown, options?: { expireIn?: number }) {
          operation.set(key, value, options);
          written.set(JSON.stringify(key), value);
          return same;
        },
        delete: (key: Deno.KvKey) => (operation.delete(key), same),
        commit: () =>
          through(async () => {
            const result = await operation.commit();
            if (result.ok) committed(written);
            return result;
          }),
      };
      return same;
    },
    // Whoever has opened it closes it: another store may be on it.
    close() {},
  };
  return openStore(watched as unknown as Deno.Kv, { shared: false, answerMs: Infinity });
}

/** The events of a timeline, in order. */
export const events = (job: Job): string[] => job.timeline.map(({ event }) => event);
