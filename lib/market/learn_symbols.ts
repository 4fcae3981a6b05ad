/**
 * Since when a new asset's symbols are its own, asked before its history is: so that it inherits nothing of whoever had them
 * before, and finds its own history under those that it had.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { isDay } from "../day.ts";
import type { Asset } from "../store/assets.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { askForDetails, listingOf } from "./asset_details.ts";
import { changeAsset } from "./change_asset.ts";
import { marketOf } from "./pulled_assets.ts";
import { FOR_GOOD } from "./symbol_history.ts";
import type { Failure, Provider, ProviderSymbolChange } from "./provider.ts";

/** How often a provider that fails is tried, before the asset goes on as one of which it knows nothing. */
const MAX_TRIES = 3;

const KNOWS_NOTHING: readonly Failure["type"][] = ["not_found", "not_entitled", "rejected"];
const FAILS: readonly Failure["type"][] = ["passing_fault", "malformed"];

export interface LearningPlan {
  readonly assetNos: readonly number[];
  readonly calls: number;
}

/** Of all assets, or of one. */
export async function planLearning(ctx: Context, provider: Provider, one?: Asset): Promise<LearningPlan> {
  const assetNos: number[] = [];
  let calls = 0;
  for await (const { value: asset } of one === undefined ? ctx.assets.each() : [{ value: one }]) {
    const callsOf = asset.status === "inactive" ? 0 : callsFor(provider, asset);
    if (callsOf > 0) assetNos.push(asset.no);
    calls += callsOf;
  }
  return { assetNos, calls };
}

/** None where it was asked, or nobody can say. */
function callsFor({ details, symbolChanges }: Provider, asset: Asset): number {
  if (asset.symbolsAsked || marketOf(asset) !== "stocks") return 0;
  return Number(details !== undefined && asset.refreshedAt === "") + Number(symbolChanges !== undefined);
}

/** Throws what the queue is to do about a failure of the provider; in the third attempt only if it is everybody's. */
export async function learnSymbols(ctx: MarketContext, market: Asking, no: number, attempt: number): Promise<void> {
  const { provider } = market;
  const tolerated = attempt < MAX_TRIES ? KNOWS_NOTHING : [...KNOWS_NOTHING, ...FAILS];
  let asset = (await ctx.assets.getFresh(no))?.value;
  if (asset === undefined || callsFor(provider, asset) === 0) return;
  if (asset.refreshedAt === "") asset = (await askForDetails(ctx, market, asset, tolerated)).asset;
  if (asset === undefined) return;
  const { symbolChanges } = provider;
  const id = asset.figi ?? asset.symbol;
  const outcome = symbolChanges &&
    await market.askExpecting((call) => symbolChanges({ symbol: id }, call), tolerated);
  const changes = outcome?.type === "ok" ? outcome.value : [];
  await changeAsset(ctx, no, async (now) => ({
    ...now,
    ...await symbolsFrom(ctx, now, changes, provider.recordsSince),
    ...{ symbolsAsked: true, updatedAt: ctx.now().toISOString() },
  }));
}

/** Nothing where it makes no sense, is of somebody else, or somebody has said otherwise before. */
async function symbolsFrom(
  ctx: MarketContext,
  asset: Asset,
  changes: readonly ProviderSymbolChange[],
  recordsSince: string | undefined,
): Promise<Partial<Asset>> {
  const names = changes.filter(({ symbol }, i) => symbol !== changes[i - 1]?.symbol);
  const isRising = names.every(({ since }, i) => isDay(since) && since > (names[i - 1]?.since ?? ""));
  const [first] = names;
  const isOwn = names.at(-1)?.symbol === asset.symbol && asset.formerSymbols.length === 0;
  if (first === undefined || !isRising || !isOwn) return {};
  const formerSymbols = names.slice(1).map(({ since }, i) => ({ symbol: names[i]?.symbol ?? "", until: since }));
  const said = first.since === recordsSince ? null : first.since;
  const listedOn = await listingOf(ctx, asset, said);
  // Whoever was traded under another symbol before was listed before.
  const isLate = listedOn !== null && listedOn >= (names[1]?.since ?? FOR_GOOD);
  return { formerSymbols, listedOn: isLate ? null : listedOn };
}
