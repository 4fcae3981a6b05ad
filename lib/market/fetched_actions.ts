/**
 * A span's splits and dividends, fetched and settled: of all assets, or of one.
 *
 * @module
 */
import type { Asking, MarketContext } from "./ask.ts";
import { factsOf, settleActions } from "./checked_actions.ts";
import { CHECKED_DIVIDENDS } from "./checked_dividends.ts";
import { CHECKED_SPLITS } from "./checked_splits.ts";
import type { ActionQuery } from "./provider.ts";
import { releaseBars } from "./released_bars.ts";
import { type ActionTally, sumOf } from "./settled_action.ts";

export interface FetchedActions {
  readonly splits: ActionTally;
  readonly dividends: ActionTally;
}

/**
 * Splits come first, since dividends are told in the shares of their date. Bars that waited, and whose jump a split explains, are
 * released. What is stored of the span's prices should be stored before: without them a row waits, or is passed over where there
 * is no earlier bar at all. Throws what the queue is to do about a failure of the provider.
 */
export async function fetchActions(ctx: MarketContext, market: Asking, query: ActionQuery): Promise<FetchedActions> {
  const { provider, ask } = market;
  const facts = await factsOf(ctx, market);
  const sentSplits = await ask(async (call) => await provider.splits?.(query, call) ?? { type: "empty" });
  const { changed, ...splits } = await settleActions(ctx, CHECKED_SPLITS, sentSplits ?? [], facts);
  for (const assetNo of changed) await releaseBars(ctx, assetNo);
  const sentDividends = await ask(async (call) => await provider.dividends?.(query, call) ?? { type: "empty" });
  const { changed: _, ...dividends } = await settleActions(ctx, CHECKED_DIVIDENDS, sentDividends ?? [], facts);
  return { splits, dividends };
}

export const sumOfFetched = (a: FetchedActions, b: FetchedActions): FetchedActions => ({
  splits: sumOf(a.splits, b.splits),
  dividends: sumOf(a.dividends, b.dividends),
});
