/**
 * What becomes of a market day's rows that could be stored: what was decided holds, and a price that jumps without a reason that
 * is known waits for somebody to look at it.
 *
 * @module
 */
import type { AssetBar } from "../history/write.ts";
import type { Versioned } from "../store/collection.ts";
import type { MarketDate } from "../store/market_days.ts";
import type { QuarantineEntry } from "../store/quarantine.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { applyDecisions } from "./decided_rows.ts";
import { jumpsAmong } from "./price_jumps.ts";
import { waitingBar } from "./quarantined_bar.ts";
import { learnSplits } from "./session_splits.ts";
import type { SortedRows } from "./sort_rows.ts";

export interface RowsToJudge {
  readonly sorted: SortedRows;
  /** All that the day has in quarantine. */
  readonly known: readonly Versioned<QuarantineEntry>[];
}

export interface JudgedRows extends SortedRows {
  /** How many rows are left out because somebody has rejected them. */
  readonly rejected: number;
}

/** The provider is asked for splits only where a price jumps and none that is known says why. */
export async function judgeRows(
  ctx: MarketContext,
  market: Asking,
  day: MarketDate,
  { sorted, known }: RowsToJudge,
): Promise<JudgedRows> {
  const { bars, accepted, quarantined, rejected } = applyDecisions(known, sorted);
  const seen = await jumpsAmong(ctx, bars);
  const mayBeSplit = seen.length > 0 && day.market === "stocks";
  const jumps = mayBeSplit && await learnSplits(ctx, market, seen, bars) ? await jumpsAmong(ctx, bars) : seen;
  const jumping = new Set(jumps.map(({ assetNo }) => assetNo));
  const isCalm = ({ assetNo }: AssetBar) => !jumping.has(assetNo);
  const facts = { market: day.market, now: ctx.now() };
  return {
    bars: [...bars.filter(isCalm), ...accepted],
    quarantined: [...quarantined, ...jumps.map((jump) => waitingBar(jump, "price_jump", facts, jump.comparedWith))],
    rejected,
  };
}
