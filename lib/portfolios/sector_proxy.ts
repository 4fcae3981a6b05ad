/**
 * An estimate of what an asset was worth before its first price: as if it had moved with the rest of its sector.
 *
 * @module
 */
import { sharesOf } from "../analysis/sector_allocation.ts";
import { firstPriced, type Line } from "./line.ts";
import type { Held } from "./valuation.ts";

/** The line with estimates before its first price; `undefined` where nothing of its sectors can stand in for it. */
export function estimateFromSector(line: Line, whole: readonly Line[]): Line | undefined {
  const first = firstPriced(line);
  const stands = standsFor(line.held, whole, first);
  if (stands === undefined) return undefined;
  const prices = line.prices.slice();
  for (let s = first; s > 0; s--) prices[s - 1] = (prices[s] ?? NaN) / growthOf(stands, s - 1, s);
  return { ...line, prices };
}

/** How an asset that has no price in a window would have moved over it. */
export interface Proxy {
  readonly held: Held;
  /** Of a price, over the window. */
  readonly fraction: number;
  readonly sectors: readonly { readonly sector: string; readonly share: number; readonly fraction: number }[];
}

/** `undefined` where nothing can stand in for it. */
export function proxyOf(held: Held, whole: readonly Line[]): Proxy | undefined {
  const last = (whole[0]?.prices.length ?? 0) - 1;
  const stands = standsFor(held, whole, last);
  if (stands === undefined) return undefined;
  const sectors = stands.map((stand) => ({
    ...{ sector: stand.sector, share: stand.share },
    fraction: growthOf([{ ...stand, share: 1 }], 0, last) - 1,
  }));
  return { held, fraction: growthOf(stands, 0, last) - 1, sectors };
}

interface Stand {
  readonly sector: string;
  /** Of the asset's value, or what of it stands in sectors that have others. */
  readonly share: number;
  readonly index: Float64Array;
}

function standsFor({ asset }: Held, whole: readonly Line[], upTo: number): Stand[] | undefined {
  const stands = sharesOf(asset).flatMap(([sector, share]) => {
    const index = sectorIndex(whole, sector, upTo);
    return index === undefined ? [] : [{ sector, share: share.toNumber(), index }];
  });
  const total = stands.reduce((sum, { share }) => sum + share, 0);
  return stands.length === 0 ? undefined : stands.map((stand) => ({ ...stand, share: stand.share / total }));
}

const growthOf = (stands: readonly Stand[], from: number, to: number): number =>
  stands.reduce((sum, { share, index }) => sum + share * (index[to] ?? NaN) / (index[from] ?? NaN), 0);

/** What all of a sector is worth up to a session, shorts counted as if they were held. */
function sectorIndex(whole: readonly Line[], sector: string, upTo: number): Float64Array | undefined {
  let index: Float64Array | undefined;
  for (const { held, prices } of whole) {
    const share = sharesOf(held.asset).find(([name]) => name === sector)?.[1];
    if (share === undefined) continue;
    index ??= new Float64Array(upTo + 1);
    const weight = share.times(held.amount).abs().toNumber();
    for (let s = 0; s <= upTo; s++) index[s] = (index[s] ?? 0) + weight * (prices[s] ?? NaN);
  }
  return index;
}
