/**
 * What a portfolio's investments are worth, each in its own currency and in the portfolio's: the one way in which holdings
 * are priced. Everything that is read is read through the store's cache.
 *
 * @module
 */
import { type FixedPoint, fixedPoint, timesFixed } from "../analysis/fixed_point.ts";
import { roundedProduct } from "../analysis/ratio.ts";
import type { Context } from "../context.ts";
import { dayIn, lastWeekday, newestDay } from "../day.ts";
import { type FxRate, fxRates } from "../history/fx_rates.ts";
import { sessionAsOf } from "../history/read.ts";
import { Problem } from "../problem.ts";
import { type Asset, isCash } from "../store/assets.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { dateOfId, waitingBars } from "../store/quarantine.ts";
import { heldBackWarning } from "./held_back.ts";
import { newestQuotes, type Quote, quotesAt, type SharePrice, type ValuationContext } from "./quotes.ts";

/** An investment, with its asset. */
export interface Held {
  readonly asset: Asset;
  /** Plain decimal. */
  readonly amount: string;
}

/** One that has a value. */
export interface Holding extends Held {
  readonly share: SharePrice;
  /** The asset's currency in the portfolio's, of the price's day; `undefined` where they are the same. */
  readonly fx: FxRate | undefined;
  /** In the portfolio's currency. */
  readonly marketValue: FixedPoint;
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
export async function valuationOf(
  ctx: ValuationContext,
  portfolio: Portfolio,
  asOf: string | undefined,
): Promise<Valuation> {
  const session = asOf === undefined ? undefined : await lastSession(ctx, await heldIn(ctx, portfolio), asOf);
  const assetNos = portfolio.investments.map(({ assetNo }) => assetNo);
  const quotes = await (session === undefined ? newestQuotes(ctx, assetNos) : quotesAt(ctx, assetNos, session));
  const reached = session ?? await newestSession(ctx, quotes);
  const { holdings, unpriced } = await valued(ctx, portfolio, quotes, reached);
  const waiting = await waitingBars(ctx.store);
  const asked: Asked = {
    ...{ session: reached, isNow: asOf === undefined },
    heldBack: ({ asset, share }) =>
      waiting.get(asset.no)?.findLast((id) => dateOfId(id) > share.date && dateOfId(id) <= (session ?? dateOfId(id))),
  };
  const warnings: Warning[] = [];
  for (const holding of holdings) {
    const ofPrice = priceWarning(holding, asked);
    if (ofPrice !== undefined) warnings.push(ofPrice);
    const ofRate = rateWarning(holding, portfolio);
    if (ofRate !== undefined) warnings.push(ofRate);
  }
  return { asOf: reached, holdings, unpriced, warnings };
}

/** By the quotes of its investments, in their order. */
async function valued(
  ctx: Context,
  { currency, investments }: Portfolio,
  quotes: readonly Quote[],
  session: string | null,
): Promise<Pick<Valuation, "holdings" | "unpriced">> {
  const rates = fxRates(ctx);
  const [holdings, unpriced]: [Holding[], Unpriced[]] = [[], []];
  for (let i = 0; i < quotes.length; i++) {
    const [quote, amount] = [quotes[i], investments[i]?.amount];
    if (quote === undefined || amount === undefined) continue;
    const { asset, price } = quote;
    const share = isCash(asset) ? inCash(session) : price;
    if (share === undefined) {
      unpriced.push({ asset, amount, reason: "no_price" });
      continue;
    }
    const value = timesFixed(fixedPoint(amount), share);
    if (asset.currency === currency) {
      holdings.push({ asset, amount, share, fx: undefined, marketValue: value });
      continue;
    }
    const fx = await rates(asset.currency, currency, share.date);
    if (fx === undefined) unpriced.push({ asset, amount, reason: "no_fx_rate" });
    else holdings.push({ asset, amount, share, fx, marketValue: roundedProduct(value, fx.rate) });
  }
  return { holdings, unpriced };
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
    return { asset, amount };
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
async function newestSession(ctx: Context, quotes: readonly Quote[]): Promise<string | null> {
  const newest = newestDateOf(quotes, keepsSessions) ?? newestDateOf(quotes);
  if (newest !== null || !quotes.some(({ asset }) => isCash(asset))) return newest;
  // Where there is no session, the market's day: it is the one that answers and their tags change with.
  const session = await sessionAsOf(ctx, newestDay(ctx.now(), ctx.marketTimeZone));
  return session ?? dayIn(ctx.marketTimeZone, ctx.now());
}

function newestDateOf(quotes: readonly Quote[], counts: (asset: Asset) => boolean = () => true): string | null {
  let newest: string | null = null;
  for (const { asset, price } of quotes) {
    if (price !== undefined && counts(asset) && (newest === null || price.date > newest)) newest = price.date;
  }
  return newest;
}

/** One of a currency is worth one of it. */
const inCash = (session: string | null): SharePrice | undefined =>
  session === null ? undefined : { ...fixedPoint(1), price: "1", date: session, split: undefined };

/** Which prices were asked for. */
interface Asked {
  readonly session: string | null;
  /** The newest. */
  readonly isNow: boolean;
  /** The id of a newer row that is in quarantine. */
  readonly heldBack: (holding: Holding) => string | undefined;
}

function priceWarning(holding: Holding, { session, isNow, heldBack }: Asked): Warning | undefined {
  const { asset: { symbol, status }, share: { date } } = holding;
  const waiting = heldBack(holding);
  if (waiting !== undefined) return heldBackWarning(symbol, waiting, date);
  const isStale = session !== null && date < session;
  if (status === "delisted" && (isNow || isStale)) {
    return { code: "delisted", asset: symbol, detail: `${symbol} is delisted; its last price, of ${date}, is used` };
  }
  if (!isStale) return undefined;
  const detail = `${symbol} has no price of ${session}; its last one, of ${date}, is used`;
  return { code: "stale_price", asset: symbol, detail };
}

/** Currencies do not trade at weekends; what does is converted at Friday's rate. */
function rateWarning(
  { asset: { symbol }, share: { date }, fx }: Holding,
  { currency }: Portfolio,
): Warning | undefined {
  if (fx?.date === undefined || fx.date >= lastWeekday(date)) return undefined;
  const detail =
    `${symbol} is converted to ${currency} at a rate of ${fx.date}; there is none of ${date}, when it had its price`;
  return { code: "stale_fx_rate", asset: symbol, detail };
}
