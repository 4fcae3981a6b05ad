/**
 * What comes of an asset's own history once the provider has answered. It fills: a bar that is stored already stays, since
 * corrections are the pull's to make.
 *
 * @module
 */
import { writeBars } from "../history/write.ts";
import type { JobRun } from "../jobs/definition.ts";
import type { Asset } from "../store/assets.ts";
import type { Market } from "../store/market_days.ts";
import type { MarketContext } from "./ask.ts";
import { noteAsked, noteEmpty } from "./asked_spans.ts";
import { judgeHistory } from "./judged_history.ts";
import type { DatedProviderBar, Span } from "./provider.ts";
import { addWaiting } from "./quarantine.ts";
import type { Storing } from "./store_day.ts";

export interface AnsweredHistory {
  readonly asset: Asset;
  readonly market: Market;
  /** What was asked for; rows of other days are passed over. */
  readonly span: Span;
  readonly rows: readonly DatedProviderBar[];
}

export interface StoredHistory {
  readonly written: number;
  readonly quarantined: number;
  readonly actions: number;
}

/** Last of all it is noted that the span was asked for: cut off before, what is missing of it is asked for again. */
export async function storeHistory(
  ctx: MarketContext,
  { run, market }: Pick<Storing, "market"> & { readonly run: Pick<JobRun<unknown>, "signal"> },
  history: AnsweredHistory,
): Promise<StoredHistory> {
  const { asset, span } = history;
  const { bars, waiting, splits } = await judgeHistory(ctx, market, history);
  for (const [date, rows] of waiting) await addWaiting(ctx, { market: history.market, date }, rows);
  const { written } = await writeBars(ctx, bars, { signal: run.signal, onlyMissing: true });
  if (history.rows.length === 0) await noteEmpty(ctx, asset.no, span);
  else await noteAsked(ctx, asset.no, "spans", span);
  const quarantined = waiting.values().reduce((sum, rows) => sum + rows.length, 0);
  return { written, quarantined, actions: splits };
}
