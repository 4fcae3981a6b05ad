/**
 * The adapter for a folder of CSV files: bars that somebody puts there, and what is known of their assets.
 *
 * @module
 */
import { isDay } from "../day.ts";
import { cancelled, slotGranted } from "./call.ts";
import { bareAsset } from "./csv_folder_assets.ts";
import { type FileSystem, type FolderContent, rememberingFolder } from "./csv_folder_files.ts";
import { byLikeness, isLike } from "./likeness.ts";
import { byRising } from "./order.ts";
import type {
  ActionQuery,
  DatedProviderBar,
  Market,
  Outcome,
  Provider,
  ProviderAsset,
  ProviderBar,
  ProviderDividend,
  ProviderSplit,
  Question,
  Span,
} from "./provider.ts";
import { type AnyQuestion, faultInQuestion } from "./question.ts";
import { bounded, onOneLine } from "./reason.ts";
import { marketOfSymbol } from "./symbol.ts";

export interface CsvFolderOptions {
  /**
   * Holds any number of `*.csv` and `*.csv.gz`, whose columns `symbol,date,open,high,low,close,volume` may be followed
   * by `vwap`, `dividend` and `split`, and perhaps `assets.csv` with `symbol,name` and `sector`, `kind`, `currency`.
   * Other columns are not read. Where files tell of the same symbol and day, the last by name counts.
   */
  readonly folder: string;
  /** `Deno`, where nothing else is wanted. */
  readonly fileSystem: FileSystem;
  /** The zone whose calendar days are the stock market's sessions. */
  readonly timeZone: string;
  /** Of all files together; a million rows take some 60 MB of memory. Default 10 million. */
  readonly rowLimit?: number;
}

const DEFAULT_ROW_LIMIT = 10_000_000;
/** Files have no pace. */
const CALLS_PER_MINUTE = 60_000;

type Answering<Q, A> = (content: FolderContent, question: Q) => Outcome<A>;

/** A provider that reads files. It throws what `call.slot` threw while the call was still wanted. */
export function createCsvFolder(options: CsvFolderOptions): Provider {
  const { folder, fileSystem, timeZone, rowLimit = DEFAULT_ROW_LIMIT } = options;
  const read = rememberingFolder({ folder, fileSystem, rowLimit });

  const asking = <Q extends AnyQuestion, A>(answer: Answering<Q, A>): Question<Q, A> => async (question, call) => {
    const fault = faultInQuestion(question);
    if (fault !== undefined) return safe({ type: "rejected", reason: fault });
    if (!await slotGranted(call)) return safe(cancelled(call.signal));
    const content = await read(call.signal);
    return safe(content.type === "read" ? answer(content, question) : content);
  };
  const marketDayOf = asking(marketDay);
  return {
    name: "csv",
    timeZone,
    callsPerMinute: CALLS_PER_MINUTE,
    marketDay: (market, date, call) => marketDayOf({ market, date }, call),
    range: asking(range),
    splits: asking(splits),
    dividends: asking(dividends),
    details: asking(details),
    search: asking(search),
  };
}

/** A day after the last one may still come; one before the first will not. */
function marketDay(
  { tables }: FolderContent,
  { market, date }: { readonly market: Market; readonly date: string },
): Outcome<readonly ProviderBar[]> {
  const spans = tables.flatMap((table) => table.spanOf(market) ?? []);
  const first = spans.map(({ from }) => from).sort()[0];
  const last = spans.map(({ to }) => to).sort().at(-1);
  if (first === undefined || last === undefined) return { type: "not_yet", reason: `the files hold no ${market} yet` };
  if (date > last) return { type: "not_yet", reason: `the files end on ${last}, before ${date}` };
  if (date < first) return { type: "too_old", reason: `the files begin on ${first}, after ${date}` };
  const bars = tables.map((table) => table.barsOn(date).filter(({ symbol }) => marketOfSymbol(symbol) === market));
  return some(lastCounts(bars, ({ symbol }) => symbol).map(({ date: _, ...bar }) => bar));
}

/** Rows without a date of the calendar belong to no span, and so to each. */
function range(
  { tables }: FolderContent,
  { symbol, from, to }: Span & { readonly symbol: string },
): Outcome<readonly DatedProviderBar[]> {
  const isWanted = ({ date }: DatedProviderBar) => !isDay(date) || (date >= from && date <= to);
  const bars = tables.map((table) => table.barsOf(symbol).filter(isWanted));
  return some(lastCounts(bars, ({ date }) => date).sort(byRising(({ date }) => date)));
}

function splits({ tables }: FolderContent, query: ActionQuery): Outcome<readonly ProviderSplit[]> {
  const dateOf = (split: ProviderSplit) => split.executionDate;
  return some(actions(tables.map((table) => table.splits), dateOf, query));
}

function dividends({ tables, assets }: FolderContent, query: ActionQuery): Outcome<readonly ProviderDividend[]> {
  const dateOf = (dividend: Omit<ProviderDividend, "currency">) => dividend.exDividendDate;
  const paid = actions(tables.map((table) => table.dividends), dateOf, query);
  return some(paid.map((dividend) => ({ ...dividend, currency: assets.get(dividend.symbol)?.currency ?? null })));
}

function actions<T extends { readonly symbol: string }>(
  lists: readonly (readonly T[])[],
  dateOf: (action: T) => string,
  { symbol, from, to }: ActionQuery,
): T[] {
  const isWanted = (action: T) =>
    (symbol === undefined || action.symbol === symbol) && dateOf(action) >= from && dateOf(action) <= to;
  const wanted = lists.map((list) => list.filter(isWanted));
  return lastCounts(wanted, (action) => `${action.symbol} ${dateOf(action)}`).sort(byRising(dateOf));
}

function details({ assets, tables }: FolderContent, { symbol }: { readonly symbol: string }): Outcome<ProviderAsset> {
  const asset = assets.get(symbol);
  if (asset !== undefined) return { type: "ok", value: asset };
  if (tables.some(({ symbols }) => symbols.includes(symbol))) return { type: "ok", value: bareAsset(symbol) };
  return { type: "not_found", reason: `no file has ${symbol}` };
}

function search(
  { assets, tables }: FolderContent,
  { text, limit }: { readonly text: string; readonly limit: number },
): Outcome<readonly ProviderAsset[]> {
  const symbols = new Set([...assets.keys(), ...tables.flatMap((table) => table.symbols)]);
  const known = [...symbols].filter((symbol) => symbol !== "").map((symbol) => assets.get(symbol) ?? bareAsset(symbol));
  return some(byLikeness(known.filter((asset) => isLike(asset, text)), text).slice(0, limit));
}

/** Of lists in order, each key's items from the last list that has any. */
function lastCounts<T>(lists: readonly (readonly T[])[], keyOf: (item: T) => string): T[] {
  const byKey = new Map<string, readonly T[]>();
  for (const list of lists) for (const [key, items] of Map.groupBy(list, keyOf)) byKey.set(key, items);
  return [...byKey.values()].flat();
}

const some = <T>(values: readonly T[]): Outcome<readonly T[]> =>
  values.length === 0 ? { type: "empty" } : { type: "ok", value: values };

const safe = <T>(outcome: Outcome<T>): Outcome<T> =>
  "reason" in outcome ? { ...outcome, reason: bounded(onOneLine(outcome.reason)) } : outcome;
