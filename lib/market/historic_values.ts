/**
 * Bars as clients send and see them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { LeftOutDividend } from "../analysis/adjustment.ts";
import { marketAuditOnce, type MaybeAsked } from "../audit.ts";
import { type Context, contextPastCache } from "../context.ts";
import { newestDay } from "../day.ts";
import { type AdjustedBar, ADJUSTMENT_KINDS, readAdjustedSeries } from "../history/adjusted_series.ts";
import type { Bar } from "../history/bar.ts";
import { faultOf, type Reason } from "../history/checks.ts";
import { type Range, readBar, readDay, readSeries } from "../history/read.ts";
import { writeBars } from "../history/write.ts";
import type { Asset, Sector } from "../store/assets.ts";
import type { Page } from "../store/collection.ts";
import type { Market } from "../store/market_days.ts";
import { assertMatches, type IfMatch } from "../precondition.ts";
import { readAsset } from "./assets.ts";
import { marketOfSymbol } from "./symbol.ts";

/** A row as it was sent: a bar, or what could not be read as one. */
export type SentRow = { readonly bar: Bar } | { readonly date: string | null; readonly fault: Reason };

export interface QuarantinedRow {
  /** Counted from 1, without a header. */
  readonly row: number;
  readonly date: string | null;
  readonly reason: Reason;
}

export interface PutResult {
  readonly written: number;
  readonly unchanged: number;
  readonly quarantined: QuarantinedRow[];
}

/** Bars as they were traded, in today's shares, or in today's shares with dividends reinvested. */
export const ADJUST = ["none", ...ADJUSTMENT_KINDS] as const;
export type Adjust = typeof ADJUST[number];

export interface SeriesQuery extends Range {
  readonly adjust: Adjust;
}

export interface Series {
  readonly asset: Asset;
  readonly adjust: Adjust;
  readonly bars: readonly (Bar | AdjustedBar)[];
  readonly warnings: readonly SeriesWarning[];
}

/** A dividend that the bars are not adjusted for. */
export interface SeriesWarning {
  readonly code: LeftOutDividend["reason"];
  readonly exDividendDate: string;
  readonly detail: string;
}

export interface ListDay {
  readonly date: string;
  readonly sector: Sector | undefined;
  readonly market: Market | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface DayBar {
  readonly asset: Asset;
  readonly bar: Bar;
}

export async function historicValues(ctx: Context, symbol: string, query: SeriesQuery): Promise<Series> {
  const { value: asset } = await readAsset(ctx, symbol);
  const { adjust, ...range } = query;
  if (adjust === "none") return { asset, adjust, bars: await readSeries(ctx, asset.no, range), warnings: [] };
  const { bars, leftOut } = await readAdjustedSeries(ctx, asset.no, range, adjust);
  return { asset, adjust, bars, warnings: leftOut.map(warningOf) };
}

const WHY: Readonly<Record<LeftOutDividend["reason"], string>> = {
  no_earlier_close: "there is no close before it to measure it by",
  not_below_close: "it is as much as the close before it, or more",
};

const warningOf = ({ exDividendDate, reason }: LeftOutDividend): SeriesWarning => ({
  code: reason,
  exDividendDate,
  detail: `Not adjusted for the dividend of ${exDividendDate}: ${WHY[reason]}`,
});

/** The version of a series: of what it says, whichever way that is written. */
export const seriesTag = ({ asset, adjust, bars, warnings }: Series): string =>
  `"${
    createHash("sha1").update(JSON.stringify([asset.symbol, asset.currency, adjust, bars, warnings])).digest(
      "base64url",
    )
  }"`;

/** The tag of an asset's whole history, as it was traded. */
export const historyTag = async (ctx: Context, symbol: string): Promise<string> =>
  seriesTag(await historicValues(ctx, symbol, { adjust: "none" }));

/** Stores the rows that are in order, and says of each other row why it is not. */
export async function putHistoricValues(
  ctx: MaybeAsked,
  symbol: string,
  rows: readonly SentRow[],
  ifMatch: IfMatch,
): Promise<PutResult> {
  const { value: asset } = await readAsset(contextPastCache(ctx), symbol);
  const assertSame = async () => {
    if (ifMatch !== undefined) assertMatches(ifMatch, await historyTag(contextPastCache(ctx), symbol));
  };
  // It takes as many atomic operations as months: nobody who puts in others comes between the first of them and the last.
  return await ctx.store.inTurn(["historic_values", asset.no], async () => {
    await assertSame();
    return await storeRows(ctx, asset, rows, assertSame);
  });
}

/** What is there is still the same, as far as it can be told, once the first operation is committed. */
async function storeRows(
  ctx: MaybeAsked,
  asset: Asset,
  rows: readonly SentRow[],
  assertSame: () => Promise<void>,
): Promise<PutResult> {
  const newest = newestDay(ctx.now(), ctx.marketTimeZone);
  const accepted = new Map<string, Bar>();
  const quarantined: QuarantinedRow[] = [];
  for (const [i, row] of rows.entries()) {
    if ("fault" in row) {
      quarantined.push({ row: i + 1, date: row.date, reason: row.fault });
      continue;
    }
    const reason = accepted.has(row.bar.date) ? "duplicate_date" : faultOf(row.bar, newest);
    if (reason === undefined) accepted.set(row.bar.date, row.bar);
    else quarantined.push({ row: i + 1, date: row.bar.date, reason });
  }
  const bars = [...accepted.values()].map((bar) => ({ assetNo: asset.no, bar }));
  const dates = [...accepted.keys()].toSorted();
  // What each bar said before is kept with the history.
  const stageAudit = marketAuditOnce(ctx, {
    ...{ action: "put historic values", target: `/assets/${asset.symbol}/historic-values` },
    after: { from: dates[0] ?? null, to: dates.at(-1) ?? null, rows: dates.length },
  });
  let isBegun = false;
  const { written, unchanged } = await writeBars(ctx, bars, {
    async stage(change) {
      if (!isBegun) await assertSame();
      await stageAudit(change);
    },
    async commit(change) {
      const versionstamp = await change.commit();
      isBegun ||= versionstamp !== undefined;
      return versionstamp;
    },
  });
  return { written, unchanged, quarantined };
}

/** Every asset's bar of one day, by symbol. */
export async function dayValues(ctx: Context, query: ListDay): Promise<Page<DayBar>> {
  const { date, sector, market, limit, cursor } = query;
  const traded = await readDay(ctx, date);
  const { items, ...rest } = await ctx.assets.list({
    ...(sector === undefined ? { by: "symbol" } : { by: "sector", value: [sector] }),
    limit,
    cursor,
    where: ({ no, symbol }) => traded.has(no) && (market === undefined || marketOfSymbol(symbol) === market),
  });
  const bars = await Promise.all(items.map(({ value }) => readBar(ctx, value.no, date)));
  return {
    items: items.flatMap(({ value: asset }, i) => {
      const bar = bars[i];
      return bar === undefined ? [] : [{ asset, bar }];
    }),
    ...rest,
  };
}
