/**
 * Bars as they stand in quarantine, and as they come out of it.
 *
 * @module
 */
import { type Bar, MANUAL } from "../history/bar.ts";
import type { AssetBar } from "../history/write.ts";
import type { Price } from "../history/read.ts";
import type { Market } from "../store/market_days.ts";
import { type QuarantineEntry, quarantineId, type QuarantineRow } from "../store/quarantine.ts";

/** What providers send of a bar. */
export const BAR_VALUES = ["open", "high", "low", "close", "volume", "vwap"] as const;

/** What the rows of one market's day share. */
export interface DayFacts {
  readonly market: Market;
  readonly now: Date;
}

export const rowOfBar = (bar: Bar): QuarantineRow =>
  Object.fromEntries(BAR_VALUES.map((name) => [name, asSent(bar[name])]));

/** A bar of these values; one that is missing or no number is `null` where it is optional. */
export function barOfRow(row: QuarantineRow, { date, source }: Pick<Bar, "date" | "source">): Bar {
  const [open, high, low, close, volume, vwap] = BAR_VALUES.map((name) => numberIn(row[name]));
  return {
    ...{ date, source, preMarket: null, afterHours: null },
    ...{ open: open ?? null, high: high ?? null, low: low ?? null, close: close ?? NaN },
    ...{ volume: volume ?? null, vwap: vwap ?? null },
  };
}

export function waitingBar(
  { assetNo, bar }: AssetBar,
  reason: string,
  { market, now }: DayFacts,
  comparedWith: Price | null = null,
): QuarantineEntry {
  const sent = { kind: "bar" as const, date: bar.date, assetNo, row: rowOfBar(bar) };
  return {
    ...{ id: quarantineId(sent), ...sent, market, reason, comparedWith },
    ...{ source: bar.source, recordedAt: now.toISOString(), state: "waiting", decision: null },
  };
}

/** The bar that is stored of an entry that was accepted, or is about to be. */
export const acceptedBar = ({ row, date, source, decision }: QuarantineEntry): Bar =>
  barOfRow(decision?.values ?? row, { date, source: (decision?.values ?? null) === null ? source : MANUAL });

const asSent = (value: number | null): number | string | null =>
  value === null || Number.isFinite(value) ? value : String(value);

const numberIn = (value: QuarantineRow[string] | undefined): number | null =>
  typeof value === "string" ? Number(value) : value ?? null;
