import type { SectorClaim } from "../analysis/sector_allocation.ts";
import type { Asset } from "../store/assets.ts";

/** Which sectors the value of an asset counts towards. */
export const claimOf = ({ sector, sectorWeights }: Asset): SectorClaim =>
  sectorWeights === null ? { sector } : { weights: sectorWeights };
