/**
 * What the provider says an asset is, taken over where nobody has chosen otherwise: name, kind, currency, sector, status.
 *
 * @module
 */
import { z } from "zod";
import { dayOf } from "../day.ts";
import { spanOf } from "../history/read.ts";
import { defineJob, Final, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import type { JobRequest } from "../jobs/enqueue.ts";
import { type Asset, isCash } from "../store/assets.ts";
import { asking, type MarketContext } from "./ask.ts";
import type { ProviderAsset } from "./provider.ts";
import { factsOf } from "./provider_facts.ts";

export const REFRESH_ASSET = "refresh-asset";

const MAX_ATTEMPTS = 5;
const MAX_A_NIGHT = 20;
const STALE_AFTER_MS = 7 * 86_400_000;

type Args = { symbol: string };

export const refreshAsset: JobDefinition<MarketContext> = defineJob<MarketContext, Args>({
  name: REFRESH_ASSET,
  args: z.strictObject({ symbol: z.string().max(20) }),
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
  const asset = await ctx.assets.getBy("symbol", [run.args.symbol]);
  if (asset === undefined) throw new Final(`There is no asset ${run.args.symbol}`);
  const { value: { no, symbol } } = asset;
  const market = asking(ctx, run);
  const { details } = market.provider;
  const found = details && await market.ask(async (call) => {
    const outcome = await details({ symbol }, call);
    // That it knows nothing is an answer.
    return outcome.type === "not_found" ? { type: "empty" } : outcome;
  });
  const known = found?.symbol === symbol ? found : undefined;
  const issuer = known === undefined ? "unknown" : await issuerOf(ctx, asset.value, known);
  if (issuer === "another") ctx.log.warn("An asset's symbol is traded by another issuer", { asset: symbol });
  if (issuer === "doubtful") ctx.log.warn("A delisted asset's symbol is traded, perhaps by another", { asset: symbol });
  const { value } = await ctx.assets.update(no, (now = asset.value) => ({
    ...(known !== undefined && issuer === "same" ? withDetails(now, known) : now),
    refreshedAt: ctx.now().toISOString(),
  }));
  return { asset: symbol, issuer, status: value.status, provider_calls: market.calls() };
}

/**
 * Whose the symbol is now. A security keeps its FIGI; without one, a listing after the last bar tells another issuer, and
 * of an asset that was delisted nobody can tell: that is for an administrator to say.
 */
async function issuerOf(
  ctx: MarketContext,
  { no, figi, status }: Asset,
  details: ProviderAsset,
): Promise<"same" | "another" | "doubtful"> {
  if (figi !== null && details.figi !== null) return figi === details.figi ? "same" : "another";
  const span = await spanOf(ctx, no);
  if (details.listedOn !== null && span !== undefined && details.listedOn > dayOf(span.lastDay)) return "another";
  return status === "delisted" && details.isActive ? "doubtful" : "same";
}

/** What says nothing (a name that is the symbol, a kind that is another) takes no place of what is there. */
function withDetails(asset: Asset, details: ProviderAsset): Asset {
  const facts = factsOf(details);
  const isFree = (choice: Asset["chosen"][number]) => !asset.chosen.includes(choice);
  const takesSector = isFree("sector") || asset.sectorSource === "approximate";
  return {
    ...asset,
    ...(isFree("name") && details.name !== details.symbol && { name: facts.name }),
    ...(isFree("kind") && details.kind !== "other" && { kind: facts.kind }),
    ...(isFree("currency") && details.currency !== null && { currency: facts.currency }),
    figi: facts.figi ?? asset.figi,
    // What fell silent stays so: some securities are listed, and not traded where prices come from.
    ...(isFree("status") && asset.status === "active" && { status: facts.status }),
    ...(takesSector && facts.sector !== "unclassified" && {
      ...{ sector: facts.sector, sectorWeights: null, sectorSource: "approximate" as const },
    }),
  };
}
