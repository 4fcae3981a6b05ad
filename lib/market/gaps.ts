/**
 * What is missing of the market's history, by day and by asset, and why.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dayOf } from "../day.ts";
import { readDay, spanOf } from "../history/read.ts";
import type { Asset } from "../store/assets.ts";
import { type MarketDay, marketDayCollection } from "../store/market_days.ts";
import { quarantineCollection } from "../store/quarantine.ts";
import type { Market } from "./provider.ts";
import { type DaySpan, marketOf, newestOver, sessionsOf } from "./sessions.ts";

/**
 * `not_listed_yet`: before the asset's first bar; `did_not_trade`: the day is complete and has no row of it;
 * `quarantined`: its row failed a check; `not_there_yet`: the day was not pulled.
 */
export const GAP_REASONS = ["not_listed_yet", "did_not_trade", "quarantined", "not_there_yet"] as const;
export type GapReason = typeof GAP_REASONS[number];

export interface Gap {
  readonly asset: string;
  readonly reason: GapReason;
}

export interface DayGaps {
  readonly date: string;
  readonly expected: number;
  readonly present: number;
  readonly gaps: readonly Gap[];
}

export interface Gaps {
  readonly span: DaySpan;
  /** Bars that there should be: of each active asset, on each session since its first. */
  readonly expected: number;
  readonly present: number;
  /** By rising date; days without a gap are left out. */
  readonly days: readonly DayGaps[];
}

/** An asset with what is known of its history. */
interface Expected {
  readonly asset: Asset;
  readonly market: Market;
  readonly firstDay: string | undefined;
}

/** What is missing from the sessions of a span that are over. */
export async function findGaps(ctx: Context, { from, to }: DaySpan): Promise<Gaps> {
  const assets = await expectedAssets(ctx);
  const byDay = new Map<string, Expected[]>();
  for (const market of new Set(assets.map((expected) => expected.market))) {
    const newest = newestOver(ctx, market, ctx.now());
    const members = assets.filter((expected) => expected.market === market);
    for (const day of await sessionsOf(ctx, market, { from, to: to < newest ? to : newest })) {
      byDay.set(day, [...byDay.get(day) ?? [], ...members]);
    }
  }
  const days: DayGaps[] = [];
  for (const day of [...byDay.keys()].sort()) days.push(await gapsOfDay(ctx, day, byDay.get(day) ?? []));
  return {
    span: { from, to },
    expected: days.reduce((total, day) => total + day.expected, 0),
    present: days.reduce((total, day) => total + day.present, 0),
    days: days.filter((day) => day.gaps.length > 0),
  };
}

async function expectedAssets(ctx: Context): Promise<Expected[]> {
  const found: Expected[] = [];
  for await (const { value: asset } of ctx.assets.each({ by: "symbol" })) {
    const market = marketOf(asset);
    if (market === undefined || asset.status !== "active") continue;
    const span = await spanOf(ctx, asset.no);
    found.push({ asset, market, firstDay: span && dayOf(span.firstDay) });
  }
  return found;
}

async function gapsOfDay(ctx: Context, date: string, assets: readonly Expected[]): Promise<DayGaps> {
  const traded = await readDay(ctx, date);
  const missing = assets.filter(({ asset }) => !traded.has(asset.no));
  if (missing.length === 0) return { date, expected: assets.length, present: assets.length, gaps: [] };
  const day = (await marketDayCollection(ctx.store).get(date))?.value;
  const quarantined = await quarantinedOn(ctx, date);
  const gaps = missing.map((one) => ({ asset: one.asset.symbol, reason: reasonOf(one, date, day, quarantined) }));
  // An asset that was not there yet was not expected either.
  const early = gaps.filter(({ reason }) => reason === "not_listed_yet").length;
  return { date, expected: assets.length - early, present: assets.length - missing.length, gaps };
}

function reasonOf(
  { asset, firstDay }: Expected,
  date: string,
  day: MarketDay | undefined,
  quarantined: ReadonlySet<number>,
): GapReason {
  if (quarantined.has(asset.no)) return "quarantined";
  if (firstDay !== undefined && date < firstDay) return "not_listed_yet";
  return day?.status === "complete" ? "did_not_trade" : "not_there_yet";
}

async function quarantinedOn(ctx: Context, date: string): Promise<Set<number>> {
  const numbers = new Set<number>();
  for await (const { value } of quarantineCollection(ctx.store).each({ by: "date", value: [date] })) {
    numbers.add(value.assetNo);
  }
  return numbers;
}
