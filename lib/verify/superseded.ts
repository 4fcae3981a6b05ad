/**
 * What was superseded can be read, and belongs to bars that are there: to assets of its shard, on its day.
 *
 * @module
 */
import { isDay } from "../day.ts";
import { decodeBlock } from "../history/block.ts";
import { blockKey, LAYOUT, shardOf } from "../history/layout.ts";
import { decodeSuperseded, type Superseded } from "../history/superseded.ts";
import type { Store } from "../store/store.ts";
import { type Check, few, messageOf } from "./check.ts";

const BATCH = 100;

export const superseded: Check = {
  covers: ["superseded"],
  async *faults({ ctx: { store }, count }) {
    for await (const entry of store.list({ prefix: ["superseded"] }, { batchSize: BATCH })) {
      count("values of superseded bars", 1);
      const what = await faultIn(store, entry);
      // Its asset may have been removed meanwhile, and the value with it.
      if (what !== undefined && (await store.get(entry.key)).versionstamp === entry.versionstamp) {
        yield { key: entry.key, what };
      }
    }
  },
};

async function faultIn(store: Store, { key, value }: Deno.KvEntry<unknown>): Promise<string | undefined> {
  const [, shard, day, version] = key;
  const isPlace = Number.isInteger(shard) && typeof day === "string" && isDay(day) && Number.isInteger(version);
  if (!isPlace || key.length !== 4) return "stands under no shard, day and version";
  const rows = read(value);
  if ("unreadable" in rows) return rows.unreadable;
  if (rows.length === 0) return "holds no rows";
  if (rows.length > LAYOUT.assetsPerShard) return `holds ${rows.length} rows`;
  const strange = rows.flatMap((row) => {
    if (shardOf(row.assetNo) !== shard) return [`asset ${row.assetNo} is of another shard`];
    return Object.keys(row.differing).length === 0 ? [`asset ${row.assetNo} differs in nothing`] : [];
  });
  if (strange.length > 0) return few(strange);
  const missing = await withoutBar(store, rows.map(({ assetNo }) => assetNo), day);
  return missing.length === 0 ? undefined : few(missing.map((no) => `asset ${no} has no bar on this day`));
}

function read(value: unknown): Superseded[] | { unreadable: string } {
  try {
    return decodeSuperseded(value);
  } catch (error) {
    return { unreadable: `cannot be read: ${messageOf(error)}` };
  }
}

/** Those that nothing took the place of; a removed asset keeps it until its erasure is done. */
async function withoutBar(store: Store, assetNos: readonly number[], day: string): Promise<number[]> {
  const blocks = await store.getMany(assetNos.map((no) => blockKey(no, LAYOUT.blockOf(day))));
  const erasures = await store.getMany(assetNos.map((no) => ["erasures", no]));
  return assetNos.filter((_, i) => erasures[i]?.versionstamp === null && !hasBar(blocks[i]?.value ?? null, day));
}

/** One that cannot be read is reported where all blocks are. */
function hasBar(block: unknown, day: string): boolean {
  if (block === null) return false;
  try {
    return decodeBlock(block).some(({ date }) => date === day);
  } catch {
    return true;
  }
}
