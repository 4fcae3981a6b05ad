/**
 * What belongs to an asset that does not exist. Where a portfolio still holds it, it was not removed: it is the asset that is
 * missing.
 *
 * @module
 */
import type { Store } from "../store/store.ts";
import type { FaultIn } from "./check.ts";

export async function ownerless(store: Store, assetNo: number): Promise<FaultIn> {
  const isHeld = await holds(store, assetNo);
  return {
    kind: isHeld ? "lost_asset" : "gone_asset",
    what: `belongs to asset ${assetNo}, which does not exist${isHeld ? ", but is held by a portfolio" : ""}`,
    of: ["assets", assetNo],
  };
}

/** Whether any portfolio has an investment in it. */
export async function holds(store: Store, assetNo: number): Promise<boolean> {
  for await (const _ of store.list({ prefix: ["portfolios_by_asset", assetNo] }, { limit: 1 })) return true;
  return false;
}
