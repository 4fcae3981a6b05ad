/**
 * The rate between two units over time: the rule of `fx_rates.ts`, with the quotes of a whole span read at once; with an instant, as they were known then.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dayOf } from "../day.ts";
import { type Closes, countUpTo, type Days, readCloses } from "./closes.ts";
import { type FxRate, pairAsset, pairsBetween, rateBy } from "./fx_rates.ts";
import type { Price } from "./read.ts";

/** The newest rate on or before a day of the span, given as days since 1970-01-01; never a later one. */
export type FxPath = (day: number) => FxRate | undefined;

export async function readFxPath(
  ctx: Context,
  from: string,
  to: string,
  span: Days,
  knownAt?: Date,
): Promise<FxPath> {
  const quotes = new Map<string, Closes>();
  for (const pair of pairsBetween(from, to)) {
    const asset = await pairAsset(ctx, pair);
    if (asset !== undefined) quotes.set(pair, await readCloses(ctx, asset.no, span, knownAt));
  }
  const known = new Map<number, FxRate | undefined>();
  return (day) => {
    if (!known.has(day)) known.set(day, rateBy(from, to, (pair) => newestOf(quotes.get(pair), day)));
    return known.get(day);
  };
}

function newestOf(quotes: Closes | undefined, day: number): Price | undefined {
  const place = quotes === undefined ? -1 : countUpTo(quotes.days, day) - 1;
  const [close, date] = [quotes?.closes[place], quotes?.days[place]];
  return close === undefined || date === undefined ? undefined : { close, date: dayOf(date) };
}
