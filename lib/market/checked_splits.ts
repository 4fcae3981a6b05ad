/**
 * Splits, held against the jump of prices that they claim.
 *
 * @module
 */
import { checkSplit } from "../analysis/price_jump.ts";
import { faultOfAction, type Split, SPLITS } from "../history/corporate_actions.ts";
import type { CheckedAction } from "./checked_action.ts";
import { asSent, plainOf } from "./action_row.ts";
import { pricesAround } from "./prices_around.ts";
import type { ProviderSplit } from "./provider.ts";

export const CHECKED_SPLITS: CheckedAction<Split, ProviderSplit> = {
  kind: SPLITS,
  entryKind: "split",
  dateOf: ({ executionDate }) => executionDate,
  rowOf: ({ from, to }) => ({ split_from: asSent(from), split_to: asSent(to) }),
  actionOf: (row, executionDate, source) => ({
    ...{ executionDate, source },
    ...{ splitFrom: plainOf(row["split_from"]), splitTo: plainOf(row["split_to"]) },
  }),
  async judge(ctx, { no }, split, _, facts) {
    const reason = faultOfAction(SPLITS, split);
    if (reason !== undefined) return { reason };
    const { before, on, hasHistory } = await pricesAround(ctx, no, split.executionDate, facts);
    // Without an earlier bar there is nothing that it could be checked by, nor anything that it would change.
    if (split.executionDate > facts.today || !hasHistory) return "of_no_use";
    const prices = { closeBefore: before?.close ?? null, openOn: on?.open ?? null, closeOn: on?.close ?? null };
    const checked = checkSplit(split, prices);
    return checked.verdict === "plausible" ? checked.verdict : { reason: checked.reason };
  },
};
