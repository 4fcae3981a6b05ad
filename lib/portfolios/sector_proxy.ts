/**
 * An estimate of what an asset was worth before its first price: as if it had moved with the rest of its sector.
 *
 * @module
 */
import { sharesOf } from "../analysis/sector_allocation.ts";
import { firstPriced, type Line } from "./line.ts";
import { claimOf } from "./sector_claim.ts";

/** The line with estimates before its first price; `undefined` where nothing of its sectors can stand in for it. */
export function estimateFromSector(line: Line, whole: readonly Line[]): Line | undefined {
  const first = firstPriced(line);
  const stands = sharesOf(claimOf(line.held.asset))
    .map(([sector, share]) => ({ share: share.toNumber(), index: sectorIndex(whole, sector, first) }))
    .filter(({ index }) => index !== undefined);
  if (stands.length === 0) return undefined;
  const total = stands.reduce((sum, { share }) => sum + share, 0);
  const prices = line.prices.slice();
  for (let s = first; s > 0; s--) {
    const growth = stands.reduce((sum, { share, index }) => sum + share * growthOf(index, s), 0) / total;
    prices[s - 1] = (prices[s] ?? NaN) / growth;
  }
  return { ...line, prices };
}

const growthOf = (index: Float64Array | undefined, s: number): number => (index?.[s] ?? NaN) / (index?.[s - 1] ?? NaN);

/** What all of a sector is worth up to a session, shorts counted as if they were held. */
function sectorIndex(whole: readonly Line[], sector: string, upTo: number): Float64Array | undefined {
  let index: Float64Array | undefined;
  for (const { held, prices } of whole) {
    const share = sharesOf(claimOf(held.asset)).find(([name]) => name === sector)?.[1];
    if (share === undefined) continue;
    index ??= new Float64Array(upTo + 1);
    const weight = held.amount.abs().times(share).toNumber();
    for (let s = 0; s <= upTo; s++) index[s] = (index[s] ?? 0) + weight * (prices[s] ?? NaN);
  }
  return index;
}
