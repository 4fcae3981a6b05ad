/**
 * Asking the provider again what an asset is.
 *
 * @module
 */
import { z } from "zod";
import { DAY_MS } from "../day.ts";
import { defineJob, type JobDefinition, type JobRun, Needless } from "../jobs/definition.ts";
import type { JobRequest } from "../jobs/enqueue.ts";
import { type Asset, isCash, isSymbol } from "../store/assets.ts";
import { asking, type MarketContext } from "./ask.ts";
import { askForDetails } from "./asset_details.ts";

export const REFRESH_ASSET = "refresh-asset";

const MAX_ATTEMPTS = 5;
const MAX_A_NIGHT = 20;
const STALE_AFTER_MS = 7 * DAY_MS;

type Args = { symbol: string };

export const refreshAsset: JobDefinition<MarketContext> = defineJob<MarketContext, Args>({
  name: REFRESH_ASSET,
  args: z.strictObject({ symbol: z.string().refine(isSymbol, "must be a symbol such as AAPL") }),
  id: ({ symbol }) => symbol,
  priority: "background",
  maxAttempts: MAX_ATTEMPTS,
  run: refresh,
});

/** Those that the provider was not asked about for a week, the longest first: a few a night. */
export async function staleAssets(ctx: MarketContext): Promise<JobRequest[]> {
  if (ctx.provider?.details === undefined) return [];
  const before = new Date(ctx.now().getTime() - STALE_AFTER_MS).toISOString();
  const stale: Asset[] = [];
  for await (const { value: asset } of ctx.assets.each()) {
    if (!isCash(asset) && asset.refreshedAt < before) stale.push(asset);
  }
  stale.sort((a, b) => a.refreshedAt < b.refreshedAt ? -1 : 1);
  return stale.slice(0, MAX_A_NIGHT).map(({ symbol }) => ({ name: REFRESH_ASSET, args: { symbol } }));
}

async function refresh(ctx: MarketContext, run: JobRun<Args>) {
  const { symbol } = run.args;
  const asset = await ctx.assets.getBy("symbol", [symbol]);
  if (asset === undefined) throw new Needless(`There is no asset ${symbol}`);
  const market = asking(ctx, run);
  const { issuer, asset: after } = await askForDetails(ctx, market, asset.value);
  return { asset: symbol, issuer, status: (after ?? asset.value).status, provider_calls: market.calls() };
}
