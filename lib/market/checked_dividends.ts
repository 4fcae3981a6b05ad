/**
 * Dividends, held against the asset's currency and its price.
 *
 * @module
 */
import { splitFactor } from "../analysis/adjustment.ts";
import { quotient } from "../analysis/ratio.ts";
import { type Dividend, DIVIDENDS, faultOfAction, splitsOf } from "../history/corporate_actions.ts";
import { asSent, plainOf } from "./action_row.ts";
import type { CheckedAction } from "./checked_action.ts";
import { pricesAround } from "./prices_around.ts";
import type { ProviderDividend } from "./provider.ts";

/** Half of what a share costs is more than any but a few special dividends. */
const MAX_SHARE_OF_PRICE = 0.5;

/** What cannot be stored as it was sent, beside what {@link faultOfAction} says. */
export const OTHER_CURRENCY = "other_currency";

export const CHECKED_DIVIDENDS: CheckedAction<Dividend, ProviderDividend> = {
  kind: DIVIDENDS,
  entryKind: "dividend",
  dateOf: ({ exDividendDate }) => exDividendDate,
  rowOf: ({ cashAmount, currency }) => ({ cash_amount: asSent(cashAmount), currency }),
  actionOf: (row, exDividendDate, source) => ({ exDividendDate, source, cashAmount: plainOf(row["cash_amount"]) }),
  async judge(ctx, asset, dividend, row, facts) {
    const { exDividendDate } = dividend;
    const reason = faultOfAction(DIVIDENDS, dividend);
    if (reason !== undefined) return { reason };
    if ((row["currency"] ?? asset.currency) !== asset.currency) return { reason: OTHER_CURRENCY };
    const { before, hasHistory } = await pricesAround(ctx, asset.no, exDividendDate, facts);
    if (exDividendDate > facts.today || !hasHistory) return "of_no_use";
    if (before === undefined) return { reason: "no_prices" };
    const newShares = splitFactor(await splitsOf(ctx, asset.no), before.date, exDividendDate);
    const price = before.close / quotient(newShares).toNumber();
    return Number(dividend.cashAmount) > price * MAX_SHARE_OF_PRICE ? { reason: "too_large" } : "plausible";
  },
};
