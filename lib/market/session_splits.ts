/**
 * Learning, in the middle of a pull, of the splits that may explain why prices jump.
 *
 * @module
 */
import { addDays } from "../day.ts";
import type { AssetBar } from "../history/write.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { factsOf, recheckActions, settleActions } from "./checked_actions.ts";
import { CHECKED_SPLITS } from "./checked_splits.ts";
import type { ProviderSplit } from "./provider.ts";
import { type Jump, jumpsAmong } from "./price_jumps.ts";

/**
 * First of those that waited for prices, which cost nothing; then the provider's, with one call for all assets. Answers whether
 * anything was learned. A provider that cannot say costs the pull nothing but the rows that jump: they wait, and the nightly
 * fetch of splits looks at them again.
 */
export async function learnSplits(
  ctx: MarketContext,
  market: Asking,
  jumps: readonly Jump[],
  pulled: readonly AssetBar[],
): Promise<boolean> {
  const facts = await factsOf(ctx, market, pulled);
  const rechecked = await recheckActions(ctx, CHECKED_SPLITS, facts, new Set(jumps.map(({ assetNo }) => assetNo)));
  const left = rechecked.written > 0 ? await jumpsAmong(ctx, pulled) : jumps;
  if (left.length === 0) return true;
  const sent = await splitsAround(market, left);
  const settled = await settleActions(ctx, CHECKED_SPLITS, sent, facts);
  return rechecked.written + settled.written > 0;
}

async function splitsAround(
  { provider, outcomeOf }: Asking,
  jumps: readonly Jump[],
): Promise<readonly ProviderSplit[]> {
  const { splits } = provider;
  if (splits === undefined) return [];
  const from = addDays(jumps.map(({ comparedWith }) => comparedWith.date).sort()[0] ?? "", 1);
  const to = jumps.map(({ bar }) => bar.date).sort().at(-1) ?? "";
  const outcome = await outcomeOf((call) => splits({ from, to }, call));
  return outcome.type === "ok" ? outcome.value : [];
}
