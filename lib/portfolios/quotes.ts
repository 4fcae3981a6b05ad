/**
 * What one share of an asset is worth, in its own currency: the one way in which a price is chosen and brought into today's
 * shares.
 *
 * @module
 */
import { splitFactor } from "../analysis/adjustment.ts";
import { plain, plainNumber } from "../analysis/decimal.ts";
import { type FixedPoint, fixedPoint } from "../analysis/fixed_point.ts";
import { inverse, isUnity, quotient, scaled, UNITY } from "../analysis/ratio.ts";
import type { Context } from "../context.ts";
import { dayIn } from "../day.ts";
import { splitsOf } from "../history/corporate_actions.ts";
import { newestPrice, type Price, priceAsOf } from "../history/read.ts";
import { type Asset, isCash } from "../store/assets.ts";
import type { CacheCounts } from "../store/cache.ts";

export interface Quote {
  readonly asset: Asset;
  /** `undefined` where it has none, as cash has none. */
  readonly price: SharePrice | undefined;
}

/** In today's shares; all in one place, since prices of many assets lie far apart in memory. */
export interface SharePrice extends FixedPoint {
  /** The same as a plain decimal, as are those below. */
  readonly price: string;
  readonly date: string;
  /** Where today's shares are not those of the date. */
  readonly split: SplitSince | undefined;
}

export interface SplitSince {
  /** As it was traded on its date. */
  readonly rawPrice: string;
  /** Today's shares for one of that date. */
  readonly factor: string;
}

/** The newest quotes of one version of the market and one day: at most one an asset, and of no older version. */
export interface QuoteBook {
  /** By asset number. */
  at(version: string): Quote[];
  counted(asked: number, misses: number): void;
  counts(): CacheCounts;
}

export interface ValuationContext extends Context {
  readonly quotes: QuoteBook;
}

export function quoteBook(): QuoteBook {
  let [madeFrom, quotes]: [string, Quote[]] = ["", []];
  let [hits, misses] = [0, 0];
  return {
    at(version) {
      if (version !== madeFrom) [madeFrom, quotes] = [version, []];
      return quotes;
    },
    counted(asked, missed) {
      hits += asked - missed;
      misses += missed;
    },
    counts: () => ({ hits, misses, entries: quotes.reduce((entries) => entries + 1, 0) }),
  };
}

/** Of the assets, in their order, at their newest prices. */
export async function newestQuotes(ctx: ValuationContext, assetNos: readonly number[]): Promise<readonly Quote[]> {
  const today = dayIn(ctx.marketTimeZone, ctx.now());
  // Where somebody writes meanwhile, what is added to here is nobody's any more.
  const known = ctx.quotes.at(`${ctx.store.version("market")} ${today}`);
  const found = assetNos.map((no) => known[no]);
  if (found.every((quote) => quote !== undefined)) {
    ctx.quotes.counted(assetNos.length, 0);
    return found;
  }
  const missing = assetNos.filter((no) => known[no] === undefined);
  ctx.quotes.counted(assetNos.length, missing.length);
  for (const quote of await quotesAt(ctx, missing, undefined)) known[quote.asset.no] = quote;
  return assetNos.map((no) => known[no] ?? gone(no));
}

/** In the order of the assets, on or before a session; without one, at their newest prices. */
export async function quotesAt(
  ctx: Context,
  assetNos: readonly number[],
  session: string | undefined,
): Promise<readonly Quote[]> {
  const assets = await ctx.assets.getMany(assetNos);
  return await Promise.all(assetNos.map(async (no, i) => {
    const asset = assets[i]?.value ?? gone(no);
    const price = isCash(asset) ? undefined : await marketPrice(ctx, no, session);
    return { asset, price: price && await inTodaysShares(ctx, no, price) };
  }));
}

const marketPrice = (ctx: Context, assetNo: number, session: string | undefined): Promise<Price | undefined> =>
  session === undefined ? newestPrice(ctx, assetNo) : priceAsOf(ctx, assetNo, session);

/** Amounts are today's share counts, so a past price counts in today's shares too. */
async function inTodaysShares(ctx: Context, assetNo: number, { close, date }: Price): Promise<SharePrice> {
  const splits = await splitsOf(ctx, assetNo);
  const factor = splits.length === 0 ? UNITY : splitFactor(splits, date, dayIn(ctx.marketTimeZone, ctx.now()));
  const rawPrice = plainNumber(close);
  if (isUnity(factor)) return { ...fixedPoint(rawPrice), price: rawPrice, date, split: undefined };
  const price = scaled(close, inverse(factor));
  return { ...fixedPoint(price), price, date, split: { rawPrice, factor: plain(quotient(factor)) } };
}

function gone(assetNo: number): never {
  throw new Error(`Asset ${assetNo} is held, and gone`);
}
