/**
 * What a portfolio is worth, and how that is spread over sectors.
 *
 * @module
 */
import { type Decimal, decimal, ONE } from "../analysis/decimal.ts";
import { allocate, type Allocation, type Position } from "../analysis/sector_allocation.ts";
import type { Context } from "../context.ts";
import { dayIn, newestDay } from "../day.ts";
import { adjustedForSplits, splitFactor, splitsOf } from "../history/corporate_actions.ts";
import { newestPrice, type Price, priceAsOf, sessionAsOf } from "../history/read.ts";
import { Problem } from "../problem.ts";
import type { Asset } from "../store/assets.ts";
import type { Versioned } from "../store/collection.ts";
import type { Investment, Portfolio } from "../store/portfolios.ts";

/** A priced investment. */
export interface Holding {
  readonly asset: Asset;
  readonly amount: Decimal;
  /** In today's shares. */
  readonly price: Decimal;
  readonly priceDate: string;
  /** As it was traded on its date. */
  readonly rawPrice: Decimal;
  /** Today's shares for one of that date. */
  readonly splitFactor: Decimal;
}

export type UnpricedReason = "no_price" | "no_fx_rate";

export interface Unpriced {
  readonly asset: Asset;
  readonly amount: Decimal;
  readonly reason: UnpricedReason;
}

/** A price older than the session that is valued. */
export interface StalePrice {
  readonly code: "stale_price";
  readonly asset: string;
  readonly detail: string;
}

export interface SectorReport {
  readonly portfolio: Portfolio;
  /** The session that is valued; `null` where no investment has a price. */
  readonly asOf: string | null;
  readonly marketVersion: string;
  readonly allocation: Allocation<Holding>;
  readonly unpriced: readonly Unpriced[];
  readonly warnings: readonly StalePrice[];
}

const MAX_READS = 5;

/**
 * Values the portfolio at the newest prices, or at those of the last session on or before `asOf`.
 * All of a report comes from one version of the market.
 */
export async function sectorsOf(
  ctx: Context,
  { value: portfolio }: Versioned<Portfolio>,
  asOf: string | undefined,
): Promise<SectorReport> {
  if (asOf !== undefined) assertNotInFuture(ctx, asOf);
  for (let reads = 1;; reads++) {
    const marketVersion = ctx.store.version("market");
    const report = await valuedAt(ctx, portfolio, asOf);
    if (ctx.store.version("market") === marketVersion || reads === MAX_READS) return { ...report, marketVersion };
  }
}

async function valuedAt(
  ctx: Context,
  portfolio: Portfolio,
  asOf: string | undefined,
): Promise<Omit<SectorReport, "marketVersion">> {
  const session = asOf === undefined ? undefined : await sessionAsOf(ctx, asOf) ?? asOf;
  const assets = await ctx.assets.getMany(portfolio.investments.map(({ assetNo }) => assetNo));
  const valued = await Promise.all(portfolio.investments.map((investment, i) => {
    const asset = assets[i]?.value;
    if (asset === undefined) {
      throw new Error(`Portfolio ${portfolio.id} holds asset ${investment.assetNo}, which is gone`);
    }
    return valueInvestment(ctx, asset, investment, portfolio.currency, session);
  }));
  const holdings = valued.filter((result) => "price" in result);
  const reached = session ?? newestDateOf(holdings);
  return {
    portfolio,
    asOf: reached,
    warnings: holdings.filter(({ priceDate }) => priceDate !== reached).map((holding) => stale(holding, reached)),
    allocation: allocate(holdings.map(positionOf)),
    unpriced: valued.filter((result) => "reason" in result),
  };
}

async function valueInvestment(
  ctx: Context,
  asset: Asset,
  investment: Investment,
  currency: string,
  session: string | undefined,
): Promise<Holding | Unpriced> {
  const amount = decimal(investment.amount);
  const raw = session === undefined ? await newestPrice(ctx, asset.no) : await priceAsOf(ctx, asset.no, session);
  if (raw === undefined) return { asset, amount, reason: "no_price" };
  if (asset.currency !== currency) return { asset, amount, reason: "no_fx_rate" };
  return { asset, amount, ...await inTodaysShares(ctx, asset, raw) };
}

/** Amounts are today's share counts, so a past price counts in today's shares too. */
async function inTodaysShares(ctx: Context, asset: Asset, { close, date }: Price) {
  const splits = await splitsOf(ctx, asset.no);
  const factor = splits.length === 0 ? ONE : splitFactor(splits, date, dayIn(ctx.marketTimeZone, ctx.now()));
  return {
    price: adjustedForSplits(close, factor),
    priceDate: date,
    rawPrice: decimal(close),
    splitFactor: factor,
  };
}

const positionOf = (holding: Holding): Position<Holding> => ({
  holding,
  marketValue: holding.amount.times(holding.price),
  claim: holding.asset.sectorWeights === null
    ? { sector: holding.asset.sector }
    : { weights: holding.asset.sectorWeights },
});

const stale = ({ asset, priceDate }: Holding, session: string | null): StalePrice => ({
  code: "stale_price",
  asset: asset.symbol,
  detail: `${asset.symbol} has no price of ${session}; its last one, of ${priceDate}, is used`,
});

const newestDateOf = (holdings: readonly Holding[]): string | null =>
  holdings.reduce<string | null>(
    (newest, { priceDate }) => newest === null || priceDate > newest ? priceDate : newest,
    null,
  );

/** Throws for a day that has not begun anywhere. */
export function assertNotInFuture(ctx: Context, asOf: string): void {
  const newest = newestDay(ctx.now(), ctx.marketTimeZone);
  if (asOf <= newest) return;
  throw new Problem("validation-failed", `as_of ${asOf} is in the future`, {
    errors: [{ parameter: "as_of", detail: `must be ${newest} or earlier` }],
  });
}
