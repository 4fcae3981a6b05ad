/**
 * What a portfolio's investments are worth, each in its own currency and in the portfolio's: the one way in which holdings
 * are priced. Everything that is read is read through the store's cache.
 *
 * @module
 */
import { splitFactor } from "../analysis/adjustment.ts";
import { converted } from "../analysis/currency.ts";
import { type Decimal, decimal, ONE } from "../analysis/decimal.ts";
import { inverse, isUnity, quotient, scaled, UNITY } from "../analysis/ratio.ts";
import type { Context } from "../context.ts";
import { dayIn, lastWeekday, newestDay } from "../day.ts";
import { splitsOf } from "../history/corporate_actions.ts";
import { type FxRate, type FxRates, fxRates } from "../history/fx_rates.ts";
import { newestPrice, type Price, priceAsOf, sessionAsOf } from "../history/read.ts";
import { Problem } from "../problem.ts";
import { type Asset, isCash } from "../store/assets.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { dateOfId, waitingBars } from "../store/quarantine.ts";
import { heldBackWarning } from "./held_back.ts";

/** An investment, with its asset. */
export interface Held {
  readonly asset: Asset;
  readonly amount: Decimal;
}

/** One that has a price. */
interface Priced extends Held {
  /** In the asset's currency and today's shares. */
  readonly price: Decimal;
  readonly priceDate: string;
  /** As it was traded on its date. */
  readonly rawPrice: Decimal;
  /** Today's shares for one of that date. */
  readonly splitFactor: Decimal;
}

/** One that has a value. */
export interface Holding extends Priced {
  /** The asset's currency in the portfolio's, of the price's day; `undefined` where they are the same. */
  readonly fx: FxRate | undefined;
  /** In the portfolio's currency. */
  readonly marketValue: Decimal;
}

export type UnpricedReason = "no_price" | "no_fx_rate";

export interface Unpriced extends Held {
  readonly reason: UnpricedReason;
}

export const WARNING_CODES = ["stale_price", "stale_fx_rate", "delisted"] as const;

export interface Warning {
  readonly code: typeof WARNING_CODES[number];
  readonly asset: string;
  readonly detail: string;
}

export interface Valuation {
  /** The session that is valued; `null` where no investment has a price. */
  readonly asOf: string | null;
  /** In the portfolio's order. */
  readonly holdings: readonly Holding[];
  readonly unpriced: readonly Unpriced[];
  readonly warnings: readonly Warning[];
}

/**
 * Values the investments at their newest prices, or at those of the last session on or before `asOf`. A price is converted
 * at the rate of its own day, or the newest before it.
 */
export async function valuationOf(ctx: Context, portfolio: Portfolio, asOf: string | undefined): Promise<Valuation> {
  const held = await heldIn(ctx, portfolio);
  const session = asOf === undefined ? undefined : await lastSession(ctx, held, asOf);
  const prices = await Promise.all(held.map(({ asset }) => marketPrice(ctx, asset, session)));
  const reached = session ?? await newestSession(ctx, held, prices);
  const rates = fxRates(ctx);
  const valued = await Promise.all(held.map(async (investment, i) => {
    const priced = isCash(investment.asset)
      ? inCash(investment, reached)
      : await inTodaysShares(ctx, investment, prices[i]);
    return priced === undefined
      ? { ...investment, reason: "no_price" as const }
      : await inCurrency(rates, priced, portfolio);
  }));
  const holdings = valued.filter((result) => "marketValue" in result);
  const waiting = await waitingBars(ctx.store);
  const heldBack = ({ asset, priceDate }: Holding) =>
    waiting.get(asset.no)?.findLast((id) => dateOfId(id) > priceDate && dateOfId(id) <= (session ?? dateOfId(id)));
  return {
    asOf: reached,
    holdings,
    unpriced: valued.filter((result) => "reason" in result),
    warnings: holdings.flatMap((holding) =>
      warningsOf(holding, portfolio, reached, { heldBack: heldBack(holding), isNow: asOf === undefined })
    ),
  };
}

/** Throws for a day that has not begun anywhere. */
export function assertNotInFuture(ctx: Context, day: string, parameter = "as_of"): void {
  const newest = newestDay(ctx.now(), ctx.marketTimeZone);
  if (day <= newest) return;
  throw new Problem("validation-failed", `${parameter} ${day} is in the future`, {
    errors: [{ parameter, detail: `must be ${newest} or earlier` }],
  });
}

export async function heldIn(ctx: Context, { id, investments }: Portfolio): Promise<Held[]> {
  const assets = await ctx.assets.getMany(investments.map(({ assetNo }) => assetNo));
  return investments.map(({ assetNo, amount }, i) => {
    const asset = assets[i]?.value;
    if (asset === undefined) throw new Error(`Portfolio ${id} holds asset ${assetNo}, which is gone`);
    return { asset, amount: decimal(amount) };
  });
}

/** Whether an asset trades in the sessions of a market; currencies and crypto assets have prices on other days, too. */
export const keepsSessions = ({ kind }: Asset): boolean => kind !== "currency" && kind !== "crypto";

async function lastSession(ctx: Context, held: readonly Held[], asOf: string): Promise<string> {
  const counts = async (assetNo: number) => {
    const asset = await ctx.assets.get(assetNo);
    return asset !== undefined && keepsSessions(asset.value);
  };
  const isBound = held.some(({ asset }) => keepsSessions(asset));
  return await sessionAsOf(ctx, asOf, isBound ? counts : undefined) ?? asOf;
}

/** The day of the newest price, first of all among what trades in sessions; cash alone is worth what it is on any day. */
async function newestSession(
  ctx: Context,
  held: readonly Held[],
  prices: readonly (Price | undefined)[],
): Promise<string | null> {
  const bound = prices.filter((_, i) => held[i] !== undefined && keepsSessions(held[i].asset));
  const newest = newestDateOf(bound) ?? newestDateOf(prices);
  if (newest !== null || !held.some(({ asset }) => isCash(asset))) return newest;
  const today = newestDay(ctx.now(), ctx.marketTimeZone);
  return await sessionAsOf(ctx, today) ?? today;
}

const newestDateOf = (prices: readonly (Price | undefined)[]): string | null =>
  prices.reduce<string | null>(
    (newest, price) => price !== undefined && (newest === null || price.date > newest) ? price.date : newest,
    null,
  );

/** As it was traded; of cash there is none. */
async function marketPrice(ctx: Context, asset: Asset, session: string | undefined): Promise<Price | undefined> {
  if (isCash(asset)) return undefined;
  return session === undefined ? await newestPrice(ctx, asset.no) : await priceAsOf(ctx, asset.no, session);
}

/** One of a currency is worth one of it. */
const inCash = (held: Held, session: string | null): Priced | undefined =>
  session === null ? undefined : { ...held, price: ONE, priceDate: session, rawPrice: ONE, splitFactor: ONE };

/** Amounts are today's share counts, so a past price counts in today's shares too. */
async function inTodaysShares(ctx: Context, held: Held, price: Price | undefined): Promise<Priced | undefined> {
  if (price === undefined) return undefined;
  const { close, date: priceDate } = price;
  const splits = await splitsOf(ctx, held.asset.no);
  const factor = splits.length === 0 ? UNITY : splitFactor(splits, priceDate, dayIn(ctx.marketTimeZone, ctx.now()));
  const rawPrice = decimal(close);
  if (isUnity(factor)) return { ...held, price: rawPrice, priceDate, rawPrice, splitFactor: ONE };
  const inShares = decimal(scaled(close, inverse(factor)));
  return { ...held, price: inShares, priceDate, rawPrice, splitFactor: quotient(factor) };
}

async function inCurrency(rates: FxRates, priced: Priced, { currency }: Portfolio): Promise<Holding | Unpriced> {
  const { asset, amount, price, priceDate } = priced;
  const value = amount.times(price);
  if (asset.currency === currency) return { ...priced, fx: undefined, marketValue: value };
  const fx = await rates(asset.currency, currency, priceDate);
  if (fx === undefined) return { asset, amount, reason: "no_fx_rate" };
  return { ...priced, fx, marketValue: converted(value, fx.rate) };
}

/** `heldBack` is a newer row in quarantine. */
function warningsOf(
  { asset, priceDate, fx }: Holding,
  { currency }: Portfolio,
  session: string | null,
  { heldBack, isNow }: { readonly heldBack: string | undefined; readonly isNow: boolean },
): Warning[] {
  const { symbol, status } = asset;
  const warnings: Warning[] = [];
  const isStale = session !== null && priceDate < session;
  if (heldBack !== undefined) {
    warnings.push(heldBackWarning(symbol, heldBack, priceDate));
  } else if (status === "delisted" && (isNow || isStale)) {
    const detail = `${symbol} is delisted; its last price, of ${priceDate}, is used`;
    warnings.push({ code: "delisted", asset: symbol, detail });
  } else if (isStale) {
    const detail = `${symbol} has no price of ${session}; its last one, of ${priceDate}, is used`;
    warnings.push({ code: "stale_price", asset: symbol, detail });
  }
  // Currencies do not trade at weekends; what does is converted at Friday's rate.
  if (fx?.date !== undefined && fx.date < lastWeekday(priceDate)) {
    const detail =
      `${symbol} is converted to ${currency} at a rate of ${fx.date}; there is none of ${priceDate}, when it had its price`;
    warnings.push({ code: "stale_fx_rate", asset: symbol, detail });
  }
  return warnings;
}
