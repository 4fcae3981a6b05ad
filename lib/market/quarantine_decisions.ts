/**
 * An administrator's word on what is in quarantine: it is stored after all, as it was sent or corrected, or left out for good.
 *
 * @module
 */
import { stageMarketAudit } from "../audit.ts";
import type { ActorContext } from "../context.ts";
import { userAsking } from "../identity/actor.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { quarantineCollection, type QuarantineEntry, type QuarantineRow } from "../store/quarantine.ts";
import { alone, type Settle } from "../store/settle.ts";
import { type Correction, effectOf } from "./quarantine_effects.ts";
import { presentEntry, type ShownEntry, shownEntry } from "./quarantine_entries.ts";
import { releaseBars } from "./released_bars.ts";
import { settleAlone, type Settlement } from "./stored_from_quarantine.ts";

const MAX_CONFLICTS = 100;

/**
 * The row is stored in one atomic operation with the decision. Bars of the asset that waited only because they jumped from what
 * was known before are released then; where the process ends before they are, the next fetch of splits does it, or whoever
 * accepts it again.
 */
export async function acceptQuarantined(
  ctx: ActorContext,
  id: string,
  correction: Correction | undefined,
  settle: Settle<ShownEntry> = alone,
): Promise<ShownEntry> {
  const decided = await decide(ctx, id, "accepted", async (before, after) => {
    const effect = effectOf(before.value.kind);
    effect.assertStorable(before.value, correction);
    return await effect.store(ctx, before, after.entry, settlementOf(ctx, before, after, settle));
  }, correction);
  await releaseBars(ctx, decided.entry.assetNo);
  return decided;
}

export const rejectQuarantined = (
  ctx: ActorContext,
  id: string,
  settle: Settle<ShownEntry> = alone,
): Promise<ShownEntry> =>
  decide(
    ctx,
    id,
    "rejected",
    (before, after) => settleAlone(ctx, before.value, settlementOf(ctx, before, after, settle)),
  );

const settlementOf = (
  ctx: ActorContext,
  before: Versioned<QuarantineEntry>,
  after: ShownEntry,
  settle: Settle<ShownEntry>,
): Settlement => ({
  stage: (change) => stageDecision(ctx, change, before, after.entry),
  commit: (change) => settle(change, () => after),
});

function stageDecision(
  ctx: ActorContext,
  change: Change,
  before: Versioned<QuarantineEntry>,
  after: QuarantineEntry,
): Change {
  const { id, state, decision } = after;
  quarantineCollection(ctx.store).replace(change, before, after);
  return stageMarketAudit(ctx, change, {
    ...{ action: "decide on quarantine", target: `/market/quarantine/${id}` },
    before: { state: before.value.state },
    after: { state, ...(decision?.values && { values: { ...decision.values } }) },
  });
}

/** Does what was decided, and answers `false` where somebody came between. */
type Do = (before: Versioned<QuarantineEntry>, after: ShownEntry) => Promise<boolean>;

/** The same word again changes nothing; another one is refused. */
async function decide(
  ctx: ActorContext,
  id: string,
  state: "accepted" | "rejected",
  does: Do,
  correction?: Correction,
): Promise<ShownEntry> {
  const { id: by } = userAsking(ctx.actor, "A decision");
  const values = correction?.values ?? null;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await presentEntry(ctx, id);
    if (before.value.state !== "waiting") return await shownEntry(ctx, assertSame(before.value, state, values));
    const decision = { by, at: ctx.now().toISOString(), values };
    const after = await shownEntry(ctx, { ...before.value, state, decision });
    if (await does(before, after)) return after;
  }
  throw tooManyConflicts();
}

function assertSame(entry: QuarantineEntry, state: string, values: QuarantineRow | null): QuarantineEntry {
  const { decision } = entry;
  const isSame = entry.state === state && (values === null || isSameRow(values, decision?.values ?? null));
  if (isSame) return entry;
  throw new Problem(
    "conflict",
    `It was ${entry.state} by ${decision?.by} at ${decision?.at}${
      entry.state === state ? ", with other values" : ""
    }; what is stored of ${entry.date} can be changed by hand`,
  );
}

const isSameRow = (a: QuarantineRow, b: QuarantineRow | null): boolean => JSON.stringify(a) === JSON.stringify(b);
