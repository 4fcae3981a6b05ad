/**
 * What is done about each kind of fault. The machine does what can be told from what is stored: what is derived is made anew
 * from what it is derived from, and what nothing can reach goes. Whatever somebody has put in, or was told by a provider, is
 * left to people.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Fault, FaultKind } from "../verify/check.ts";
import { endCredential, forgetUse, recount } from "./accounts.ts";
import { eraseGoneAsset, rebuildRecord, rebuildSheet, removeEmpty } from "./history.ts";
import { releaseJob, removeLog } from "./jobs.ts";
import { mendPointer } from "./pointers.ts";
import { forgetState, mendDay, raiseSequence, recountDay, removeErasure, removeUnknown } from "./records.ts";

/**
 * Looks again at what is stored, and answers whether it has changed it, in one atomic operation that checks all that it has read.
 * A fault that is gone, or that somebody came between, is left to the next look.
 */
export type Repair = (ctx: Context, fault: Fault) => Promise<boolean>;

export type Remedy = { readonly repair: Repair } | { readonly advice: string };

const IN_A_DUMP =
  "write the store as text (deno task backup FILE.ndjson), correct its line there, or remove it and lower the number in " +
  "the last line by one, and restore that; or restore an older back-up";

const LEFT_OUT_OF_A_DUMP =
  "write the store as text (deno task backup FILE.ndjson): where it says that it left this out, restore that, and put in " +
  "again what is missing; else correct its line there, or remove it and lower the number in the last line by one, and " +
  "restore that; or restore an older back-up. Repair again afterwards";

export const REMEDIES: Readonly<Record<FaultKind, Remedy>> = {
  missing_pointer: { repair: mendPointer },
  wrong_pointer: { repair: mendPointer },
  stray_pointer: { repair: mendPointer },
  shared_value: { advice: "give one of the two another name or symbol, then repair again" },
  unreadable: { advice: LEFT_OUT_OF_A_DUMP },
  misplaced: { advice: IN_A_DUMP },
  unreadable_state: { repair: forgetState },
  unknown_key: { repair: removeUnknown },
  low_sequence: { repair: raiseSequence },
  wrong_count: { repair: recount },
  credential_of_nobody: { repair: endCredential },
  use_of_nothing: { repair: forgetUse },
  impossible_day: { repair: mendDay },
  miscounted_day: { repair: recountDay },
  impossible_bars: {
    advice:
      "put in what those days should say (PUT /assets/{symbol}/historic-values, or the job pull-market-day); where " +
      `their dates are wrong, ${IN_A_DUMP}`,
  },
  impossible_action: { advice: "put in what is right (PUT /assets/{symbol}/splits or /dividends)" },
  impossible_instant: { advice: IN_A_DUMP },
  impossible_currency: {
    advice: "of an asset, say what its prices are in (PATCH /assets/{symbol}); of a portfolio, " + IN_A_DUMP,
  },
  impossible_correction: {
    advice: "where a day has lost its bar, put it in again (PUT /assets/{symbol}/historic-values); else " + IN_A_DUMP,
  },
  nothing_in_it: { repair: removeEmpty },
  wrong_sheet: { repair: rebuildSheet },
  wrong_record: { repair: rebuildRecord },
  wrong_erasure: { repair: removeErasure },
  gone_asset: { repair: eraseGoneAsset },
  lost_asset: {
    advice: "restore a back-up in which the asset is; or give its portfolios other investments " +
      "(PUT /portfolios/{id}/investments), then repair again: what is left of the asset goes",
  },
  wrong_lease: { repair: releaseJob },
  log_of_no_job: { repair: removeLog },
};
