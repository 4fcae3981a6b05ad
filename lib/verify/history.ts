/**
 * Series, sheets and shard records agree, shard by shard: no more than one shard's closes are held at a time.
 *
 * @module
 */
import { isDay, newestDay } from "../day.ts";
import { LAYOUT, shardKey, shardOf } from "../history/layout.ts";
import type { Store } from "../store/store.ts";
import type { Check, Fault, Run } from "./check.ts";
import { NO_PLACE, readShardSeries } from "./series.ts";
import { sheetFaults } from "./sheets.ts";
import { spanFaults } from "./spans.ts";

const BATCH = 100;
/** How often other processes may change a shard under the one who looks at it. */
const MAX_LOOKS = 20;
const LAST = Number.MAX_SAFE_INTEGER;

export const history: Check = {
  covers: ["series", "sheets", "shards"],
  async *faults(run) {
    const { store } = run.ctx;
    const [days, shards] = [new Set<string>(), new Set<number>()];
    yield* strayKeys(store, days, shards);
    for (let shard = await nextSeries(store, 0); shard !== undefined; shard = await nextSeries(store, shard + 1)) {
      shards.add(shard);
    }
    for (const shard of [...shards].sort((a, b) => a - b)) {
      yield* await store.inTurn(shardKey(shard), () => look(run, shard, days));
    }
  },
};

/** Keys of a wrong form; gathers the days and shards that the others name. */
async function* strayKeys(store: Store, days: Set<string>, shards: Set<number>): AsyncGenerator<Fault> {
  for await (const { key } of store.list({ prefix: ["sheets"] }, { batchSize: BATCH })) {
    const [, day, shard] = key;
    if (key.length === 3 && typeof day === "string" && isDay(day) && isPlace(shard)) {
      days.add(day);
      shards.add(shard);
    } else yield { kind: "unknown_key", key, what: "stands under no day and shard" };
  }
  for await (const { key } of store.list({ prefix: ["shards"] }, { batchSize: BATCH })) {
    if (key.length === 2 && isPlace(key[1])) shards.add(key[1]);
    else yield { kind: "unknown_key", key, what: "stands under no shard" };
  }
  const outside = [{ start: ["series"], end: ["series", 1] }, { prefix: ["series"], start: ["series", LAST] }];
  for (const selector of outside) {
    for await (const { key } of store.list(selector)) yield { ...NO_PLACE, key };
  }
}

/** The next shard from there on that any series stands in. */
async function nextSeries(store: Store, shard: number): Promise<number | undefined> {
  const first = shard * LAYOUT.assetsPerShard + 1;
  const [entry] = await Array.fromAsync(store.list({ start: ["series", first], end: ["series", LAST] }, { limit: 1 }));
  return entry && shardOf(Math.floor(Number(entry.key[1])));
}

/** Looks at a shard until it is the same before and after. */
async function look({ ctx, count }: Run, shard: number, sheetDays: ReadonlySet<string>): Promise<Fault[]> {
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const record = await ctx.store.get(shardKey(shard));
    const series = await readShardSeries(ctx.store, shard, newestDay(ctx.now(), ctx.marketTimeZone));
    const spans = await spanFaults(ctx.store, shard, series, record);
    const sheets = await sheetFaults(ctx.store, shard, series, sheetDays);
    if ((await ctx.store.get(record.key)).versionstamp !== record.versionstamp) continue;
    count("blocks", series.blocks);
    count("bars", series.bars);
    return [...series.faults, ...spans, ...sheets];
  }
  throw new Error(`Shard ${shard} changed ${MAX_LOOKS} times while it was looked at; try again when less is written`);
}

const isPlace = (part: Deno.KvKeyPart | undefined): part is number => Number.isInteger(part) && Number(part) >= 0;
