/**
 * What brings a store that an earlier program wrote to the form that this one reads: steps, each from one version of the store
 * to the next. They run while a store is opened, before anything else reads it. A step may be cut off at any point and begun
 * again, and several processes may be at it at once: each of its writes checks what it has read.
 *
 * @module
 */
import { changes } from "../change.ts";
import { StoreUnusable } from "../kv_file.ts";
import type { ReadsAndCommits } from "../reads.ts";
import { assertRestored, RESTORING } from "../restoring.ts";
import { forgivingKv, naming } from "../unreadable.ts";
import { marketDaysByMarket } from "./market_days_by_market.ts";
import { listPointers } from "./list_pointers.ts";
import { portfolioColumns } from "./portfolio_columns.ts";
import { quarantineStates } from "./quarantine_states.ts";
import { waitingRows } from "./waiting_rows.ts";

/** Goes on until nothing of the form before is left. */
export type Migration = (kv: ReadsAndCommits) => Promise<void>;

/** The first one brings version 1 to version 2, and so on: only ever add to the end. */
const MIGRATIONS: readonly Migration[] = [
  marketDaysByMarket,
  quarantineStates,
  listPointers,
  waitingRows,
  portfolioColumns,
];

/** The one that this program writes. */
export const PRESENT_FORM = MIGRATIONS.length + 1;

const VERSION_KEY: Deno.KvKey = ["schema_version"];

/** Throws {@link StoreUnusable} where a newer program wrote the store, or where it is half of a back-up. */
export async function migrate(kv: Deno.Kv, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const newest = migrations.length + 1;
  for (;;) {
    await assertRestored(kv);
    const { value, versionstamp } = await kv.get(VERSION_KEY).catch(naming(VERSION_KEY));
    const version = typeof value === "number" ? value : 1;
    if (version > newest) throw tooNew(version, newest);
    // Programs from before there were versions left no number.
    if (versionstamp !== null && version === newest) return;
    // What cannot be read is for the verifier to name: all else goes on.
    await migrations[version - 1]?.(forgivingKv(kv));
    const next = Math.min(version + 1, newest);
    // Where another process was faster, its number counts.
    await changes(kv, () => {}).check(RESTORING, null).check(VERSION_KEY, versionstamp).set(VERSION_KEY, next).commit();
  }
}

const tooNew = (version: number, newest: number): StoreUnusable =>
  new StoreUnusable(
    `The store has the form ${version}, and this program reads forms up to ${newest}: a newer Foliolens wrote it; ` +
      "use that one, or restore a backup from before.",
  );
