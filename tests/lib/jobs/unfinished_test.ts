/** Work in parts: what a run has kept is given to the next, and attempts are counted anew. */
import assert from "node:assert/strict";
import { Unfinished } from "../../../lib/jobs/definition.ts";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { events, job, withQueue } from "./harness.ts";

Deno.test("each part goes on from what the one before it kept; the last one's result counts", () =>
  withQueue(async ({ context, worker, clock, find }) => {
    const seen: unknown[] = [];
    const parts = job(({ kept, keep, attempt }) => {
      seen.push([kept, attempt]);
      const done = (kept as { done: number } | null)?.done ?? 0;
      if (done === 2) return Promise.resolve({ done: 3 });
      keep({ done: done + 1 });
      return Promise.reject(new Unfinished(`${2 - done} left`));
    });
    await enqueueJob(context(parts), { name: "test", args: { key: "a" } });
    await clock.until(worker([parts]).runDue());
    assert.deepEqual(seen, [[null, 1], [{ done: 1 }, 1], [{ done: 2 }, 1]]);
    const { state, result, timeline } = await find("test:a");
    assert.deepEqual([state, result], ["succeeded", { done: 3 }]);
    assert.deepEqual(timeline.filter(({ event }) => event === "continues").map(({ detail }) => detail), [
      "2 left",
      "1 left",
    ]);
  }));

Deno.test("a part makes room for what was due before it", () =>
  withQueue(async ({ context, worker, clock }) => {
    const ran: string[] = [];
    const parts = job(async ({ args: { key }, keep, kept }) => {
      ran.push(key);
      await clock.sleep(1_000);
      if (kept !== null) return;
      keep(true);
      throw new Unfinished("half of it");
    });
    for (const key of ["a", "b"]) await enqueueJob(context(parts), { name: "test", args: { key } });
    await clock.until(worker([parts], { concurrency: 1 }).runDue());
    assert.deepEqual(ran, ["a", "b", "a", "b"]);
  }));

Deno.test("failures after a part count from one again, and what was kept stays through them", () =>
  withQueue(async ({ context, worker, clock, find }) => {
    let runs = 0;
    const parts = job(({ keep }) => {
      runs += 1;
      if (runs === 2) {
        keep("half");
        return Promise.reject(new Unfinished("half of it"));
      }
      return Promise.reject(new Error("out of order"));
    }, { maxAttempts: 2, backoffMs: 1, maxBackoffMs: 1 });
    await enqueueJob(context(parts), { name: "test", args: { key: "a" } });
    const process = worker([parts]);
    for (let i = 0; i < 6; i++) {
      await clock.until(process.runDue());
      await clock.advance(10);
    }
    const ended = await find("test:a");
    assert.deepEqual([runs, ended.state, ended.attempts, ended.result], [4, "dead", 2, "half"]);
    assert.equal(events(ended).filter((event) => event === "failed").length, 2);
  }));

Deno.test("a part that ends while the queue is still looked through is not the last one", () =>
  withQueue(async ({ context, worker, clock, find, store }) => {
    const ended = Promise.withResolvers<void>();
    let looking = Promise.resolve();
    const parts = job(({ kept, keep }) => {
      looking = ended.promise;
      if (kept !== null) return Promise.resolve();
      keep(true);
      return Promise.reject(new Unfinished("half of it"));
    });
    async function* list(...asked: Parameters<typeof store.list>) {
      await looking;
      yield* store.list(...asked);
    }
    await enqueueJob(context(parts), { name: "test", args: { key: "a" } });
    const slow = { ...store, list: list as unknown as typeof store.list };
    await clock.until(worker([parts], { store: slow, onRunEnded: () => ended.resolve() }).runDue());
    assert.equal((await find("test:a")).state, "succeeded");
  }));
