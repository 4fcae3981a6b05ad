/**
 * How a portfolio's value is spread over sectors, with totals that conserve value: what the sectors hold adds up to
 * what the positions are worth, to the last decimal.
 *
 * @module
 */
import { type Decimal, decimal, ONE, sum } from "./decimal.ts";
import { compareFixed, type FixedPoint, fixedPoint, nearestQuotient, sumFixed, timesFixed } from "./fixed_point.ts";

/** What an asset's value counts towards: its sector or, where it has weights, several. */
export interface SectorClaim {
  /** Its code. */
  readonly sector: string;
  /** Shares of the value by sector code. */
  readonly sectorWeights: Readonly<Record<string, number>> | null;
}

/** A priced holding. */
export interface Position {
  /** What is held. */
  readonly asset: SectorClaim;
  /** In the portfolio's currency; negative for a short position. */
  readonly marketValue: FixedPoint;
}

/** A holding, or the share of it that stands in one sector. */
export interface Slice<T> {
  /** The position. */
  readonly holding: T;
  /** The holding's market value times `share`, exactly. */
  readonly marketValue: FixedPoint;
  /** Share of the portfolio's market value; `null` where that is 0. */
  readonly weight: number | null;
  /** Share of the holding that stands in this sector; 1 for a holding of one sector. */
  readonly share: Decimal;
}

/** A sector's part of the portfolio. */
export interface SectorAllocation<T> {
  /** The sector's code. */
  readonly sector: string;
  /** The sum of its slices. */
  readonly marketValue: FixedPoint;
  /** Share of the portfolio's market value; `null` where that is 0. */
  readonly weight: number | null;
  /** By falling market value. */
  readonly slices: readonly Slice<T>[];
}

/** The whole portfolio by sector. */
export interface Allocation<T> {
  /** The sum of its sectors, which is the sum of the positions. */
  readonly marketValue: FixedPoint;
  /** By falling market value, then by code. */
  readonly sectors: readonly SectorAllocation<T>[];
}

/** Where value goes that no sector claims. */
export const UNCLASSIFIED = "unclassified";

/**
 * Spreads positions over sectors. A position with weights `w_s` puts `w_s * value` into each sector `s`, unrounded, and
 * the remainder `value - sum(w_s * value)` into {@link UNCLASSIFIED}.
 *
 * @typeParam T What the caller knows of a holding beside that.
 * @param positions Any number of priced holdings.
 * @returns Values in the positions' currency; weights as fractions that add up to 1.
 * @example
 * ```ts
 * import { fixedPoint, plainFixed } from "./fixed_point.ts";
 * import assert from "node:assert/strict";
 * const share = { sector: "financials", sectorWeights: null };
 * const fund = { sector: "unclassified", sectorWeights: { energy: 0.75 } };
 * const { marketValue, sectors } = allocate([
 *   { asset: share, marketValue: fixedPoint("300") },
 *   { asset: fund, marketValue: fixedPoint("100") },
 * ]);
 * assert.equal(plainFixed(marketValue), "400");
 * assert.deepEqual(sectors.map((s) => [s.sector, plainFixed(s.marketValue), s.weight]), [
 *   ["financials", "300", 0.75],
 *   ["energy", "75", 0.1875],
 *   ["unclassified", "25", 0.0625],
 * ]);
 * ```
 */
export function allocate<T extends Position>(positions: readonly T[]): Allocation<T> {
  const marketValue = sumFixed(positions.map((position) => position.marketValue));
  const weightOf = (value: FixedPoint) => marketValue.digits === 0 ? null : nearestQuotient(value, marketValue);
  const bySector = new Map<string, Slice<T>[]>();
  function add(sector: string, slice: Slice<T>): void {
    const slices = bySector.get(sector);
    if (slices === undefined) bySector.set(sector, [slice]);
    else slices.push(slice);
  }
  for (const holding of positions) {
    const { asset, marketValue: whole } = holding;
    if (asset.sectorWeights === null) {
      add(asset.sector, { holding, marketValue: whole, weight: weightOf(whole), share: ONE });
      continue;
    }
    for (const [sector, share] of sharesOf(asset)) {
      const value = timesFixed(whole, fixedPoint(share));
      add(sector, { holding, marketValue: value, weight: weightOf(value), share });
    }
  }
  const sectors: SectorAllocation<T>[] = [];
  bySector.forEach((slices, sector) => {
    const held = sumFixed(slices.map((slice) => slice.marketValue));
    sectors.push({ sector, marketValue: held, weight: weightOf(held), slices: slices.sort(byFallingValue) });
  });
  return { marketValue, sectors: sectors.sort((a, b) => byFallingValue(a, b) || (a.sector < b.sector ? -1 : 1)) };
}

/**
 * The share of a value that stands in each sector; what weights leave stands in {@link UNCLASSIFIED}.
 *
 * @example
 * ```ts
 * import { plain } from "./decimal.ts";
 * import assert from "node:assert/strict";
 * const shares = sharesOf({ sector: "energy", sectorWeights: { energy: 0.4 } }).map(([sector, share]) => [sector, plain(share)]);
 * assert.deepEqual(shares, [["energy", "0.4"], [UNCLASSIFIED, "0.6"]]);
 * ```
 */
export function sharesOf({ sector, sectorWeights }: SectorClaim): [string, Decimal][] {
  if (sectorWeights === null) return [[sector, ONE]];
  const shares = new Map(Object.entries(sectorWeights).map(([sector, weight]) => [sector, decimal(weight)]));
  const remainder = ONE.minus(sum(shares.values()));
  if (!remainder.eq(0)) shares.set(UNCLASSIFIED, remainder.plus(shares.get(UNCLASSIFIED) ?? 0));
  return [...shares];
}

const byFallingValue = (a: { marketValue: FixedPoint }, b: { marketValue: FixedPoint }): number =>
  compareFixed(b.marketValue, a.marketValue);
