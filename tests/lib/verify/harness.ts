/**
 * A small store with something of everything in it, to be found clean, or corrupted by hand.
 *
 * @module
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { stageActions } from "../../../lib/history/action_versions.ts";
import { DIVIDENDS, setDividend, type Split, SPLITS } from "../../../lib/history/corporate_actions.ts";
import { decodeShard, encodeShard } from "../../../lib/history/shard.ts";
import { type AssetBar, writeBars } from "../../../lib/history/write.ts";
import { defineJob } from "../../../lib/jobs/definition.ts";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { pacingCollection } from "../../../lib/jobs/pacing.ts";
import { quiet } from "../../../lib/jobs/pacing_line.ts";
import { scheduleCollection } from "../../../lib/jobs/schedule.ts";
import type { Change } from "../../../lib/store/change.ts";
import { marketDayCollection } from "../../../lib/store/market_days.ts";
import type { Store } from "../../../lib/store/store.ts";
import { bar, faultsIn } from "../history/harness.ts";
import { asset, NOW, openTestStore, portfolio, type TestStore } from "../store/harness.ts";

export const AT = NOW.toISOString();
const EARLIER = new Date(NOW.getTime() - 1).toISOString();
/** In two shards; the last one has no history. */
export const ASSET_NOS = [1, 2, 3, 300, 301];
export const DAYS = ["2021-01-28", "2021-01-29", "2021-02-01"];

export const bars: AssetBar[] = [1, 2, 3, 300].flatMap((assetNo) =>
  DAYS.map((date, day) => ({ assetNo, bar: bar(date, assetNo + day, { high: 1_000, low: 0.5 }) }))
);

const nothing = defineJob<unknown, Record<string, unknown>>({
  name: "nothing",
  args: z.object({}),
  id: () => "1",
  maxAttempts: 1,
  run: () => Promise.resolve(),
});

export async function openSample(): Promise<TestStore> {
  const opened = await openTestStore();
  const { store, ctx } = opened;
  const commit = async (stage: (change: Change) => Change) => {
    if (await stage(store.change()).commit() === undefined) throw new Error("The sample could not be stored");
  };
  for (const no of ASSET_NOS) await commit((change) => ctx.assets.insert(change, asset(no)));
  await commit((change) => ctx.assets.insert(change, asset(302, { sectorWeights: { energy: 0.5, utilities: 0.25 } })));
  const investments = [{ assetNo: 1, amount: "10" }, { assetNo: 300, amount: "-2.5" }];
  for (const id of [1, 2]) await commit((change) => ctx.portfolios.insert(change, portfolio(id, { investments })));
  await commit((change) => change.set(["sequences", "assets"], 302).set(["sequences", "portfolios"], 5));
  await writeBars(ctx, bars.map(({ assetNo, bar }) => ({ assetNo, bar: { ...bar, volume: 9 } })));
  await writeBars(ctx, bars);
  await commit((change) => {
    const [facts, earlier] = [{ source: "test", recordedAt: AT }, { source: "test", recordedAt: EARLIER }];
    const split: Split = { executionDate: "2021-01-29", splitFrom: "1", splitTo: "4", ...facts };
    stageActions(change, SPLITS, 1, [{ before: { ...split, ...earlier, splitTo: "5" }, after: split }], AT);
    const withdrawn = { exDividendDate: "2021-01-27", cashAmount: "0.5", ...earlier };
    stageActions(change, DIVIDENDS, 1, [{ before: withdrawn, after: undefined }], AT);
    return setDividend(change, 1, { exDividendDate: "2021-01-28", cashAmount: "0.25", ...facts });
  });
  await insertLedgers(store, commit);
  return opened;
}

async function insertLedgers(
  store: Store,
  commit: (stage: (change: Change) => Change) => Promise<void>,
): Promise<void> {
  const day = { date: "2021-01-29", rows: 4, quarantined: 1, revision: 1, source: "test", fetchedAt: AT, reason: null };
  await commit((change) => marketDayCollection(store).insert(change, { ...day, market: "stocks", status: "complete" }));
  const job = await enqueueJob({ store, now: () => NOW, jobs: [nothing] }, { name: "nothing", args: {} });
  const pacing = { ...quiet("polygon"), next_free_at: AT };
  await commit((change) => pacingCollection(store).insert(change, pacing));
  const slot = { name: "nightly-pull", last_slot: AT, job_id: job.id, enqueued_at: AT };
  await commit((change) => scheduleCollection(store).insert(change, slot));
}

export interface Case {
  readonly what: string;
  /** Writes past everything that would prevent it. */
  readonly corrupt: (kv: Deno.Kv) => Promise<unknown>;
  readonly faults: readonly (string | RegExp)[];
}

export const valueIn = async (kv: Deno.Kv, key: Deno.KvKey) => (await kv.get(key)).value as Record<string, unknown>;

/** Changes part of a stored record. */
export const patch = async (kv: Deno.Kv, key: Deno.KvKey, change: Record<string, unknown>) =>
  await kv.set(key, { ...await valueIn(kv, key), ...change });

/** Changes part of what a shard says of an asset. */
export async function patchSpan(
  kv: Deno.Kv,
  shard: number,
  slot: number,
  change: Record<string, number>,
): Promise<void> {
  const spans = decodeShard(await valueIn(kv, ["shards", shard]));
  const span = spans.get(slot) ?? { firstDay: 18_655, lastDay: 18_655, lastClose: 1 };
  await kv.set(["shards", shard], encodeShard(spans.set(slot, { ...span, ...change })));
}

/** A test for each case: the store that was corrupted has exactly these faults. */
export function testCases(cases: readonly Case[]): void {
  for (const { what, corrupt, faults } of cases) {
    Deno.test(`found: ${what}`, async () => {
      using opened = await openSample();
      await corrupt(opened.kv);
      assertFaults(await faultsIn(opened.ctx), faults);
    });
  }
}

function assertFaults(found: readonly string[], expected: readonly (string | RegExp)[]): void {
  const places = found.map((fault, i) => {
    const wanted = expected[i];
    return wanted instanceof RegExp && wanted.test(fault) ? wanted : fault;
  });
  assert.deepEqual(places, expected);
}
