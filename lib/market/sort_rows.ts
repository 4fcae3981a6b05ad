/**
 * A provider's rows of one session, told apart by whether they can be stored.
 *
 * @module
 */
import type { Bar } from "../history/bar.ts";
import { faultOf } from "../history/checks.ts";
import type { AssetBar } from "../history/write.ts";
import type { QuarantineEntry } from "../store/quarantine.ts";
import type { ProviderBar } from "./provider.ts";
import { type DayFacts, waitingBar } from "./quarantined_bar.ts";

/** Rows of known assets, told apart by whether they can be stored. */
export interface SortedRows {
  readonly bars: readonly AssetBar[];
  readonly quarantined: readonly QuarantineEntry[];
}

/** What all rows of an answer share. */
export interface RowFacts extends DayFacts {
  readonly date: string;
  readonly source: string;
}

/** Rows of assets that nobody knows here are passed over. `ownerOf` gives the number of the asset that has a symbol. */
export function sortRows(
  rows: readonly ProviderBar[],
  ownerOf: (symbol: string) => number | undefined,
  facts: RowFacts,
): SortedRows {
  const bars = new Map<number, AssetBar>();
  const quarantined = new Map<string, QuarantineEntry>();
  for (const row of rows) {
    const assetNo = ownerOf(row.symbol);
    if (assetNo === undefined) continue;
    const bar = barOf(row, facts);
    const isSecond = bars.has(assetNo) && !isSame(bars.get(assetNo)?.bar, bar);
    const reason = isSecond ? "duplicate_date" : faultOf(bar, facts.date);
    if (reason === undefined) bars.set(assetNo, { assetNo, bar });
    else {
      const entry = waitingBar({ assetNo, bar }, reason, facts);
      quarantined.set(entry.id, entry);
    }
  }
  return { bars: [...bars.values()], quarantined: [...quarantined.values()] };
}

const barOf = (row: ProviderBar, { date, source }: RowFacts): Bar => ({
  date,
  open: row.open,
  high: row.high,
  low: row.low,
  close: row.close,
  volume: row.volume,
  vwap: row.vwap,
  preMarket: null,
  afterHours: null,
  source,
});

const isSame = (a: Bar | undefined, b: Bar): boolean => JSON.stringify(a) === JSON.stringify(b);
