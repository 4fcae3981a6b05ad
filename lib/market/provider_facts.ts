/**
 * What a provider says of an asset, in the store's terms.
 *
 * @module
 */
import { isDay } from "../day.ts";
import { type Sector, SECTORS } from "../store/assets.ts";
import type { AssetFacts } from "./assets.ts";
import type { ProviderAsset } from "./provider.ts";
import { sectorBySic } from "./sic.ts";

export const factsOf = (details: ProviderAsset): AssetFacts => ({
  symbol: details.symbol,
  name: details.name,
  kind: details.kind,
  currency: details.currency ?? "USD",
  sector: details.kind === "stock" ? sectorIn(details) : "unclassified",
  sectorWeights: null,
  status: details.isActive ? "active" : "delisted",
  figi: details.figi,
  listedOn: details.listedOn !== null && isDay(details.listedOn) ? details.listedOn : null,
});

/** Of a provider that names sectors, its own word for it. */
function sectorIn({ symbol, sicCode, sector }: ProviderAsset): Sector {
  const named = SECTORS.find((known) => known === sector?.trim().toLowerCase().replaceAll(/[ -]+/g, "_"));
  return named ?? sectorBySic(symbol, sicCode);
}
