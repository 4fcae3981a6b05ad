/**
 * The steps of a backfill: each asks for one thing, stores what comes of it, and notes that it was asked for. So whatever was
 * cut off goes on where it was, by looking at what is still missing.
 *
 * @module
 */
import { addDays } from "../day.ts";
import type { JobRun } from "../jobs/definition.ts";
import { type MarketDate, marketDayCollection, marketDayId } from "../store/market_days.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { askedOf, noteAsked } from "./asked_spans.ts";
import type { MarketPlan } from "./backfill_plan.ts";
import { restOf, spanOrNone } from "./day_spans.ts";
import { edgeOf, firstToAsk, noteAnswer, noteNotEntitled, noteRefusal } from "./history_edge.ts";
import { coversAsset, isUnfinished, type MissingAsset } from "./missing_history.ts";
import type { DatedProviderBar, Question, Span } from "./provider.ts";
import { storeDay } from "./store_day.ts";
import { storeHistory } from "./store_history.ts";
import { ownSymbolSpan } from "./symbol_history.ts";

/** What came of a step. */
export interface Gained {
  readonly written: number;
  readonly quarantined: number;
  /** Splits and dividends that are stored. */
  readonly actions: number;
  /** Assets of which the provider had nothing at all. */
  readonly empty: number;
  /** Bars that were missing before, and are stored now or known not to be had. */
  readonly settled: number;
  /** Whether the next plan will be another. */
  readonly isNews: boolean;
}

export interface Backfilling {
  readonly ctx: MarketContext;
  readonly market: Asking;
  readonly run: Pick<JobRun<unknown>, "signal" | "note">;
  readonly plan: MarketPlan;
  /** Nothing else was asked for: what is refused for good ends the job. */
  readonly isLone: boolean;
}

/** One of a market's plan. */
export type Step = () => Promise<Gained>;

export const IDLE: Gained = { written: 0, quarantined: 0, actions: 0, empty: 0, settled: 0, isNews: false };
export const NEWS: Gained = { ...IDLE, isNews: true };

/** As many steps as the plan has calls; where more than one turns out to be settled at once, the last ones have nothing left to do. */
export function stepsOf(backfilling: Backfilling): Step[] {
  const { days, histories } = backfilling.plan;
  const left = new Map(days);
  return [
    ...Array.from(days, () => () => askForNextDay(backfilling, left)),
    ...histories.map((missing) => () => askForAsset(backfilling, missing)),
  ];
}

async function askForNextDay(backfilling: Backfilling, left: Map<string, number>): Promise<Gained> {
  const { ctx, market: { provider }, plan } = backfilling;
  const dates = [...left.keys()];
  const [first] = dates;
  if (first === undefined) return IDLE;
  const wanted = firstToAsk(await edgeOf(ctx, provider, plan.market), first);
  const date = dates.find((date) => date >= wanted) ?? dates.at(-1) ?? first;
  const settled = left.get(date) ?? 0;
  // Whatever comes of it: what fails is left to the next plan, so that it does not hold up the others.
  left.delete(date);
  const day = { market: plan.market, date };
  return await ctx.store.inTurn(["backfill", marketDayId(day)], () => askForDay(backfilling, day, settled, left));
}

async function askForDay(
  { ctx, market, run, plan, isLone }: Backfilling,
  day: MarketDate,
  settled: number,
  left: Map<string, number>,
): Promise<Gained> {
  const { provider } = market;
  // Another backfill, or the night, may have been faster.
  const known = (await marketDayCollection(ctx.store).getFresh(marketDayId(day)))?.value;
  const isComplete = !isUnfinished(known) && plan.missing.assets.every(({ asset }) => coversAsset(known, asset));
  const isKnown = known !== undefined && (known.status === "closed" || isComplete);
  if (isKnown) return { ...NEWS, settled };
  const outcome = await market.askExpecting(
    (call) => provider.marketDay(day.market, day.date, call),
    isLone ? ["too_old"] : ["too_old", "not_entitled"],
  );
  if (outcome.type === "too_old") {
    await noteRefusal(ctx, provider, day.market, day.date);
    return { ...NEWS, settled: settled + takeOut(left, (date) => date <= day.date) };
  }
  if (outcome.type === "not_entitled") {
    await noteNotEntitled(ctx, provider, day.market, outcome.reason);
    return { ...NEWS, settled: settled + takeOut(left, () => true) };
  }
  const rows = outcome.type === "ok" ? outcome.value : undefined;
  const stored = await storeDay(ctx, { run: { signal: run.signal, progress() {} }, market }, day, rows);
  await noteAnswer(ctx, provider, day.market, day.date);
  return { ...NEWS, written: stored.written, quarantined: stored.quarantined, settled };
}

/** How many bars were missing of the days that are taken out. */
function takeOut(left: Map<string, number>, isOut: (date: string) => boolean): number {
  let missing = 0;
  for (const [date, count] of left) {
    if (!isOut(date)) continue;
    missing += count;
    left.delete(date);
  }
  return missing;
}

const askForAsset = (backfilling: Backfilling, missing: MissingAsset): Promise<Gained> =>
  backfilling.ctx.store.inTurn(["backfill", missing.asset.no], () => askForHistory(backfilling, missing));

async function askForHistory(backfilling: Backfilling, { asset: { no }, span, sessions }: MissingAsset) {
  const { ctx, market, run, plan, isLone } = backfilling;
  const { provider } = market;
  let [gained, rest] = [{ ...NEWS, settled: sessions }, restOf(span, (await askedOf(ctx, no)).spans)];
  while (rest !== undefined) {
    const asset = (await ctx.assets.getFresh(no))?.value;
    // It was removed, and its history with it.
    if (asset === undefined) return gained;
    const { to }: Span = rest;
    const wanted = firstToAsk(await edgeOf(ctx, provider, plan.market), rest.from);
    const own = await ownSymbolSpan(ctx, asset, { from: wanted < to ? wanted : to, to });
    if (own === undefined) {
      await noteAsked(ctx, no, "spans", rest);
      return gained;
    }
    const { symbol, from } = own;
    const outcome = await market.askExpecting(
      (call) => rangeOf(market, { symbol, from, to }, call),
      isLone ? ["too_old", "not_found"] : ["too_old", "not_found", "not_entitled"],
    );
    if (outcome.type === "too_old") {
      await noteRefusal(ctx, provider, plan.market, from);
      rest = spanOrNone(addDays(from, 1), to);
      continue;
    }
    if (outcome.type === "not_entitled") {
      await noteNotEntitled(ctx, provider, plan.market, outcome.reason);
      return gained;
    }
    const rows = outcome.type === "ok" ? outcome.value : undefined;
    const answered = { asset, market: plan.market, span: { from, to }, rows: rows ?? [] };
    const stored = await storeHistory(ctx, { run, market }, answered);
    gained = {
      ...gained,
      written: gained.written + stored.written,
      quarantined: gained.quarantined + stored.quarantined,
      actions: gained.actions + stored.actions,
      empty: rows === undefined ? 1 : 0,
    };
    await noteAnswer(ctx, provider, plan.market, from);
    rest = spanOrNone(rest.from, addDays(from, -1));
  }
  return gained;
}

type RangeQuestion = Question<Span & { readonly symbol: string }, readonly DatedProviderBar[]>;

function rangeOf({ provider }: Asking, ...asked: Parameters<RangeQuestion>): ReturnType<RangeQuestion> {
  if (provider.range === undefined) throw new TypeError(`${provider.name} has no histories of single assets`);
  return provider.range(...asked);
}
