/**
 * What was known of splits and dividends before can be read, stands under the asset that it was known of, and ended later than
 * it began.
 *
 * @module
 */
import { supersededActions, supersededName } from "../history/action_versions.ts";
import { type ActionKind, DIVIDENDS, faultOfAction, SPLITS } from "../history/corporate_actions.ts";
import { chunks } from "../store/chunks.ts";
import { type Check, type Fault, type FaultIn, few, isInstant, noInstant, type Run, unreadable } from "./check.ts";
import { ownerFault } from "./corporate_actions.ts";

const CHUNK = 100;

export const supersededCorporateActions: Check = {
  covers: [supersededName(SPLITS), supersededName(DIVIDENDS)],
  async *faults(run) {
    yield* faultsOf(run, SPLITS);
    yield* faultsOf(run, DIVIDENDS);
  },
};

async function* faultsOf<T>({ ctx: { store }, count }: Run, kind: ActionKind<T>): AsyncGenerator<Fault> {
  const prefix = [supersededName(kind)];
  for await (const chunk of chunks(store.list({ prefix }, { batchSize: CHUNK }), CHUNK)) {
    count(`values of superseded ${kind.name}`, chunk.length);
    const assets = await store.getMany(chunk.map(({ key }) => ["assets", key[1] ?? 0]));
    for (const [i, entry] of chunk.entries()) {
      const isOwned = assets[i]?.versionstamp !== null;
      const fault = faultIn(entry, kind) ?? (isOwned ? undefined : await ownerFault(store, entry.key));
      if (fault !== undefined) yield { ...fault, key: entry.key };
    }
  }
}

function faultIn<T>(entry: Deno.KvEntry<unknown>, kind: ActionKind<T>): FaultIn | undefined {
  const [, assetNo, until, first] = entry.key;
  const isPlace = entry.key.length === 4 && Number.isInteger(assetNo) && isInstant(until);
  if (!isPlace) return { kind: "misplaced", what: "stands under no asset, instant and date" };
  try {
    const actions = supersededActions(kind, entry.value);
    const dates = actions.map(kind.dateOf);
    if (dates[0] !== first) return { kind: "misplaced", what: `begins with that of ${dates[0]}` };
    const strange = actions.flatMap((action) => {
      const reason = faultOfAction(kind, action);
      if (reason !== undefined) return [`that of ${kind.dateOf(action)} cannot be: ${reason}`];
      const recordedAt = kind.recordedAtOf(action);
      if (!isInstant(recordedAt)) return [`that of ${kind.dateOf(action)} ${noInstant(recordedAt)}`];
      return recordedAt < until ? [] : [`that of ${kind.dateOf(action)} was recorded later`];
    });
    return strange.length > 0 ? { kind: "impossible_correction", what: few(strange) } : undefined;
  } catch (error) {
    return unreadable(error);
  }
}
