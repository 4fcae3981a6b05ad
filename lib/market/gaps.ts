/**
 * What is missing of the market's history, by day and by asset, and why.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dayOf } from "../day.ts";
import { readDay, spanOf } from "../history/read.ts";
import type { Asset } from "../store/assets.ts";
import { type MarketDay, marketDayCollection, marketDayId } from "../store/market_days.ts";
import { quarantineCollection } from "../store/quarantine.ts";
import { readAsset } from "./assets.ts";
import { sessionsOver } from "./calendar.ts";
import type { Span } from "./provider.ts";
import { marketOf } from "./pulled_assets.ts";

/**
 * `not_listed_yet`: before what is known of the asset begins; `did_not_trade`: the day is complete and has no row of it;
 * `quarantined`: its row failed a check; `not_there_yet`: the day was not pulled.
 */
export const GAP_REASONS = ["not_listed_yet", "did_not_trade", "quarantined", "not_there_yet"] as const;
export type GapReason = typeof GAP_REASONS[number];

export type GapCounts = Readonly<Record<GapReason, number>>;

export interface DayGaps {
  readonly date: string;
  readonly expected: number;
  readonly present: number;
  readonly reasons: GapCounts;
}

export interface AssetGaps {
  readonly asset: string;
  readonly reasons: GapCounts;
}

export interface Gaps {
  readonly span: Span;
  /** Bars that there should be: of each active asset that is pulled, on each session since its first. */
  readonly expected: number;
  readonly present: number;
  /** By rising date; days on which nothing is missing are left out. */
  readonly days: readonly DayGaps[];
  /** By symbol; assets of which nothing is missing are left out. */
  readonly assets: readonly AssetGaps[];
}

/** An asset with what is known of its history. */
interface Expected {
  readonly asset: Asset;
  /** Of its first bar; of an asset that has none, the day on which it came to be known here. */
  readonly since: string;
}

/** What is missing from the stock market's sessions of a span that are over: of all assets, or of one. */
export async function findGaps(ctx: Context, { from, to }: Span, symbol?: string): Promise<Gaps> {
  const assets = await expectedAssets(ctx, symbol);
  const days: DayGaps[] = [];
  const byAsset = new Map<string, Record<GapReason, number>>();
  for (const date of await sessionsOver(ctx, "stocks", { from, to })) {
    days.push(await gapsOfDay(ctx, date, assets, byAsset));
  }
  return {
    span: { from, to },
    expected: days.reduce((total, day) => total + day.expected, 0),
    present: days.reduce((total, day) => total + day.present, 0),
    days: days.filter(({ reasons }) => isAnything(reasons)),
    assets: [...byAsset].map(([asset, reasons]) => ({ asset, reasons })),
  };
}

async function expectedAssets(ctx: Context, symbol: string | undefined): Promise<Expected[]> {
  const found: Expected[] = [];
  const one = symbol === undefined ? undefined : await readAsset(ctx, symbol);
  for await (const { value: asset } of one === undefined ? ctx.assets.each({ by: "symbol" }) : [one]) {
    if (marketOf(asset) !== "stocks" || asset.status !== "active") continue;
    const span = await spanOf(ctx, asset.no);
    found.push({ asset, since: span === undefined ? asset.createdAt.slice(0, 10) : dayOf(span.firstDay) });
  }
  return found;
}

async function gapsOfDay(
  ctx: Context,
  date: string,
  assets: readonly Expected[],
  byAsset: Map<string, Record<GapReason, number>>,
): Promise<DayGaps> {
  const traded = await readDay(ctx, date);
  const missing = assets.filter(({ asset }) => !traded.has(asset.no));
  const reasons = nothing();
  if (missing.length > 0) {
    const day = (await marketDayCollection(ctx.store).get(marketDayId({ market: "stocks", date })))?.value;
    const quarantined = await quarantinedOn(ctx, date);
    for (const one of missing) {
      const reason = reasonOf(one, date, day, quarantined);
      const ofAsset = byAsset.get(one.asset.symbol) ?? nothing();
      byAsset.set(one.asset.symbol, ofAsset);
      ofAsset[reason] += 1;
      reasons[reason] += 1;
    }
  }
  const present = assets.length - missing.length;
  // What was not there yet was not expected either.
  return { date, expected: assets.length - reasons.not_listed_yet, present, reasons };
}

const nothing = (): Record<GapReason, number> => ({
  not_listed_yet: 0,
  did_not_trade: 0,
  quarantined: 0,
  not_there_yet: 0,
});

const isAnything = (reasons: GapCounts): boolean => Object.values(reasons).some((count) => count > 0);

function reasonOf(
  { asset, since }: Expected,
  date: string,
  day: MarketDay | undefined,
  quarantined: ReadonlySet<number>,
): GapReason {
  if (quarantined.has(asset.no)) return "quarantined";
  if (date < since) return "not_listed_yet";
  return day?.status === "complete" ? "did_not_trade" : "not_there_yet";
}

async function quarantinedOn(ctx: Context, date: string): Promise<Set<number>> {
  const numbers = new Set<number>();
  for await (const { value } of quarantineCollection(ctx.store).each({ by: "date", value: [date] })) {
    if (value.kind === "bar") numbers.add(value.assetNo);
  }
  return numbers;
}
