/**
 * What comes of an asset's own history once the provider has answered. It fills: a bar that is stored already stays, since
 * corrections are the pull's to make.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays } from "../day.ts";
import { writeBars } from "../history/write.ts";
import type { JobRun } from "../jobs/definition.ts";
import { askedHistoryCollection } from "../store/asked_histories.ts";
import type { Asset } from "../store/assets.ts";
import type { Market } from "../store/market_days.ts";
import type { MarketContext } from "./ask.ts";
import { holds, withSpan } from "./day_spans.ts";
import { judgeHistory } from "./judged_history.ts";
import { askedSpans } from "./missing_history.ts";
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
}

/** Last of all it is noted that the span was asked for: cut off before, what is missing of it is asked for again. */
export async function storeHistory(
  ctx: MarketContext,
  { run, market }: Pick<Storing, "market"> & { readonly run: Pick<JobRun<unknown>, "signal"> },
  history: AnsweredHistory,
): Promise<StoredHistory> {
  const { asset, span } = history;
  const { bars, waiting } = await judgeHistory(ctx, market, history);
  for (const [date, rows] of waiting) await addWaiting(ctx, { market: history.market, date }, rows);
  const { written } = await writeBars(ctx, bars, { signal: run.signal });
  await noteAsked(ctx, asset.no, span);
  return { written, quarantined: waiting.values().reduce((sum, rows) => sum + rows.length, 0) };
}

/** What is left of a span without the days at its ends that were asked for. */
export async function stillUnasked(ctx: Context, assetNo: number, { from, to }: Span): Promise<Span | undefined> {
  const asked = await askedSpans(ctx, assetNo);
  let [first, last] = [from, to];
  while (first <= last && holds(asked, first)) first = addDays(first, 1);
  while (first <= last && holds(asked, last)) last = addDays(last, -1);
  return spanOrNone(first, last);
}

export const spanOrNone = (from: string, to: string): Span | undefined => from > to ? undefined : { from, to };

/** Nothing is noted of an asset that is gone. */
async function noteAsked(ctx: Context, assetNo: number, span: Span): Promise<void> {
  const histories = askedHistoryCollection(ctx.store);
  for (;;) {
    const asset = await ctx.assets.getFresh(assetNo);
    if (asset === undefined) return;
    const before = await histories.getFresh(assetNo);
    const spans = withSpan(before?.value.spans ?? [], span);
    const after = { assetNo, spans, askedAt: ctx.now().toISOString() };
    const change = ctx.store.change().check(["assets", assetNo], asset.versionstamp);
    const staged = before === undefined ? histories.insert(change, after) : histories.replace(change, before, after);
    if (await staged.commit() !== undefined) return;
  }
}
