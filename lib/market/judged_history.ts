/**
 * What becomes of an asset's history that a provider has sent: by the same checks and decisions as the rows of a market's day.
 *
 * @module
 */
import { isDay } from "../day.ts";
import { readSeries } from "../history/read.ts";
import type { AssetBar } from "../history/write.ts";
import { quarantinedBars, type QuarantineEntry } from "../store/quarantine.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { factsOf, settleActions } from "./checked_actions.ts";
import { CHECKED_SPLITS } from "./checked_splits.ts";
import { applyDecisions } from "./decided_rows.ts";
import { jumpsAmong } from "./price_jumps.ts";
import type { DatedProviderBar } from "./provider.ts";
import { waitingBar } from "./quarantined_bar.ts";
import { sortRows } from "./sort_rows.ts";
import { symbolOn } from "./symbol_history.ts";
import type { AnsweredHistory } from "./store_history.ts";

export interface JudgedHistory {
  readonly bars: readonly AssetBar[];
  /** By date. */
  readonly waiting: ReadonlyMap<string, readonly QuarantineEntry[]>;
  /** Splits that were stored on the way. */
  readonly splits: number;
}

/** Of days that have no bar yet. The provider is asked for the asset's splits where a price jumps without a known one. */
export async function judgeHistory(
  ctx: MarketContext,
  market: Asking,
  history: AnsweredHistory,
): Promise<JudgedHistory> {
  const { asset, span, rows } = history;
  const stored = new Set((await readSeries(ctx, asset.no, span)).map(({ date }) => date));
  const isWanted = ({ date }: DatedProviderBar) =>
    isDay(date) && span.from <= date && date <= span.to && !stored.has(date);
  const [open, accepted, quarantined]: [AssetBar[], AssetBar[], QuarantineEntry[]] = [[], [], []];
  for (const [date, ofDay] of Map.groupBy(rows.filter(isWanted), ({ date }) => date)) {
    const day = { market: history.market, date };
    const facts = { ...day, source: market.provider.name, now: ctx.now() };
    const symbolThen = symbolOn(asset, date);
    const own = sortRows(ofDay, (symbol) => symbol === symbolThen ? asset.no : undefined, facts);
    const decided = applyDecisions(await quarantinedBars(ctx.store, day), own);
    open.push(...decided.bars);
    accepted.push(...decided.accepted);
    quarantined.push(...decided.quarantined);
  }
  const { jumps, splits } = await unexplainedJumps(ctx, market, history, open);
  const jumping = new Set(jumps.map(({ bar }) => bar.date));
  const facts = { market: history.market, now: ctx.now() };
  const waiting = [
    ...quarantined,
    ...jumps.map((jump) => waitingBar(jump, "price_jump", facts, jump.comparedWith)),
  ];
  return {
    bars: [...open.filter(({ bar }) => !jumping.has(bar.date)), ...accepted],
    waiting: Map.groupBy(waiting, ({ date }) => date),
    splits,
  };
}

async function unexplainedJumps(
  ctx: MarketContext,
  market: Asking,
  { asset, market: of, span }: AnsweredHistory,
  bars: readonly AssetBar[],
) {
  const jumps = await jumpsAmong(ctx, bars);
  const { splits } = market.provider;
  if (jumps.length === 0 || of !== "stocks" || splits === undefined) return { jumps, splits: 0 };
  const sent = await market.ask((call) => splits({ ...span, symbol: symbolOn(asset, span.to) }, call));
  const settled = await settleActions(ctx, CHECKED_SPLITS, sent ?? [], await factsOf(ctx, market, bars));
  return { jumps: settled.written > 0 ? await jumpsAmong(ctx, bars) : jumps, splits: settled.written };
}
