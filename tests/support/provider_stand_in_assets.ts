/** The assets that the stand-in knows by more than their bars. */

import { marketOf } from "./provider_stand_in_bars.ts";

export interface StandInAsset {
  readonly symbol: string;
  readonly name: string;
  /** Default by the symbol's prefix. */
  readonly market?: "stocks" | "otc" | "crypto" | "fx" | "indices";
  /** `CS`, `ADRC`, `ETF` and so on. Default `CS` for stocks, else none. */
  readonly type?: string;
  /** As the provider writes it. Default `usd`. */
  readonly currency?: string;
  readonly sicCode?: string;
  readonly listedOn?: string;
  /** Its composite FIGI. */
  readonly figi?: string;
  /** Its last day. It is then not active any more. */
  readonly delistedOn?: string;
}

/** From `date` on, what was `from` is traded as `to`. */
export interface StandInRename {
  readonly from: string;
  readonly to: string;
  readonly date: string;
}

export function marketOfAsset({ symbol, market }: StandInAsset): NonNullable<StandInAsset["market"]> {
  return market ?? (symbol.startsWith("I:") ? "indices" : marketOf(symbol));
}

/** A code out of each sector, for files that name sectors where the provider has codes. */
const SIC_CODES: Readonly<Record<string, string>> = {
  "energy": "1311",
  "materials": "2810",
  "industrials": "3720",
  "utilities": "4911",
  "health_care": "2834",
  "financials": "6021",
  "consumer_discretionary": "5651",
  "consumer_staples": "2080",
  "information_technology": "7372",
  "communication_services": "4813",
  "real_estate": "6798",
};

/** A SIC code of a sector such as `Health Care` or `health_care`; `undefined` for one that is not known. */
export function sicCodeOf(sector: string): string | undefined {
  return SIC_CODES[sector.trim().toLowerCase().replaceAll(" ", "_")];
}
