/**
 * What bars said before corrections that are long past. The oldest versions of a day go first, so that those that stay can be told
 * from the present bars as before; that history as it was known earlier cannot be told any more is said first.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { decodeBlock } from "../history/block.ts";
import { forgetBefore } from "../history/forgotten.ts";
import { blockKey, LAYOUT } from "../history/layout.ts";
import { decodeSuperseded, type Superseded } from "../history/superseded.ts";
import { decoded } from "../store/unreadable.ts";
import type { Expired } from "./expired.ts";

interface Version {
  readonly entry: Deno.KvEntry<unknown>;
  readonly rows: readonly Superseded[];
}

export async function* oldCorrections(ctx: Context, cutoff: Date | undefined): AsyncGenerator<Expired> {
  if (cutoff === undefined) return;
  const cutoffSeconds = cutoff.getTime() / 1_000;
  let isSaid = false;
  for await (const versions of daysOf(ctx)) {
    for (const [i, { entry, rows }] of versions.entries()) {
      const replaced = await replacedAtSeconds(ctx, String(entry.key[2]), rows, versions.slice(i + 1));
      if (replaced >= cutoffSeconds) break;
      if (!isSaid) await forgetBefore(ctx, cutoff);
      isSaid = true;
      yield (change) => change.check(entry.key, entry.versionstamp).delete(entry.key);
    }
  }
}

/** The versions of each shard's day, oldest first. */
async function* daysOf({ store }: Context): AsyncGenerator<Version[]> {
  let versions: Version[] = [];
  for await (const entry of store.list({ prefix: ["superseded"] })) {
    const before = versions[0]?.entry.key;
    if (before !== undefined && (before[1] !== entry.key[1] || before[2] !== entry.key[2])) {
      yield versions;
      versions = [];
    }
    versions.push({ entry, rows: decoded(entry, decodeSuperseded) });
  }
  if (versions.length > 0) yield versions;
}

/** When the bar that took a row's place was recorded: all rows of a version made room in one write. */
async function replacedAtSeconds(
  { store }: Context,
  day: string,
  [row]: readonly Superseded[],
  later: readonly Version[],
): Promise<number> {
  if (row === undefined) return -Infinity;
  const next = later.flatMap(({ rows }) => rows).find(({ assetNo }) => assetNo === row.assetNo);
  if (next !== undefined) return next.recordedAtSeconds;
  const entry = await store.get(blockKey(row.assetNo, LAYOUT.blockOf(day)));
  const present = entry.value === null ? undefined : decoded(entry, decodeBlock).find(({ date }) => date === day);
  return present?.recordedAtSeconds ?? -Infinity;
}
