/**
 * A bar comes out of quarantine: stored in one atomic operation with what its entry and its day say of it from then on, or not
 * at all.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Bar } from "../history/bar.ts";
import { writeBars } from "../history/write.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { quarantineCollection, type QuarantineEntry } from "../store/quarantine.ts";
import { stageSettledRow } from "./pulled_day.ts";

/** Somebody else has settled the entry meanwhile. */
class Superseded extends Error {
  override name = "Superseded";
}

/** What becomes of the entry, and how that is committed: `undefined` where a check failed and nothing was written. */
export interface Settlement {
  readonly stage: (change: Change) => unknown;
  readonly commit?: (change: Change) => Promise<unknown>;
}

/** Answers whether that was done: `false` where somebody came between. */
export async function storeFromQuarantine(
  ctx: Context,
  entry: Versioned<QuarantineEntry>,
  bar: Bar,
  settlement: Settlement,
): Promise<boolean> {
  const { assetNo } = entry.value;
  try {
    const { written } = await writeBars(ctx, [{ assetNo, bar }], {
      ...settlement,
      async stage(change, { corrected }) {
        const present = await quarantineCollection(ctx.store).getFresh(entry.value.id);
        if (present?.versionstamp !== entry.versionstamp) throw new Superseded(`${entry.value.id} has changed`);
        settlement.stage(change);
        await stageSettledRow(ctx, change, entry.value, corrected > 0 ? "changed" : "new");
      },
    });
    return written > 0 || await settleAlone(ctx, entry.value, settlement);
  } catch (error) {
    if (error instanceof Superseded) return false;
    throw error;
  }
}

/** The entry is settled, and nothing has to be stored. Answers `false` where somebody came between. */
export async function settleAlone(
  ctx: Context,
  entry: QuarantineEntry,
  { stage, commit = (change) => change.commit() }: Settlement,
): Promise<boolean> {
  const change = ctx.store.change();
  stage(change);
  if (entry.kind === "bar") await stageSettledRow(ctx, change, entry, "nothing");
  return await commit(change) !== undefined;
}
