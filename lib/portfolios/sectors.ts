/**
 * How what a portfolio is worth is spread over sectors.
 *
 * @module
 */
import { allocate, type Allocation } from "../analysis/sector_allocation.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { atOneVersion } from "./at_one_version.ts";
import type { ValuationContext } from "./quotes.ts";
import { assertNotInFuture, type Holding, type Valuation, valuationOf } from "./valuation.ts";

export interface SectorReport extends Omit<Valuation, "holdings"> {
  readonly portfolio: Portfolio;
  readonly marketVersion: string;
  readonly allocation: Allocation<Holding>;
}

/**
 * Values the portfolio at the newest prices, or at those of the last session on or before `asOf`.
 * All of a report comes from one version of the market.
 */
export async function sectorsOf(
  ctx: ValuationContext,
  { value: portfolio }: Versioned<Portfolio>,
  asOf: string | undefined,
): Promise<SectorReport> {
  if (asOf !== undefined) assertNotInFuture(ctx, asOf);
  const { marketVersion, read } = await atOneVersion(ctx, () => valuationOf(ctx, portfolio, asOf));
  const { holdings, ...valuation } = read;
  return { ...valuation, portfolio, marketVersion, allocation: allocate(holdings) };
}
