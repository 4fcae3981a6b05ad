/**
 * Exchange rates, out of the price history of currency pairs: assets of kind `currency` whose symbol is `C:` and two codes,
 * and whose close is the price of one of the first in the second: `C:EURUSD` is dollars for one euro.
 *
 * @module
 */
import { unitOf } from "../analysis/currency.ts";
import { inverse, product, type Ratio, ratio } from "../analysis/ratio.ts";
import type { Context } from "../context.ts";
import type { Asset } from "../store/assets.ts";
import { type Price, priceAsOf } from "./read.ts";

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

/** The newest price of a pair, by its two codes, as of whichever day is asked about. */
export type QuoteOf = (pair: string) => Price | undefined;

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
  const pairs = pairsBetween(from, to);
  const quotes = await Promise.all(pairs.map(async (pair) => {
    const asset = await pairAsset(ctx, pair);
    return asset && await priceAsOf(ctx, asset.no, day);
  }));
  return rateBy(from, to, (pair) => quotes[pairs.indexOf(pair)]);
}

/** The asset whose close is the price of a pair. */
export async function pairAsset(ctx: Context, pair: string): Promise<Asset | undefined> {
  const asset = await ctx.assets.getBy("symbol", [`C:${pair}`]);
  return asset?.value.kind === "currency" ? asset.value : undefined;
}

/** The pairs whose quotes make the rate between two units, by their two codes: none between units of one currency. */
export function pairsBetween(from: string, to: string): readonly string[] {
  const [given, wanted] = [unitOf(from).currency, unitOf(to).currency];
  if (given === wanted) return [];
  const direct = [`${given}${wanted}`, `${wanted}${given}`];
  if (given === ACROSS || wanted === ACROSS) return direct;
  return [...direct, `${given}${ACROSS}`, `${ACROSS}${given}`, `${ACROSS}${wanted}`, `${wanted}${ACROSS}`];
}

/** The rate that quotes make: direct, inverse or across another currency, whichever is newest. */
export function rateBy(from: string, to: string, quoteOf: QuoteOf): FxRate | undefined {
  const [given, wanted] = [unitOf(from), unitOf(to)];
  const units = product(given.worth, inverse(wanted.worth));
  if (given.currency === wanted.currency) return { rate: units, date: undefined };
  const found = newest(
    betweenTwo(quoteOf, given.currency, wanted.currency),
    across(quoteOf, given.currency, wanted.currency),
  );
  return found && { rate: product(units, found.rate), date: found.date };
}

function betweenTwo(quoteOf: QuoteOf, from: string, to: string): Quoted | undefined {
  const [direct, reverse] = [quoted(quoteOf(`${from}${to}`)), quoted(quoteOf(`${to}${from}`))];
  return newest(direct, reverse && { rate: inverse(reverse.rate), date: reverse.date });
}

function across(quoteOf: QuoteOf, from: string, to: string): Quoted | undefined {
  if (from === ACROSS || to === ACROSS) return undefined;
  const [first, second] = [betweenTwo(quoteOf, from, ACROSS), betweenTwo(quoteOf, ACROSS, to)];
  if (first === undefined || second === undefined) return undefined;
  return {
    rate: product(first.rate, second.rate),
    date: first.date < second.date ? first.date : second.date,
  };
}

const quoted = (price: Price | undefined): Quoted | undefined =>
  price && { rate: ratio(price.close, 1), date: price.date };

/** Of two of one day the first. */
function newest(first: Quoted | undefined, second: Quoted | undefined): Quoted | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return second.date > first.date ? second : first;
}
