/**
 * A small store with something of everything in it, to be found clean, or corrupted by hand.
 *
 * @module
 */
import assert from "node:assert/strict";
import { stringify } from "devalue";
import { z } from "zod";
import type { Context } from "../../../lib/context.ts";
import { stageActions } from "../../../lib/history/action_versions.ts";
import { DIVIDENDS, setDividend, type Split, SPLITS } from "../../../lib/history/corporate_actions.ts";
import { decodeShard, encodeShard } from "../../../lib/history/shard.ts";
import { type AssetBar, writeBars } from "../../../lib/history/write.ts";
import { defineJob } from "../../../lib/jobs/definition.ts";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { pacingCollection } from "../../../lib/jobs/pacing.ts";
import { quiet } from "../../../lib/jobs/pacing_line.ts";
import { scheduleCollection } from "../../../lib/jobs/schedule.ts";
import { repairOnce } from "../../../lib/repair/mod.ts";
import type { Change } from "../../../lib/store/change.ts";
import { versionsOf } from "../../../lib/store/dump.ts";
import { marketDayCollection } from "../../../lib/store/market_days.ts";
import type { Store } from "../../../lib/store/store.ts";
import { keyText } from "../../../lib/verify/mod.ts";
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
  const day = { date: "2021-01-29", rows: 4, quarantined: 0, revision: 1, source: "test", fetchedAt: AT, reason: null };
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
  /** What repair leaves to people; without it all is repaired, and the store says what it said before it was corrupted. */
  readonly left?: "all" | readonly (string | RegExp)[];
  /** The keys of what repair changes of a store that has something left, or leaves otherwise than it was before. */
  readonly changed?: readonly string[];
}

export const valueIn = async (kv: Deno.Kv, key: Deno.KvKey) => (await kv.get(key)).value as Record<string, unknown>;

/** Changes part of a stored record. */
export const patch = async (kv: Deno.Kv, key: Deno.KvKey, change: Record<string, unknown>) =>
  await kv.set(key, { ...await valueIn(kv, key), ...change });

/** An asset without its history, as if it had been removed. */
export async function removeWithPointers(kv: Deno.Kv, no: number): Promise<void> {
  await kv.delete(["assets", no]);
  await kv.delete(["assets_by_symbol", `A${no}`]);
  await kv.delete(["assets_by_sector", "energy", `A${no}`, no]);
  await kv.delete(["assets_by_kind", "stock", `A${no}`, no]);
  await kv.delete(["assets_by_status", "active", `A${no}`, no]);
}

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

/**
 * A test for each case: the store that was corrupted has exactly these faults; repair leaves those that are for people, and
 * touches nothing else; and a second one does nothing.
 */
export function testCases(cases: readonly Case[]): void {
  for (const { what, corrupt, faults, left, changed = [] } of cases) {
    Deno.test(`found, and repaired where that may be: ${what}`, async () => {
      using opened = await openSample();
      const { kv, ctx } = opened;
      const before = await contentsOf(kv);
      await corrupt(kv);
      const corrupted = await contentsOf(kv);
      assertFaults(await faultsIn(ctx), faults);
      await repairAll(ctx);
      assertFaults(await faultsIn(ctx), left === "all" ? faults : left ?? []);
      assert.deepEqual(differing(left === undefined ? before : corrupted, await contentsOf(kv)), changed);
      const versions = await versionsOf(kv);
      assert.equal(await repairOnce(ctx), 0);
      assert.equal(await versionsOf(kv), versions);
    });
  }
}

/** Until there is nothing more to repair. */
export async function repairAll(ctx: Context): Promise<void> {
  for (let round = 0; await repairOnce(ctx) > 0; round++) assert.ok(round < 5, "repair comes to no end");
}

/** What is stored, by its keys, byte for byte; but for the versions of families. */
export async function contentsOf(kv: Deno.Kv): Promise<Map<string, string>> {
  const lines = new Map<string, string>();
  for await (const { key, value } of kv.list({ prefix: [] })) {
    if (key[0] !== "versions") lines.set(keyText(key), stringify(value));
  }
  return lines;
}

/** The keys of what differs, in their order. */
export const differing = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).sort();

function assertFaults(found: readonly string[], expected: readonly (string | RegExp)[]): void {
  const places = found.map((fault, i) => {
    const wanted = expected[i];
    return wanted instanceof RegExp && wanted.test(fault) ? wanted : fault;
  });
  assert.deepEqual(places, expected);
}
