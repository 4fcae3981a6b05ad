/**
 * Exchange rates, out of the price history of currency pairs: assets of kind `currency` whose symbol is `C:` and two codes,
 * and whose close is the price of one of the first in the second: `C:EURUSD` is dollars for one euro.
 *
 * @module
 */
import { unitOf } from "../analysis/currency.ts";
import { inverse, product, type Ratio, ratio } from "../analysis/ratio.ts";
import type { Context } from "../context.ts";
import { priceAsOf } from "./read.ts";

/** What one unit of a currency is worth in another, exactly as the quotes say it. */
export interface FxRate {
  readonly rate: Ratio;
  /** The day of the quote, of two the older; `undefined` between units of one currency, whose rate no market makes. */
  readonly date: string | undefined;
}

/** The newest rate on or before a day, never a later one; `undefined` where none is known. */
export type FxRates = (from: string, to: string, day: string) => Promise<FxRate | undefined>;

/** A rate that comes from the market. */
interface Quoted extends FxRate {
  readonly date: string;
}

/** Most pairs are quoted against it. */
const ACROSS = "USD";

/** Rates that are each looked up once: for one piece of work on one version of the market. */
export function fxRates(ctx: Context): FxRates {
  const known = new Map<string, Promise<FxRate | undefined>>();
  return (from, to, day) => {
    const question = `${from} ${to} ${day}`;
    const asked = known.get(question) ?? rateAsOf(ctx, from, to, day);
    known.set(question, asked);
    return asked;
  };
}

async function rateAsOf(ctx: Context, from: string, to: string, day: string): Promise<FxRate | undefined> {
  const [given, wanted] = [unitOf(from), unitOf(to)];
  const units = product(given.worth, inverse(wanted.worth));
  if (given.currency === wanted.currency) return { rate: units, date: undefined };
  const found = newest(
    await betweenTwo(ctx, given.currency, wanted.currency, day),
    await across(ctx, given.currency, wanted.currency, day),
  );
  return found && { rate: product(units, found.rate), date: found.date };
}

async function betweenTwo(ctx: Context, from: string, to: string, day: string): Promise<Quoted | undefined> {
  const [direct, reverse] = await Promise.all([quote(ctx, from, to, day), quote(ctx, to, from, day)]);
  return newest(direct, reverse && { rate: inverse(reverse.rate), date: reverse.date });
}

async function across(ctx: Context, from: string, to: string, day: string): Promise<Quoted | undefined> {
  if (from === ACROSS || to === ACROSS) return undefined;
  const [first, second] = await Promise.all([betweenTwo(ctx, from, ACROSS, day), betweenTwo(ctx, ACROSS, to, day)]);
  if (first === undefined || second === undefined) return undefined;
  return {
    rate: product(first.rate, second.rate),
    date: first.date < second.date ? first.date : second.date,
  };
}

async function quote(ctx: Context, base: string, counter: string, day: string): Promise<Quoted | undefined> {
  const pair = await ctx.assets.getBy("symbol", [`C:${base}${counter}`]);
  if (pair?.value.kind !== "currency") return undefined;
  const price = await priceAsOf(ctx, pair.value.no, day);
  return price && { rate: ratio(price.close, 1), date: price.date };
}

/** Of two of one day the first. */
function newest(first: Quoted | undefined, second: Quoted | undefined): Quoted | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return second.date > first.date ? second : first;
}
