/**
 * The bars of one file, with what is paid and split on their days.
 *
 * @module
 */
import { dayNumber, dayOf, isDay } from "../day.ts";
import { type BarHeader, type Columns, OPTIONAL_COLUMNS, packColumns, REQUIRED_COLUMNS } from "./csv_folder_columns.ts";
import { groupRows } from "./csv_folder_groups.ts";
import { fieldAt, headerOf, numberAt } from "./csv_folder_header.ts";
import type { DatedProviderBar, Market, ProviderDividend, ProviderSplit, Span } from "./provider.ts";
import { marketOfSymbol } from "./symbol.ts";

/** The rows of a file, each a bar, however little of it can be read. */
export interface BarTable {
  readonly rows: number;
  readonly symbols: readonly string[];
  readonly splits: readonly ProviderSplit[];
  readonly dividends: readonly Omit<ProviderDividend, "currency">[];
  /** From the first to the last day of a market; `undefined` where it has none. */
  readonly spanOf: (market: Market) => Span | undefined;
  /** In the file's order. */
  readonly barsOn: (date: string) => DatedProviderBar[];
  /** By rising date, and before them those whose date is no day of the calendar. */
  readonly barsOf: (symbol: string) => DatedProviderBar[];
}

/** Throws where the header lacks a column and what `onRow` throws, which is told of each row before it is read. */
export async function readBars(
  records: AsyncIterable<readonly string[]>,
  onRow: () => void,
): Promise<BarTable> {
  let table: ReturnType<typeof startTable> | undefined;
  for await (const record of records) {
    if (table === undefined) {
      table = startTable(record);
      continue;
    }
    onRow();
    table.columns.add(record);
    table.actions.add(record);
  }
  const { columns, actions } = table ?? startTable([]);
  return { ...actions.found, ...tableOf(columns.columns()) };
}

function startTable(firstRecord: readonly string[]) {
  const header = headerOf(firstRecord, REQUIRED_COLUMNS, OPTIONAL_COLUMNS);
  return { columns: packColumns(header), actions: findActions(header) };
}

/** No split is said as 1 or as 0, no dividend as 0; both as nothing, too. */
function findActions(header: BarHeader) {
  const splits: ProviderSplit[] = [];
  const dividends: Omit<ProviderDividend, "currency">[] = [];
  return {
    found: { splits, dividends },
    add(record: readonly string[]): void {
      const ratio = amountAt(record, header.split);
      const cash = amountAt(record, header.dividend);
      if (ratio === 0 && cash === 0) return;
      const [symbol, date] = [fieldAt(record, header.symbol), fieldAt(record, header.date)];
      if (ratio !== 0 && ratio !== 1) splits.push({ symbol, executionDate: date, from: 1, to: ratio });
      if (cash !== 0) dividends.push({ symbol, exDividendDate: date, cashAmount: cash });
    },
  };
}

const amountAt = (record: readonly string[], place: number): number =>
  fieldAt(record, place) === "" ? 0 : numberAt(record, place);

function tableOf({ symbols, symbolOf, dayOf: days, bar }: Columns): Omit<BarTable, "splits" | "dividends"> {
  const idOf = new Map(symbols.map((symbol, id) => [symbol, id]));
  const present = [...new Set(days)].sort((a, b) => a - b);
  const indexOf = new Map(present.map((day, index) => [day, index]));
  const inOrder = new Uint32Array(days.length);
  for (let row = 0; row < inOrder.length; row++) inOrder[row] = row;
  const byDay = groupRows(inOrder, (row) => indexOf.get(days[row] ?? -1) ?? 0, present.length);
  const bySymbol = groupRows(byDay.rows, (row) => symbolOf[row] ?? 0, symbols.length);
  const spans = spansOf(symbols, symbolOf, days);
  const barsIn = (rows: Uint32Array): DatedProviderBar[] => Array.from(rows, bar);

  return {
    rows: days.length,
    symbols,
    spanOf: (market) => spans.get(market),
    barsOn(date) {
      const index = isDay(date) ? indexOf.get(dayNumber(date)) : undefined;
      return index === undefined ? [] : barsIn(byDay.of(index));
    },
    barsOf(symbol) {
      const id = idOf.get(symbol);
      return id === undefined ? [] : barsIn(bySymbol.of(id));
    },
  };
}

function spansOf(symbols: readonly string[], symbolOf: Uint32Array, days: Int32Array): Map<Market, Span> {
  const markets = symbols.map(marketOfSymbol);
  const spans = new Map<Market, { first: number; last: number }>();
  for (let row = 0; row < days.length; row++) {
    const day = days[row] ?? -1;
    const market = markets[symbolOf[row] ?? 0];
    if (day < 0 || market === undefined) continue;
    const span = spans.get(market);
    if (span === undefined) spans.set(market, { first: day, last: day });
    else if (day < span.first) span.first = day;
    else if (day > span.last) span.last = day;
  }
  return new Map([...spans].map(([market, { first, last }]) => [market, { from: dayOf(first), to: dayOf(last) }]));
}
