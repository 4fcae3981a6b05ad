/**
 * What becomes of a market day's rows that could be stored: what was decided holds, and a price that jumps without a reason that
 * is known waits for somebody to look at it.
 *
 * @module
 */
import type { AssetBar } from "../history/write.ts";
import type { MarketDate } from "../store/market_days.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { applyDecisions } from "./decided_rows.ts";
import { jumpsAmong } from "./price_jumps.ts";
import { waitingBar } from "./quarantined_bar.ts";
import { learnSplits } from "./session_splits.ts";
import type { SortedRows } from "./sort_rows.ts";

export interface JudgedRows extends SortedRows {
  /** How many rows are left out because somebody has rejected them. */
  readonly rejected: number;
}

/** The provider is asked for splits only where a price jumps and none that is known says why. */
export async function judgeRows(
  ctx: MarketContext,
  market: Asking,
  day: MarketDate,
  sorted: SortedRows,
): Promise<JudgedRows> {
  const { bars, accepted, quarantined, rejected } = await applyDecisions(ctx, day, sorted);
  const known = await jumpsAmong(ctx, bars);
  const mayBeSplit = known.length > 0 && day.market === "stocks";
  const jumps = mayBeSplit && await learnSplits(ctx, market, known, bars) ? await jumpsAmong(ctx, bars) : known;
  const jumping = new Set(jumps.map(({ assetNo }) => assetNo));
  const isCalm = ({ assetNo }: AssetBar) => !jumping.has(assetNo);
  const facts = { market: day.market, now: ctx.now() };
  return {
    bars: [...bars.filter(isCalm), ...accepted],
    quarantined: [...quarantined, ...jumps.map((jump) => waitingBar(jump, "price_jump", facts, jump.comparedWith))],
    rejected,
  };
}
