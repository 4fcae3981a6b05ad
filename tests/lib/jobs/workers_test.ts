import assert from "node:assert/strict";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { queueStatus } from "../../../lib/jobs/queue_status.ts";
import { presentWorkers } from "../../../lib/jobs/workers.ts";
import { job, withQueue } from "./harness.ts";

const idsOf = (workers: readonly { id: string }[]) => workers.map(({ id }) => id);

Deno.test("a worker that is started is seen, goes on being seen, and is gone when it stops", () =>
  withQueue(async ({ clock, store, worker }) => {
    const one = worker([job(() => Promise.resolve())]);
    assert.deepEqual(await presentWorkers(store, clock.now()), []);
    one.start();
    await clock.settle();
    const [seen] = await presentWorkers(store, clock.now());
    assert.deepEqual([seen?.id, seen?.version, seen?.seen_at], ["process-1", "1.2.3", clock.now().toISOString()]);
    await clock.advance(600_000);
    const [later] = await presentWorkers(store, clock.now());
    assert.ok(Date.parse(later?.seen_at ?? "") >= clock.now().getTime() - 60_000, later?.seen_at);
    assert.equal(later?.started_at, seen?.started_at);
    await clock.until(one.stop());
    assert.deepEqual(await presentWorkers(store, clock.now()), []);
  }));

Deno.test("one that was not heard of again is forgotten with the next sign of another", () =>
  withQueue(async ({ clock, kv, store, worker }) => {
    const at = new Date(clock.now().getTime() - 200_000).toISOString();
    const lost = { v: 1, id: "lost", version: "1.2.3", started_at: at, seen_at: at, running: 2 };
    await kv.set(["workers", "lost"], lost);
    assert.deepEqual(idsOf(await presentWorkers(store, clock.now())), []);
    const one = worker([]);
    one.start();
    await clock.settle();
    assert.equal((await kv.get(["workers", "lost"])).value, null);
    await clock.until(one.stop());
  }));

Deno.test("a worker at work says what it runs, and until when each lease holds", () =>
  withQueue(async ({ clock, context, store, worker }) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const slow = job(() => ended);
    const { id } = await enqueueJob(context(slow), { name: slow.name, args: { key: "a" } });
    const one = worker([slow]);
    one.start();
    await clock.settle();
    const leases = async () => (await queueStatus({ store, now: clock.now })).workers[0]?.leases;
    const [lease] = await leases() ?? [];
    assert.equal(lease?.job_id, id);
    assert.ok(Date.parse(lease?.expires_at ?? "") > clock.now().getTime());
    end();
    await clock.settle();
    assert.deepEqual(await leases(), []);
    await clock.until(one.stop());
  }));
