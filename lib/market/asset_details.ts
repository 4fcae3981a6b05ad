/**
 * What the provider says an asset is, taken over where nobody has chosen otherwise: name, kind, currency, sector, status, and
 * since when it is listed.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dayOf } from "../day.ts";
import { spanOf } from "../history/read.ts";
import type { Asset } from "../store/assets.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { changeAsset } from "./change_asset.ts";
import type { Failure, ProviderAsset } from "./provider.ts";
import { factsOf } from "./provider_facts.ts";

/** Whose the symbol is now, as far as anybody can tell. */
export type Issuer = "same" | "another" | "doubtful" | "unknown";

/** Answers whose the symbol is, and the asset as it is then; `undefined` where it is gone. */
export async function askForDetails(
  ctx: MarketContext,
  market: Asking,
  asset: Asset,
  tolerated: readonly Failure["type"][] = ["not_found"],
): Promise<{ readonly issuer: Issuer; readonly asset: Asset | undefined }> {
  const { no, symbol } = asset;
  const { details } = market.provider;
  const outcome = details && await market.askExpecting((call) => details({ symbol }, call), tolerated);
  const known = outcome?.type === "ok" && outcome.value.symbol === symbol ? outcome.value : undefined;
  const issuer = known === undefined ? "unknown" : await issuerOf(ctx, asset, known);
  if (issuer === "another") ctx.log.warn("An asset's symbol is traded by another issuer", { asset: symbol });
  if (issuer === "doubtful") ctx.log.warn("A delisted asset's symbol is traded, perhaps by another", { asset: symbol });
  const refreshedAt = ctx.now().toISOString();
  return {
    issuer,
    asset: await changeAsset(ctx, no, async (now) => ({
      ...(known !== undefined && issuer === "same" ? await withDetails(ctx, now, known) : now),
      ...{ symbolDoubt: doubtOf(now, issuer, refreshedAt), refreshedAt },
    })),
  };
}

/** What does not say anything takes no doubt away. */
function doubtOf({ symbolDoubt }: Asset, issuer: Issuer, at: string): Asset["symbolDoubt"] {
  if (issuer === "unknown") return symbolDoubt;
  if (issuer === "same") return null;
  return { issuer, since: symbolDoubt?.since ?? at };
}

/**
 * A security keeps its FIGI; without one, a listing after the last bar tells another issuer, and of an asset that was delisted
 * nobody can tell: that is for an administrator to say.
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
async function withDetails(ctx: Context, asset: Asset, details: ProviderAsset): Promise<Asset> {
  const facts = factsOf(details);
  const isFree = (choice: Asset["chosen"][number]) => !asset.chosen.includes(choice);
  const takesSector = isFree("sector") || asset.sectorSource === "approximate";
  return {
    ...asset,
    ...(isFree("name") && details.name !== details.symbol && { name: facts.name }),
    ...(isFree("kind") && details.kind !== "other" && { kind: facts.kind }),
    ...(isFree("currency") && details.currency !== null && { currency: facts.currency }),
    figi: facts.figi ?? asset.figi,
    listedOn: await listingOf(ctx, asset, facts.listedOn ?? null),
    // What fell silent stays so: some securities are listed, and not traded where prices come from.
    ...(isFree("status") && asset.status === "active" && { status: facts.status }),
    ...(takesSector && facts.sector !== "unclassified" && {
      ...{ sector: facts.sector, sectorWeights: null, sectorSource: "approximate" as const },
    }),
  };
}

/** The earliest that is known, of the days that there are bars of. Nothing is said against the bars that are there, nor against whoever has chosen. */
export async function listingOf(ctx: Context, asset: Asset, said: string | null): Promise<string | null> {
  const { no, chosen, listedOn } = asset;
  if (said === null || chosen.includes("listedOn")) return listedOn;
  const span = await spanOf(ctx, no);
  if (span !== undefined && dayOf(span.firstDay) < said) return listedOn;
  return listedOn === null || said < listedOn ? said : listedOn;
}
