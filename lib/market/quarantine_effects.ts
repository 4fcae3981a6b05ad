/**
 * What is stored when something is accepted, and what cannot be.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { valueFaultOf } from "../history/checks.ts";
import { stageActions } from "../history/action_versions.ts";
import { actionKey, faultOfAction } from "../history/corporate_actions.ts";
import { invalid, pointer, Problem } from "../problem.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import type { QuarantineEntry, QuarantineKind, QuarantineRow } from "../store/quarantine.ts";
import { decoded } from "../store/unreadable.ts";
import { acceptedAction, type CheckedAction } from "./checked_action.ts";
import { CHECKED_DIVIDENDS, OTHER_CURRENCY } from "./checked_dividends.ts";
import { CHECKED_SPLITS } from "./checked_splits.ts";
import { acceptedBar } from "./quarantined_bar.ts";
import { settleAlone, type Settlement, storeFromQuarantine } from "./stored_from_quarantine.ts";

/** What is to be stored in the place of a row that was sent. */
export interface Correction {
  readonly kind: QuarantineKind;
  readonly values: QuarantineRow;
}

export interface Effect {
  /** Throws `validation-failed` where the row, or what is to take its place, fails a check that nobody can waive. */
  readonly assertStorable: (entry: QuarantineEntry, correction: Correction | undefined) => void;
  /** In one atomic operation with the settlement. Answers `false` where somebody came between. */
  readonly store: (
    ctx: Context,
    before: Versioned<QuarantineEntry>,
    after: QuarantineEntry,
    settlement: Settlement,
  ) => Promise<boolean>;
}

export const effectOf = (kind: QuarantineKind): Effect => EFFECTS[kind];

const BAR: Effect = {
  assertStorable: (entry, correction) =>
    assertStorable(entry, correction, valueFaultOf(acceptedBar(corrected(entry, correction)))),
  async store(ctx, before, after, settlement) {
    await assertAssetIsThere(ctx, after);
    return await storeFromQuarantine(ctx, before, acceptedBar(after), settlement);
  },
};

const actionEffect = <T, S>(checked: CheckedAction<T, S>): Effect => ({
  assertStorable(entry, correction) {
    const fault = faultOfAction(checked.kind, acceptedAction(checked, corrected(entry, correction)));
    const isForeign = correction === undefined && entry.reason === OTHER_CURRENCY;
    assertStorable(entry, correction, isForeign ? OTHER_CURRENCY : fault);
  },
  async store(ctx, before, after, settlement) {
    const { assetNo } = after;
    const versionstamp = await assertAssetIsThere(ctx, after);
    const recordedAt = ctx.now().toISOString();
    const action = checked.kind.parse({ v: 1, ...acceptedAction(checked, after), recordedAt });
    const stored = await ctx.store.get(actionKey(checked.kind, assetNo, checked.kind.dateOf(action)));
    const known = stored.versionstamp === null ? undefined : decoded(stored, checked.kind.parse);
    const stage = (change: Change) => {
      settlement.stage(change);
      stageActions(change, checked.kind, assetNo, [{ before: known, after: action }], recordedAt)
        .check(["assets", assetNo], versionstamp).check(stored.key, stored.versionstamp);
    };
    return await settleAlone(ctx, before.value, { ...settlement, stage });
  },
});

const EFFECTS: Readonly<Record<QuarantineKind, Effect>> = {
  bar: BAR,
  split: actionEffect(CHECKED_SPLITS),
  dividend: actionEffect(CHECKED_DIVIDENDS),
};

/** The entry as if it had been accepted with these values. */
const corrected = (entry: QuarantineEntry, correction: Correction | undefined): QuarantineEntry => ({
  ...entry,
  decision: { by: "", at: "", values: correction?.values ?? null },
});

function assertStorable({ kind }: QuarantineEntry, correction: Correction | undefined, fault: string | undefined) {
  if (correction !== undefined && correction.kind !== kind) {
    throw invalid([{
      pointer: pointer(correction.kind),
      detail: `is not what is in quarantine here: this is a ${kind}`,
    }]);
  }
  if (fault === undefined) return;
  const detail = correction === undefined
    ? `is required: as it was sent the ${kind} cannot be stored: ${fault}`
    : `cannot be stored: ${fault}`;
  throw invalid([{ pointer: pointer(kind, ...valuesAt(fault, correction)), detail }]);
}

const BLAMED: Readonly<Record<string, string>> = {
  high_below_low: "high",
  open_outside_range: "open",
  close_outside_range: "close",
  negative_volume: "volume",
};

/** Which of the values is at fault, where it is one. */
function valuesAt(fault: string, correction: Correction | undefined): string[] {
  if (correction === undefined) return [];
  const notPositive = Object.entries(correction.values).find(([name, value]) =>
    name !== "volume" && Number(value) <= 0
  );
  const name = fault === "not_positive" ? notPositive?.[0] : BLAMED[fault];
  return name === undefined ? [] : [name];
}

async function assertAssetIsThere(ctx: Context, { assetNo }: QuarantineEntry): Promise<string> {
  const asset = await ctx.assets.getFresh(assetNo);
  if (asset === undefined) throw new Problem("conflict", "The asset has been deleted");
  return asset.versionstamp;
}
