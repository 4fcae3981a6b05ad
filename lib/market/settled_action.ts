/**
 * What becomes of the rows of one asset's date: at most one is stored, in one atomic operation with what waits of the others.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { MANUAL } from "../history/bar.ts";
import { stageActions } from "../history/action_versions.ts";
import type { Unrecorded } from "../history/corporate_actions.ts";
import { tooManyConflicts } from "../problem.ts";
import type { Asset } from "../store/assets.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import {
  isSameRow,
  quarantineCollection,
  type QuarantineEntry,
  quarantineId,
  type QuarantineRow,
} from "../store/quarantine.ts";
import { decoded } from "../store/unreadable.ts";
import { acceptedAction, type CheckedAction, type CheckFacts } from "./checked_action.ts";

/** How many rows became what. */
export interface ActionTally {
  /** New, or different from what was stored. */
  readonly written: number;
  readonly unchanged: number;
  /** Waiting for somebody to look at them, or for prices. */
  readonly quarantined: number;
  /** Left out because somebody has rejected them. */
  readonly rejected: number;
  /** Different from what an administrator put in by hand, which stays. */
  readonly differing: number;
  /** Without a date. */
  readonly unreadable: number;
}

export const NO_ACTIONS: ActionTally = {
  ...{ written: 0, unchanged: 0, quarantined: 0, rejected: 0, differing: 0, unreadable: 0 },
};

export const sumOf = (a: ActionTally, b: ActionTally): ActionTally => ({
  written: a.written + b.written,
  unchanged: a.unchanged + b.unchanged,
  quarantined: a.quarantined + b.quarantined,
  rejected: a.rejected + b.rejected,
  differing: a.differing + b.differing,
  unreadable: a.unreadable + b.unreadable,
});

/** An asset's rows of one date, each once. */
export interface RowsOfDate {
  readonly assetNo: number;
  readonly date: string;
  readonly rows: readonly QuarantineRow[];
  /** Whether they are all that the provider says of the date, so that one of them may take the place of what is stored. */
  readonly isWhole: boolean;
}

/** What is stored of a date, and what is in quarantine. */
interface Present<T> {
  readonly asset: Versioned<Asset>;
  readonly stored: { readonly key: Deno.KvKey; readonly versionstamp: string | null; readonly action: T | undefined };
  readonly entries: readonly Versioned<QuarantineEntry>[];
}

interface Plan<T> {
  /** With the id that its row would have in quarantine. */
  readonly store: { readonly action: Unrecorded<T>; readonly entryId: string } | undefined;
  readonly waiting: readonly QuarantineEntry[];
  readonly tally: ActionTally;
}

/** Asset, action and entries take a check each, and an operation has ten: of more rows than this the rest is not looked at. */
const MAX_ROWS = 4;
const MAX_CONFLICTS = 100;

export async function settleDate<T, S>(
  ctx: Context,
  checked: CheckedAction<T, S>,
  sent: RowsOfDate,
  facts: CheckFacts,
): Promise<ActionTally> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const present = await presentOf(ctx, checked, sent);
    if (present === undefined) return NO_ACTIONS;
    const plan = await planOf(ctx, checked, sent, present, facts);
    const change = stage(ctx, checked, present, plan);
    if (change === undefined || await change.commit() !== undefined) return plan.tally;
  }
  throw tooManyConflicts();
}

/** `undefined` where the asset is gone. */
async function presentOf<T, S>(
  ctx: Context,
  { kind, entryKind }: CheckedAction<T, S>,
  { assetNo, date }: RowsOfDate,
): Promise<Present<T> | undefined> {
  const asset = await ctx.assets.getFresh(assetNo);
  if (asset === undefined) return undefined;
  const stored = await ctx.store.get([kind.name, assetNo, date]);
  const ofAsset = quarantineCollection(ctx.store).each({
    by: "asset",
    value: [assetNo],
    from: date,
    before: `${date}~`,
  });
  const entries = (await Array.fromAsync(ofAsset)).filter(({ value }) => value.kind === entryKind);
  const { key, versionstamp } = stored;
  return {
    asset,
    stored: { key, versionstamp, action: versionstamp === null ? undefined : decoded(stored, kind.parse) },
    entries,
  };
}

/** A row that says what is stored already comes first, and then the first that is in order. */
async function planOf<T, S>(
  ctx: Context,
  checked: CheckedAction<T, S>,
  { assetNo, date, rows, isWhole }: RowsOfDate,
  { asset, stored: { action: stored }, entries }: Present<T>,
  facts: CheckFacts,
): Promise<Plan<T>> {
  const { kind, entryKind } = checked;
  const isStored = (action: Unrecorded<T>) => stored !== undefined && kind.isSame(stored, action);
  const isManual = stored !== undefined && kind.sourceOf(stored) === MANUAL;
  const candidates = rows.slice(0, MAX_ROWS).map((row) => {
    const entry = entries.find(({ value }) => isSameRow(value, { kind: entryKind, date, assetNo, row }))?.value;
    const isAccepted = entry?.state === "accepted";
    return {
      row,
      entry,
      action: isAccepted ? acceptedAction(checked, entry) : checked.actionOf(row, date, facts.source),
    };
  });
  const tally = { ...NO_ACTIONS };
  const waiting: QuarantineEntry[] = [];
  let store: Plan<T>["store"];
  let isSettled = isManual || (stored !== undefined && !isWhole);
  for (const { row, entry, action } of candidates.toSorted((a, b) => +isStored(b.action) - +isStored(a.action))) {
    if (entry?.state === "rejected") tally.rejected += 1;
    else if (isStored(action)) [tally.unchanged, isSettled] = [tally.unchanged + 1, true];
    else if (isManual) tally.differing += 1;
    else {
      const sent = { kind: entryKind, date, assetNo, row };
      const verdict = await verdictOn(entry, isSettled, () => checked.judge(ctx, asset.value, action, row, facts));
      if (verdict === "plausible") [store, isSettled] = [{ action, entryId: quarantineId(sent) }, true];
      else if (verdict !== "of_no_use") waiting.push(entryOf(sent, verdict.reason, ctx, facts));
    }
  }
  return { store, waiting, tally: { ...tally, written: store === undefined ? 0 : 1, quarantined: waiting.length } };
}

async function verdictOn(
  entry: QuarantineEntry | undefined,
  isSettled: boolean,
  judge: () => ReturnType<CheckedAction<never, never>["judge"]>,
): ReturnType<CheckedAction<never, never>["judge"]> {
  if (entry?.state === "accepted") return "plausible";
  const verdict = await judge();
  return verdict === "plausible" && isSettled ? { reason: "duplicate_date" } : verdict;
}

const entryOf = (
  sent: Pick<QuarantineEntry, "kind" | "date" | "assetNo" | "row">,
  reason: string,
  ctx: Context,
  { source }: CheckFacts,
): QuarantineEntry => ({
  ...{ id: quarantineId(sent), ...sent, market: "stocks", reason, comparedWith: null, source },
  ...{ recordedAt: ctx.now().toISOString(), state: "waiting", decision: null },
});

/** `undefined` where there is nothing to change. */
function stage<T, S>(
  ctx: Context,
  { kind }: CheckedAction<T, S>,
  { asset, stored, entries }: Present<T>,
  { store, waiting }: Plan<T>,
): Change | undefined {
  const collection = quarantineCollection(ctx.store);
  const change = ctx.store.change();
  let isChanged = false;
  if (store !== undefined) {
    const recordedAt = ctx.now().toISOString();
    const replacement = { before: stored.action, after: kind.parse({ v: 1, ...store.action, recordedAt }) };
    stageActions(change, kind, asset.value.no, [replacement], recordedAt);
    // Another process may have put it into quarantine meanwhile, and somebody may have decided on it there.
    const isNew = !entries.some(({ value }) => value.id === store.entryId);
    if (isNew) change.check(["quarantine", store.entryId], null);
    isChanged = true;
  }
  const added = new Map(waiting.map((entry) => [entry.id, entry]));
  for (const before of entries.filter(({ value }) => value.state === "waiting")) {
    const after = added.get(before.value.id);
    added.delete(before.value.id);
    if (after?.reason === before.value.reason) continue;
    if (after === undefined) collection.remove(change, before);
    else collection.replace(change, before, { ...after, recordedAt: before.value.recordedAt });
    isChanged = true;
  }
  for (const entry of added.values()) {
    collection.insert(change, entry);
    isChanged = true;
  }
  if (!isChanged) return undefined;
  return change.check(["assets", asset.value.no], asset.versionstamp).check(stored.key, stored.versionstamp);
}
