/**
 * How a portfolio's value is spread over sectors, with totals that conserve value: what the sectors hold adds up to
 * what the positions are worth, to the last decimal.
 *
 * @module
 */
import { type Decimal, decimal, ONE, sum } from "./decimal.ts";
import { compareFixed, type FixedPoint, fixedPoint, nearestQuotient, sumFixed, timesFixed } from "./fixed_point.ts";

/** What an asset's value counts towards: one sector, or shares of several by sector code. */
export type SectorClaim =
  | { readonly sector: string }
  | { readonly weights: Readonly<Record<string, number>> };

/** A priced holding. */
export interface Position<T> {
  /** Whatever the caller wants to find again. */
  readonly holding: T;
  /** In the portfolio's currency; negative for a short position. */
  readonly marketValue: FixedPoint;
  /** Which sectors the value counts towards. */
  readonly claim: SectorClaim;
}

/** A holding, or the share of it that stands in one sector. */
export interface Slice<T> {
  /** What the position said. */
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
 * @typeParam T What identifies a holding to the caller.
 * @param positions Any number of priced holdings.
 * @returns Values in the positions' currency; weights as fractions that add up to 1.
 * @example
 * ```ts
 * import { fixedPoint, plainFixed } from "./fixed_point.ts";
 * import assert from "node:assert/strict";
 * const { marketValue, sectors } = allocate([
 *   { holding: "GS", marketValue: fixedPoint("300"), claim: { sector: "financials" } },
 *   { holding: "FUND", marketValue: fixedPoint("100"), claim: { weights: { energy: 0.75 } } },
 * ]);
 * assert.equal(plainFixed(marketValue), "400");
 * assert.deepEqual(sectors.map((s) => [s.sector, plainFixed(s.marketValue), s.weight]), [
 *   ["financials", "300", 0.75],
 *   ["energy", "75", 0.1875],
 *   ["unclassified", "25", 0.0625],
 * ]);
 * ```
 */
export function allocate<T>(positions: readonly Position<T>[]): Allocation<T> {
  const marketValue = sumFixed(positions.map((position) => position.marketValue));
  const weightOf = (value: FixedPoint) => marketValue.digits === 0n ? null : nearestQuotient(value, marketValue);
  const bySector = new Map<string, Slice<T>[]>();
  function add(sector: string, slice: Slice<T>): void {
    const slices = bySector.get(sector);
    if (slices === undefined) bySector.set(sector, [slice]);
    else slices.push(slice);
  }
  for (const { holding, marketValue: whole, claim } of positions) {
    if ("sector" in claim) {
      add(claim.sector, { holding, marketValue: whole, weight: weightOf(whole), share: ONE });
      continue;
    }
    for (const [sector, share] of sharesOf(claim)) {
      const value = timesFixed(whole, fixedPoint(share));
      add(sector, { holding, marketValue: value, weight: weightOf(value), share });
    }
  }
  const sectors = [...bySector].map(([sector, slices]) => {
    const held = sumFixed(slices.map((slice) => slice.marketValue));
    return { sector, marketValue: held, weight: weightOf(held), slices: slices.sort(byFallingValue) };
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
 * const shares = sharesOf({ weights: { energy: "0.4" } }).map(([sector, share]) => [sector, plain(share)]);
 * assert.deepEqual(shares, [["energy", "0.4"], [UNCLASSIFIED, "0.6"]]);
 * ```
 */
export function sharesOf(claim: SectorClaim): [string, Decimal][] {
  if ("sector" in claim) return [[claim.sector, ONE]];
  const shares = new Map(Object.entries(claim.weights).map(([sector, weight]) => [sector, decimal(weight)]));
  const remainder = ONE.minus(sum(shares.values()));
  if (!remainder.eq(0)) shares.set(UNCLASSIFIED, remainder.plus(shares.get(UNCLASSIFIED) ?? 0));
  return [...shares];
}

const byFallingValue = (a: { marketValue: FixedPoint }, b: { marketValue: FixedPoint }): number =>
  compareFixed(b.marketValue, a.marketValue);
