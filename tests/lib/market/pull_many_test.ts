/** A day of 12,500 rows, of which 5,000 are of known assets: watched, cancelled and cut off on the way. */
import assert from "node:assert/strict";
import { LAYOUT } from "../../../lib/history/layout.ts";
import { voidLeases } from "../../../lib/jobs/ledger.ts";
import { generatedBars } from "../../support/provider_stand_in_bars.ts";
import {
  assertAgrees,
  FRIDAY,
  generatedSymbols,
  lastingIn,
  type PullOptions,
  type PullTest,
  startPull,
} from "./pull_harness.ts";

const ID = `pull-market-day:${FRIDAY}`;
const KEPT = 5_000;
const SHARDS = Math.ceil(KEPT / LAYOUT.assetsPerShard);
const ROWS = generatedBars(12_500);
const provider = { bars: ROWS };

/** Told when a shard has been stored, before the pull goes on. */
type OnShard = (stored: number) => Promise<unknown>;

/** A service that has the assets; each shard of the pull is told to whoever looks on. */
async function startMany(kv: Deno.Kv, onShard: { tell: OnShard }): Promise<PullTest> {
  let stored = 0;
  let isTold = true;
  const watching: Pick<PullOptions, "committed" | "through"> = {
    committed(written) {
      if (!written.keys().some((key) => key.startsWith('["sheets"'))) return;
      stored += 1;
      isTold = false;
    },
    async through(operation) {
      const result = await operation();
      if (!isTold) {
        isTold = true;
        await onShard.tell(stored);
      }
      return result;
    },
  };
  return await startPull({ kv, provider, assets: generatedSymbols(KEPT), ...watching });
}

const storedShards = async (kv: Deno.Kv): Promise<number> =>
  (await Array.fromAsync(kv.list({ prefix: ["sheets", FRIDAY] }))).length;

const succeeded = (written: number) => ({
  ...{ written, unchanged: KEPT - written, corrected: 0, quarantined: 0, provider_calls: 1 },
});

/** What is stored after a pull that nobody disturbed; it is the same each time. */
let stored: Promise<Record<string, unknown>> | undefined;
const undisturbed = (): Promise<Record<string, unknown>> => stored ??= pullUndisturbed();

async function pullUndisturbed(): Promise<Record<string, unknown>> {
  using kv = await Deno.openKv(":memory:");
  await using test = await startPull({ kv, provider, assets: generatedSymbols(KEPT) });
  assert.deepEqual((await test.pull(FRIDAY)).result, succeeded(KEPT));
  return await lastingIn(kv);
}

Deno.test("its progress can be followed, and every index, sheet and series agrees at the end", async () => {
  using kv = await Deno.openKv(":memory:");
  const onShard: { tell: OnShard } = { tell: () => Promise.resolve() };
  await using test = await startMany(kv, onShard);
  const seen: number[] = [];
  onShard.tell = async (stored) => {
    await test.clock.advance(1_000);
    const { state, progress } = await test.job(ID);
    const { items: [day] } = await test.read("/market/days");
    assert.deepEqual([state, day.status], ["running", "pending"]);
    if (progress === null) return;
    assert.equal(progress.total, KEPT);
    // It is told with the heartbeat, so a little late.
    assert.ok(progress.done < stored * LAYOUT.assetsPerShard && progress.done >= (stored - 3) * LAYOUT.assetsPerShard);
    seen.push(progress.done);
  };
  await test.ask(FRIDAY);
  await test.worker.runDue();
  assert.deepEqual(seen.toSorted((a, b) => a - b), seen);
  assert.ok(new Set(seen).size > SHARDS / 2, `seen: ${seen}`);
  const { state, progress, result } = await test.job(ID);
  assert.deepEqual([state, progress, result], ["succeeded", { done: KEPT, total: KEPT }, succeeded(KEPT)]);
  assert.equal(test.provider.calls.length, 1);
  await assertAgrees(test.services);
});

Deno.test("cancelled in the middle, it stops between two shards; asked for again, it comes to the same end", async () => {
  using kv = await Deno.openKv(":memory:");
  const onShard: { tell: OnShard } = { tell: () => Promise.resolve() };
  await using test = await startMany(kv, onShard);
  onShard.tell = async (stored) => {
    if (stored === 7) assert.equal((await test.admin(`/jobs/${ID}/cancel`, { method: "POST" })).status, 202);
    await test.clock.advance(1_000);
  };
  await test.ask(FRIDAY);
  await test.worker.runDue();
  assert.equal((await test.job(ID)).state, "cancelled");
  const shards = await storedShards(kv);
  assert.ok(shards >= 7 && shards <= 9, `${shards} shards`);
  const { items: [day] } = await test.read("/market/days");
  assert.deepEqual([day.status, day.reason], ["pending", "not all of its rows are stored yet"]);
  await assertAgrees(test.services);

  onShard.tell = () => Promise.resolve();
  const { state, result } = await test.pull(FRIDAY);
  assert.deepEqual([state, result], ["succeeded", succeeded(KEPT - shards * LAYOUT.assetsPerShard)]);
  await assertAgrees(test.services);
  assert.deepEqual(await lastingIn(kv), await undisturbed());
});

Deno.test("a process that stops in the middle gives it back; the next one comes to the same end", async () => {
  using kv = await Deno.openKv(":memory:");
  {
    const onShard: { tell: OnShard } = { tell: () => Promise.resolve() };
    await using test = await startMany(kv, onShard);
    let stopped: Promise<void> | undefined;
    onShard.tell = (stored) => {
      if (stored === 11) stopped = test.worker.stop();
      return Promise.resolve();
    };
    await test.ask(FRIDAY);
    await test.worker.runDue();
    await stopped;
    const { state, attempts } = await test.job(ID);
    assert.deepEqual([state, attempts], ["queued", 0]);
    assert.equal(await storedShards(kv), 11);
  }
  await using next = await startPull({ kv, provider, now: "2024-03-09T10:05:00.000Z" });
  assert.equal(await voidLeases(next.services), 0);
  await next.clock.until(next.worker.runDue());
  const { state, attempts, result } = await next.job(ID);
  assert.deepEqual([state, attempts], ["succeeded", 1]);
  assert.deepEqual(result, succeeded(KEPT - 11 * LAYOUT.assetsPerShard));
  await assertAgrees(next.services);
  assert.deepEqual(await lastingIn(kv), await undisturbed());
});
