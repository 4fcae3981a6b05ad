/**
 * Rows of daily bars: of a whole market's day, and of one asset's history.
 *
 * @module
 */
import { dayIn } from "../day.ts";
import { byRising } from "./order.ts";
import { fieldsOf, numberOr, textOr } from "./polygon_fields.ts";
import type { DatedProviderBar, ProviderBar } from "./provider.ts";
import { marketOfSymbol } from "./symbol.ts";

const LATEST_INSTANT_MS = 8.64e15;

export function toBar(row: unknown): ProviderBar {
  const { T, o, h, l, c, v, vw } = fieldsOf(row);
  return {
    symbol: textOr("", T),
    open: numberOr(NaN, o),
    high: numberOr(NaN, h),
    low: numberOr(NaN, l),
    close: numberOr(NaN, c),
    volume: numberOr(null, v),
    vwap: numberOr(null, vw),
  };
}

/** By rising date. Rows of a history name no symbol, and start with their session: at midnight, in the market's zone. */
export function toHistory(rows: readonly unknown[], symbol: string, stockTimeZone: string): DatedProviderBar[] {
  const timeZone = marketOfSymbol(symbol) === "stocks" ? stockTimeZone : "UTC";
  return rows
    .map((row) => ({ ...toBar(row), symbol, date: sessionOf(fieldsOf(row)["t"], timeZone) }))
    .sort(byRising(({ date }) => date));
}

function sessionOf(startMs: unknown, timeZone: string): string {
  if (typeof startMs !== "number" || !(Math.abs(startMs) <= LATEST_INSTANT_MS)) return "";
  return dayIn(timeZone, new Date(startMs));
}
