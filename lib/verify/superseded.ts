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
import { type Check, type FaultIn, few, unreadable } from "./check.ts";
import { ownerless } from "./ownerless.ts";

const BATCH = 100;

export const superseded: Check = {
  covers: ["superseded"],
  async *faults({ ctx: { store }, count }) {
    for await (const entry of store.list({ prefix: ["superseded"] }, { batchSize: BATCH })) {
      count("values of superseded bars", 1);
      const faults = await faultsIn(store, entry);
      // Its asset may have been removed meanwhile, and the value with it.
      const isSame = faults.length > 0 && (await store.get(entry.key)).versionstamp === entry.versionstamp;
      if (isSame) yield* faults.map((fault) => ({ ...fault, key: entry.key }));
    }
  },
};

async function faultsIn(store: Store, { key, value }: Deno.KvEntry<unknown>): Promise<FaultIn[]> {
  const [, shard, day, version] = key;
  const isPlace = Number.isInteger(shard) && typeof day === "string" && isDay(day) && Number.isInteger(version);
  if (!isPlace || key.length !== 4) return [{ kind: "misplaced", what: "stands under no shard, day and version" }];
  const rows = read(value);
  if ("kind" in rows) return [rows];
  if (rows.length === 0) return [{ kind: "nothing_in_it", what: "holds no rows" }];
  const what = strangenessOf(rows, Number(shard));
  return what === undefined ? await bereft(store, rows, day) : [{ kind: "impossible_correction", what }];
}

function strangenessOf(rows: readonly Superseded[], shard: number): string | undefined {
  if (rows.length > LAYOUT.assetsPerShard) return `holds ${rows.length} rows`;
  const strange = rows.flatMap((row) => {
    if (shardOf(row.assetNo) !== shard) return [`asset ${row.assetNo} is of another shard`];
    return Object.keys(row.differing).length === 0 ? [`asset ${row.assetNo} differs in nothing`] : [];
  });
  return strange.length > 0 ? few(strange) : undefined;
}

function read(value: unknown): Superseded[] | FaultIn {
  try {
    return decodeSuperseded(value);
  } catch (error) {
    return unreadable(error);
  }
}

/** Rows whose place no bar took: of assets that exist, and one fault for each asset that does not. */
async function bereft(store: Store, rows: readonly Superseded[], day: string): Promise<FaultIn[]> {
  const without = await withoutBar(store, rows.map(({ assetNo }) => assetNo), day);
  const assets = await store.getMany(without.map((no) => ["assets", no]));
  const isThere = (_: number, i: number) => assets[i]?.versionstamp !== null;
  const there = without.filter(isThere).map((no) => `asset ${no} has no bar on this day`);
  const gone = await Promise.all(without.filter((no, i) => !isThere(no, i)).map((no) => ownerless(store, no)));
  return there.length === 0 ? gone : [{ kind: "impossible_correction", what: few(there) }, ...gone];
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
