/**
 * What was said otherwise of a day before: by the provider, or by whoever else wrote its bars.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { RecordedBar } from "../history/block.ts";
import { readBar } from "../history/read.ts";
import type { Superseded } from "../history/superseded.ts";
import { supersededOn, versionsOf } from "../history/versions.ts";
import type { Asset } from "../store/assets.ts";
import type { Page } from "../store/collection.ts";
import { cursorFor, positionIn } from "../store/cursor.ts";
import type { MarketDate } from "../store/market_days.ts";
import { marketOfSymbol } from "./symbol.ts";

/** A bar, and the one that took its place. */
export interface Correction {
  readonly asset: Asset;
  readonly before: RecordedBar;
  readonly after: RecordedBar;
}

export interface CorrectionQuery extends MarketDate {
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface Corrections extends Page<Correction> {
  /** Of the whole day. */
  readonly count: number;
}

interface Place {
  readonly asset: Asset;
  readonly superseded: readonly Superseded[];
  /** Which of them. */
  readonly index: number;
}

/** By asset, in the order in which these were made, and then as they came. Throws `InvalidCursor`. */
export async function correctionsOf(ctx: Context, query: CorrectionQuery): Promise<Corrections> {
  const { market, date, limit, cursor } = query;
  const list = ["corrections", market, date];
  const isAfter = cursor === undefined ? () => true : behind(positionIn(list, cursor));
  const places = await placesOf(ctx, query);
  const rest = places.filter(isAfter);
  const page = rest.slice(0, limit);
  const items = await Promise.all(page.map((place) => correctionAt(ctx, date, place)));
  const last = page.at(-1);
  return {
    count: places.length,
    items: items.filter((item) => item !== undefined),
    ...(last !== undefined && rest.length > limit && { nextCursor: cursorFor(list, positionOf(last)) }),
  };
}

async function placesOf(ctx: Context, { market, date }: MarketDate): Promise<Place[]> {
  const byAsset = [...await supersededOn(ctx, date)].sort(([a], [b]) => a - b);
  const assets = await ctx.assets.getMany(byAsset.map(([no]) => no));
  return byAsset.flatMap(([, superseded], i) => {
    const asset = assets[i]?.value;
    if (asset === undefined || marketOfSymbol(asset.symbol) !== market) return [];
    return superseded.map((_, index) => ({ asset, superseded, index }));
  });
}

async function correctionAt(
  ctx: Context,
  date: string,
  { asset, superseded, index }: Place,
): Promise<Correction | undefined> {
  const present = await readBar(ctx, asset.no, date);
  const [before, after] = present === undefined ? [] : versionsOf(present, superseded).slice(index);
  return before && after && { asset, before, after };
}

const positionOf = ({ asset, index }: Place): string => `${asset.no}:${index}`;

function behind(position: string): (place: Place) => boolean {
  const [no = 0, last = 0] = position.split(":").map(Number);
  return ({ asset, index }) => asset.no > no || asset.no === no && index > last;
}
