/**
 * A portfolio's investments: which assets, and how much of each.
 *
 * @module
 */
import { decimal, plain } from "../analysis/decimal.ts";
import type { ActorContext, Context } from "../context.ts";
import type { IfMatch } from "../precondition.ts";
import { invalid, pointer, Problem, type ValueError } from "../problem.ts";
import { watchAssetRemovals } from "../store/assets.ts";
import type { Versioned } from "../store/collection.ts";
import type { Investment, Portfolio } from "../store/portfolios.ts";
import { updatePortfolio } from "./update.ts";

export interface InvestmentInput {
  /** The asset's symbol. */
  readonly asset: string;
  /** A decimal other than 0; negative for a short position. */
  readonly amount: string;
}

export const MAX_INVESTMENTS = 500;

/** Finds the assets; throws `validation-failed` with the pointer of each that is unknown or stands there twice. */
export async function resolveInvestments(ctx: Context, inputs: readonly InvestmentInput[]): Promise<Investment[]> {
  const numbers = await ctx.assets.idsBy("symbol", inputs.map(({ asset }) => [asset]));
  const errors: ValueError[] = [];
  const places = new Map<string, number>();
  const investments = inputs.map(({ asset, amount }, i) => {
    const at = pointer("investments", i, "asset");
    const earlier = places.get(asset);
    if (earlier !== undefined) errors.push({ pointer: at, detail: `${asset} stands at place ${earlier} already` });
    else if (numbers[i] === undefined) errors.push({ pointer: at, detail: `There is no asset ${asset}` });
    places.set(asset, earlier ?? i);
    return { assetNo: numbers[i] ?? 0, amount: plain(decimal(amount)) };
  });
  if (errors.length > 0) throw invalid(errors);
  return investments;
}

export async function replaceInvestments(
  ctx: ActorContext,
  id: number,
  inputs: readonly InvestmentInput[],
  ifMatch: IfMatch,
): Promise<Versioned<Portfolio>> {
  return await updatePortfolio(ctx, id, ifMatch, async ({ value }, stage) => {
    stage(await watchAssetRemovals(ctx.store));
    return { ...value, investments: await resolveInvestments(ctx, inputs) };
  });
}

/** Adds an investment, or gives the one of that asset another amount. */
export async function setInvestment(
  ctx: ActorContext,
  id: number,
  input: InvestmentInput,
  ifMatch: IfMatch,
): Promise<Versioned<Portfolio>> {
  return await updatePortfolio(ctx, id, ifMatch, async ({ value }, stage) => {
    stage(await watchAssetRemovals(ctx.store));
    const [assetNo] = await ctx.assets.idsBy("symbol", [[input.asset]]);
    if (assetNo === undefined) throw new Problem("not-found", `There is no asset ${input.asset}`);
    const investment = { assetNo, amount: plain(decimal(input.amount)) };
    const place = value.investments.findIndex((held) => held.assetNo === assetNo);
    if (place >= 0) return { ...value, investments: value.investments.with(place, investment) };
    if (value.investments.length === MAX_INVESTMENTS) {
      const detail = `the portfolio has ${MAX_INVESTMENTS} investments, which is the most it can have`;
      throw invalid([{ pointer: pointer("asset"), detail }]);
    }
    return { ...value, investments: [...value.investments, investment] };
  });
}

export async function removeInvestment(
  ctx: ActorContext,
  id: number,
  symbol: string,
  ifMatch: IfMatch,
): Promise<Versioned<Portfolio>> {
  return await updatePortfolio(ctx, id, ifMatch, async ({ value }) => {
    const [assetNo] = await ctx.assets.idsBy("symbol", [[symbol]]);
    const investments = value.investments.filter((held) => held.assetNo !== assetNo);
    if (investments.length === value.investments.length) {
      throw new Problem("not-found", `Portfolio ${id} holds no ${symbol}`);
    }
    return { ...value, investments };
  });
}
