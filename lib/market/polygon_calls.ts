/**
 * Polygon's calls: each a path, the form of its body, and how its rows are read.
 *
 * @module
 */
import { byLikeness } from "./likeness.ts";
import { byRising } from "./order.ts";
import { toDividend, toSplit } from "./polygon_actions.ts";
import { toAsset, toAssets, toSymbolChange } from "./polygon_assets.ts";
import { toBar, toHistory } from "./polygon_bars.ts";
import { BARE_LIST, type Body, EVENTS, LIST, SINGLE } from "./polygon_bodies.ts";
import { toHolidays } from "./polygon_holidays.ts";
import type {
  ActionQuery,
  DatedProviderBar,
  Market,
  ProviderAsset,
  ProviderBar,
  ProviderDividend,
  ProviderHoliday,
  ProviderSplit,
  ProviderSymbolChange,
  Span,
} from "./provider.ts";

export const TIME_ZONE = "America/New_York";
/** Of the symbols of whatever was traded before. */
export const RECORDS_SINCE = "2003-09-10";

/** The most that a page of each may have. */
const BARS_PER_PAGE = 50_000;
const ACTIONS_PER_PAGE = 5_000;
const ASSETS_PER_PAGE = 1_000;

export interface PolygonCall<Q, A> {
  /** With the query. */
  readonly path: (question: Q) => string;
  readonly body: Body;
  /** From one row or more; `undefined` where none of them can be read. */
  readonly read: (rows: readonly unknown[], question: Q) => A | undefined;
  /** Whether the first page is enough. Default `false`. */
  readonly isCut?: boolean;
}

const MARKET_PATHS: Readonly<Record<Market, string>> = {
  stocks: "us/market/stocks",
  crypto: "global/market/crypto",
  fx: "global/market/fx",
};

/** `adjusted=false`, here and below: prices adjusted as of today would go stale in the store at the next split. */
export const MARKET_DAY: PolygonCall<{ market: Market; date: string }, readonly ProviderBar[]> = {
  path: ({ market, date }) =>
    `/v2/aggs/grouped/locale/${MARKET_PATHS[market]}/${date}?adjusted=false` +
    (market === "stocks" ? "&include_otc=false" : ""),
  body: LIST,
  read: (rows) => rows.map(toBar),
};

export const RANGE: PolygonCall<Span & { readonly symbol: string }, readonly DatedProviderBar[]> = {
  path: ({ symbol, from, to }) =>
    `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${from}/${to}` +
    `?adjusted=false&sort=asc&limit=${BARS_PER_PAGE}`,
  body: LIST,
  read: (rows, { symbol }) => toHistory(rows, symbol, TIME_ZONE),
};

export const SPLITS: PolygonCall<ActionQuery, readonly ProviderSplit[]> = {
  path: (query) => actionsPath("splits", "execution_date", query),
  body: LIST,
  read: (rows) => rows.map(toSplit).sort(byRising(({ executionDate }) => executionDate)),
};

export const DIVIDENDS: PolygonCall<ActionQuery, readonly ProviderDividend[]> = {
  path: (query) => actionsPath("dividends", "ex_dividend_date", query),
  body: LIST,
  read: (rows) => rows.map(toDividend).sort(byRising(({ exDividendDate }) => exDividendDate)),
};

export const DETAILS: PolygonCall<{ readonly symbol: string }, ProviderAsset> = {
  path: ({ symbol }) => `/v3/reference/tickers/${encodeURIComponent(symbol)}`,
  body: SINGLE,
  read: ([row]) => toAsset(row),
};

/** As many as a page may have, because a request is dear and what is likeliest stands anywhere among them. */
export const SEARCH: PolygonCall<{ readonly text: string; readonly limit: number }, readonly ProviderAsset[]> = {
  path: ({ text }) => `/v3/reference/tickers?search=${encodeURIComponent(text)}&active=true&limit=${ASSETS_PER_PAGE}`,
  body: LIST,
  read: (rows, { text, limit }) => some(byLikeness(toAssets(rows), text).slice(0, limit)),
  isCut: true,
};

export const HOLIDAYS: PolygonCall<void, readonly ProviderHoliday[]> = {
  path: () => "/v1/marketstatus/upcoming",
  body: BARE_LIST,
  read: (rows) => some(toHolidays(rows)),
};

export const SYMBOL_CHANGES: PolygonCall<{ readonly symbol: string }, readonly ProviderSymbolChange[]> = {
  path: ({ symbol }) => `/vX/reference/tickers/${encodeURIComponent(symbol)}/events?types=ticker_change`,
  body: EVENTS,
  read: (rows) => some(rows.flatMap((row) => toSymbolChange(row) ?? []).sort(byRising(({ since }) => since))),
};

function actionsPath(kind: "splits" | "dividends", date: string, { from, to, symbol }: ActionQuery): string {
  const query = new URLSearchParams({ [`${date}.gte`]: from, [`${date}.lte`]: to });
  if (symbol !== undefined) query.set("ticker", symbol);
  query.set("limit", String(ACTIONS_PER_PAGE));
  query.set("sort", `${date}.asc`);
  return `/stocks/v1/${kind}?${query}`;
}

const some = <T>(values: readonly T[]): readonly T[] | undefined => values.length === 0 ? undefined : values;
