/**
 * Sectors from the Standard Industrial Classification (SIC, 1987), which is what the provider knows. The assignment is approximate:
 * the usual sectors are another classification, licensed, and drawn along other lines.
 *
 * @module
 */
import type { Sector } from "../store/assets.ts";

type Range = readonly [from: number, to: number];

/** Assignments in order, narrow ones before those that they are cut out of. */
const SECTORS_BY_SIC: readonly (readonly [Sector, ...Range[]])[] = [
  ["health_care", [2830, 2836], [3826, 3826], [3840, 3851], [5047, 5047], [5122, 5122], [6324, 6324], [8000, 8099]],
  ["health_care", [8731, 8731], [8734, 8734]],
  ["real_estate", [6500, 6599], [6798, 6798]],
  ["energy", [1200, 1399], [2900, 2999], [4600, 4699], [4922, 4922], [5171, 5172], [6792, 6792]],
  ["consumer_discretionary", [3011, 3011], [3021, 3021], [3630, 3652], [3711, 3712], [3714, 3714], [3716, 3716]],
  ["consumer_discretionary", [3750, 3751]],
  ["information_technology", [3559, 3559], [3570, 3579], [3660, 3679], [3820, 3829], [3861, 3861], [5045, 5045]],
  ["information_technology", [7370, 7379]],
  ["communication_services", [2700, 2749], [4800, 4899], [7310, 7319], [7800, 7899]],
  ["consumer_staples", [100, 999], [2000, 2199], [2840, 2844], [5140, 5159], [5180, 5189], [5331, 5331]],
  ["consumer_staples", [5399, 5399], [5400, 5499], [5912, 5912]],
  ["materials", [1000, 1099], [1400, 1499], [2400, 2499], [2600, 2699], [2800, 2829], [2850, 2899], [3000, 3099]],
  ["materials", [3200, 3399], [3410, 3412], [5051, 5051]],
  ["consumer_discretionary", [2200, 2399], [2510, 2519], [3100, 3199], [3900, 3999], [5200, 5399], [5500, 5899]],
  ["consumer_discretionary", [5940, 5999], [7000, 7299], [7600, 7699], [7900, 7999], [8200, 8299]],
  ["utilities", [4900, 4949], [4960, 4999]],
  ["financials", [6000, 6411], [6770, 6770], [6794, 6799]],
  ["industrials", [1500, 1799], [2520, 2599], [2750, 2799], [3400, 3629], [3640, 3649], [3690, 3699], [3713, 3713]],
  ["industrials", [3715, 3715], [3720, 3743], [3760, 3769], [3812, 3812], [4000, 4599], [4700, 4799], [4950, 4959]],
  ["industrials", [5000, 5099], [7300, 7369], [7380, 7389], [7500, 7599], [8100, 8199], [8700, 8730], [8740, 8999]],
];

/** Well-known issuers whose code says something else than the market does. */
const SECTORS_BY_SYMBOL: Readonly<Record<string, Sector>> = {
  GOOGL: "communication_services",
  GOOG: "communication_services",
  META: "communication_services",
  DIS: "communication_services",
  V: "financials",
  MA: "financials",
  PYPL: "financials",
  AMZN: "consumer_discretionary",
  BKNG: "consumer_discretionary",
  TMO: "health_care",
  DHR: "health_care",
  CVS: "health_care",
  MMM: "industrials",
};

/** The sector of a stock by its symbol, else by its SIC code; `unclassified` where neither says anything. */
export function sectorBySic(symbol: string, sicCode: string | null): Sector {
  const known = Object.hasOwn(SECTORS_BY_SYMBOL, symbol) ? SECTORS_BY_SYMBOL[symbol] : undefined;
  if (known !== undefined) return known;
  if (sicCode === null || !/^\d{3,4}$/.test(sicCode)) return "unclassified";
  const code = Number(sicCode);
  const found = SECTORS_BY_SIC.find(([, ...ranges]) => ranges.some(([from, to]) => code >= from && code <= to));
  return found?.[0] ?? "unclassified";
}
