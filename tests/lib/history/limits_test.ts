import assert from "node:assert/strict";
import { serialize } from "node:v8";
import { addDays } from "../../../lib/day.ts";
import type { Bar } from "../../../lib/history/bar.ts";
import { eraseHistory } from "../../../lib/history/erase.ts";
import { LAYOUT } from "../../../lib/history/layout.ts";
import { readDay, readSeries } from "../../../lib/history/read.ts";
import { type AssetBar, writeBars } from "../../../lib/history/write.ts";
import { asset, contextOf, kvWith, openTestStore, type TestStore } from "../store/harness.ts";
import { assertClean, bar } from "./harness.ts";

const MAX_VALUE_BYTES = 65_536;
const MAX_OPERATION_BYTES = 800 * 1_024;
const MAX_MUTATIONS = 1_000;
const MAX_CHECKS = 10;
const DAYS = Array.from({ length: 31 }, (_, i) => addDays("2021-01-01", i));
const ASSET_NOS = Array.from({ length: LAYOUT.assetsPerShard }, (_, i) => i + 1);

interface Operation {
  bytes: number;
  largestValue: number;
  mutations: number;
  checks: number;
}

/** Notes how much each operation asks of KV. */
function measured(operations: Operation[]): (kv: Deno.Kv) => Deno.Kv {
  return (kv) =>
    kvWith(kv, {
      atomic() {
        const [operation, asked] = [kv.atomic(), { bytes: 0, largestValue: 0, mutations: 0, checks: 0 }];
        const [set, remove, check] = [operation.set, operation.delete, operation.check];
        operations.push(asked);
        operation.set = (key, value, options) => {
          const bytes = serialize(value).length;
          asked.bytes += bytes + serialize(key).length;
          asked.largestValue = Math.max(asked.largestValue, bytes);
          asked.mutations += 1;
          return set.call(operation, key, value, options);
        };
        operation.delete = (key) => {
          asked.bytes += serialize(key).length;
          asked.mutations += 1;
          return remove.call(operation, key);
        };
        operation.check = (...checks) => {
          asked.checks += checks.length;
          return check.call(operation, ...checks);
        };
        return operation;
      },
    });
}

/** Values that no column can be packed for: doubles with all their digits. */
const denseBar = (assetNo: number, date: string, day: number): Bar => {
  const close = 100 + Math.sqrt(assetNo * 37 + day);
  return bar(date, close, {
    open: close - 1 / 3,
    high: close * Math.SQRT2,
    low: close / Math.SQRT2,
    volume: 1e6 * close,
    vwap: close + 1 / 7,
    preMarket: close - 1 / 7,
    afterHours: close + 1 / 3,
    source: ["polygon", "manual", "fixture"][day % 3] ?? "",
  });
};

async function openFullShard(operations: Operation[]): Promise<TestStore> {
  const opened = await openTestStore({}, measured(operations));
  const { store, ctx } = opened;
  for (const no of ASSET_NOS) await ctx.assets.insert(store.change(), asset(no)).commit();
  await store.change().set(["sequences", "assets"], ASSET_NOS.length).commit();
  operations.length = 0;
  return opened;
}

function assertWithinLimits(operations: readonly Operation[]): void {
  for (const { bytes, largestValue, mutations, checks } of operations) {
    assert.ok(bytes <= MAX_OPERATION_BYTES, `an operation of ${bytes} bytes`);
    assert.ok(largestValue <= MAX_VALUE_BYTES, `a value of ${largestValue} bytes`);
    assert.ok(mutations <= MAX_MUTATIONS, `${mutations} mutations`);
    assert.ok(checks <= MAX_CHECKS, `${checks} checks`);
  }
}

Deno.test("a full shard's month of 31 sessions, every column filled with whole doubles, fits into one operation", async () => {
  const operations: Operation[] = [];
  using opened = await openFullShard(operations);
  const { store } = opened;
  const days = [...DAYS.entries()];
  const bars: AssetBar[] = ASSET_NOS.flatMap((assetNo) =>
    days.map(([day, date]) => ({ assetNo, bar: denseBar(assetNo, date, day) }))
  );
  // Recorded night by night, so that the seconds of recording differ too.
  for (const [day, date] of days.slice(0, 3)) {
    const ctx = { ...contextOf(store), now: () => new Date(`${date}T12:00:0${day}Z`) };
    await writeBars(ctx, bars.filter(({ bar }) => bar.date === date));
  }
  assert.equal(operations.length, 3);
  const ctx = contextOf(store);
  assert.deepEqual(await writeBars(ctx, bars), { written: 28 * 256, unchanged: 3 * 256, corrected: 0 });
  assert.equal(operations.length, 4);
  assertWithinLimits(operations);
  assert.equal((await readSeries(ctx, 256)).length, 31);
  assert.equal((await readDay(ctx, "2021-01-31")).size, 256);
  await eraseHistory(ctx, 7);
  assertWithinLimits(operations);
});

Deno.test("a full shard's month that is replaced to the last digit is written in as many operations as it needs", async () => {
  const operations: Operation[] = [];
  using opened = await openFullShard(operations);
  const { ctx } = opened;
  const monthOf = (shift: number): AssetBar[] =>
    ASSET_NOS.flatMap((assetNo) =>
      [...DAYS.entries()].map(([day, date]) => ({ assetNo, bar: denseBar(assetNo, date, day + shift) }))
    );
  await writeBars(ctx, monthOf(0));
  for (let replacements = 1; replacements <= 2; replacements++) {
    const counts = { written: 31 * 256, unchanged: 0, corrected: 31 * 256 };
    assert.deepEqual(await writeBars(ctx, monthOf(replacements)), counts);
  }
  assertWithinLimits(operations);
  assert.ok(operations.length > 3);
  await assertClean(ctx);
  await eraseHistory(ctx, 7);
  assertWithinLimits(operations);
});

Deno.test("a full shard agrees with itself", async () => {
  using opened = await openFullShard([]);
  const { ctx } = opened;
  await writeBars(ctx, ASSET_NOS.map((assetNo) => ({ assetNo, bar: denseBar(assetNo, "2021-01-04", 3) })));
  await assertClean(ctx);
});
