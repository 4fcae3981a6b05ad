/**
 * Splits and dividends can be read, stand under their date, could be stored today, say when they were recorded, and belong to
 * an asset.
 *
 * @module
 */
import { type ActionKind, DIVIDENDS, faultOfAction, SPLITS } from "../history/corporate_actions.ts";
import { chunks } from "../store/chunks.ts";
import type { Store } from "../store/store.ts";
import { type Check, type Fault, type FaultIn, isInstant, noInstant, type Run, unreadable } from "./check.ts";
import { ownerless } from "./ownerless.ts";

const CHUNK = 100;

export const corporateActions: Check = {
  covers: [SPLITS.name, DIVIDENDS.name],
  async *faults(run) {
    yield* faultsOf(run, SPLITS);
    yield* faultsOf(run, DIVIDENDS);
  },
};

async function* faultsOf<T>({ ctx: { store }, count }: Run, kind: ActionKind<T>): AsyncGenerator<Fault> {
  for await (const chunk of chunks(store.list({ prefix: [kind.name] }, { batchSize: CHUNK }), CHUNK)) {
    count(kind.name, chunk.length);
    const assets = await store.getMany(chunk.map(({ key }) => ["assets", key[1] ?? 0]));
    for (const [i, entry] of chunk.entries()) {
      const isOwned = assets[i]?.versionstamp !== null;
      const fault = faultIn(entry, kind) ?? (isOwned ? undefined : await ownerFault(store, entry.key));
      if (fault !== undefined) yield { ...fault, key: entry.key };
    }
  }
}

function faultIn<T>({ key, value }: Deno.KvEntry<unknown>, kind: ActionKind<T>): FaultIn | undefined {
  if (key.length !== 3 || !Number.isInteger(key[1])) {
    return { kind: "misplaced", what: "stands under no asset and date" };
  }
  try {
    const action = kind.parse(value);
    if (kind.dateOf(action) !== key[2]) return { kind: "misplaced", what: `is of ${kind.dateOf(action)}` };
    const reason = faultOfAction(kind, action);
    if (reason !== undefined) return { kind: "impossible_action", what: `cannot be: ${reason}` };
    const recordedAt = kind.recordedAtOf(action);
    return isInstant(recordedAt) ? undefined : { kind: "impossible_instant", what: noInstant(recordedAt) };
  } catch (error) {
    return unreadable(error);
  }
}

/** A removed asset's facts stay until its erasure is done. */
export async function ownerFault(store: Store, key: Deno.KvKey): Promise<FaultIn | undefined> {
  const [action, asset, note] = await store.getMany([key, ["assets", key[1] ?? 0], ["erasures", key[1] ?? 0]]);
  const isLeft = action?.versionstamp && !asset?.versionstamp && !note?.versionstamp;
  return isLeft ? await ownerless(store, Number(key[1])) : undefined;
}
