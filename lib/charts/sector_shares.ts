/**
 * What the pictures of sectors show: each by its share of gross value, since a circle or a rectangle cannot be of negative
 * size, and a portfolio with shorts may be worth nothing in all.
 *
 * @module
 */
import { groupedNumber, percent } from "./text.ts";

/** A sector or a holding that is drawn. */
export interface Slice {
  readonly name: string;
  /** Money; negative for what is short. */
  readonly value: number;
}

export interface SectorSlice extends Slice {
  /** Its code. */
  readonly sector: string;
  readonly holdings: readonly Slice[];
}

export interface SectorPicture {
  /** The portfolio's name. */
  readonly name: string;
  readonly currency: string;
  /** The session that is valued; `null` where nothing has a price. */
  readonly asOf: string | null;
  /** What all is worth, in money. */
  readonly total: number;
  readonly sectors: readonly SectorSlice[];
}

/** Shares of the sum of absolute values, negative for what is short. */
export function sharesOf<T extends Slice>(slices: readonly T[]): (T & { readonly share: number })[] {
  const gross = slices.reduce((sum, { value }) => sum + Math.abs(value), 0);
  return gross === 0 ? [] : slices.map((slice) => ({ ...slice, share: slice.value / gross }));
}

export const hasShorts = ({ sectors }: SectorPicture): boolean =>
  sectors.some(({ value, holdings }) => value < 0 || holdings.some((holding) => holding.value < 0));

export const titleOf = ({ name }: SectorPicture): string => `${name} by sector`;

/** What is drawn, in words that leave out more and more. */
export function detailsOf(picture: SectorPicture): string[] {
  const { currency, asOf, total } = picture;
  if (asOf === null) return ["Nothing has a price"];
  const worth = `${groupedNumber(total)} ${currency}`;
  const all = `${worth} on ${asOf}`;
  if (!hasShorts(picture)) return [all, worth];
  return [`${all}; shorts striped, sizes by absolute value`, `${all}; shorts striped`, all, worth];
}

/** All that is drawn, in words. */
export const descriptionOf = (picture: SectorPicture): string => {
  const shares = sharesOf(picture.sectors).map(({ name, share }) => `${name} ${percent(share)}`).join(", ");
  return `${detailsOf(picture)[0]}. ${shares || "Nothing to show"}.`;
};
