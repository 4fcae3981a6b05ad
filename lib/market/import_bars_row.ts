/**
 * A line of a file of bars: whose bar it is, the bar itself, and what else happened on that day.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { decimal, plain } from "../analysis/decimal.ts";
import type { Bar } from "../history/bar.ts";
import { faultOf, type Reason, valueFaultOf } from "../history/checks.ts";
import {
  type Dividend,
  DIVIDENDS,
  faultOfAction,
  type Split,
  SPLITS,
  type Unrecorded,
} from "../history/corporate_actions.ts";
import { UnreadableFile } from "./import_bars_lines.ts";

export interface Row {
  readonly symbol: string;
  readonly bar: Bar;
  readonly split: Unrecorded<Split> | undefined;
  readonly dividend: Unrecorded<Dividend> | undefined;
}

/** What is wrong with a line, in words. */
export interface RowFault {
  readonly fault: string;
}

export interface RowReader {
  read(line: string): Row | RowFault;
  /** Columns of the header that nothing is done with. */
  readonly unread: readonly string[];
}

export interface RowReaderOptions {
  /** What each bar says of where it came from. */
  readonly source: string;
  /** The last day that has begun. */
  readonly newestDay: string;
}

export const BAR_FILE_COLUMNS: readonly string[] = [
  ...["symbol", "date", "open", "high", "low", "close", "volume", "vwap", "pre_market", "after_hours"],
  ...["dividend", "split"],
];
const REQUIRED = ["symbol", "date", "close"];
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** A line's text in a column; empty where the file has no such column. */
type Field = (column: string) => string;

/** Thrown where a field is read, caught where the line is. */
class BadField extends Error {}

/** Reads the lines below this header. Throws {@link UnreadableFile} where it is none. */
export function rowReader(header: string, { source, newestDay }: RowReaderOptions): RowReader {
  const columns = fieldsOf(header).map((name) => name.trim().toLowerCase());
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new UnreadableFile(`the header has no ${missing.join(", ")}; it is "${header.slice(0, 200)}"`);
  }
  if (new Set(columns).size < columns.length) throw new UnreadableFile(`a column stands twice in "${header}"`);
  const places = new Map(columns.map((name, place) => [name, place]));
  const dateFaultOf = dateFaults(newestDay);

  function rowOf(line: string): Row {
    const fields = fieldsOf(line);
    if (fields.length !== columns.length) {
      throw new BadField(`it has ${fields.length} fields, the header has ${columns.length}`);
    }
    const field: Field = (column) => fields[places.get(column) ?? -1]?.trim() ?? "";
    const bar = barOf(field, source);
    const fault = dateFaultOf(bar.date) ?? valueFaultOf(bar);
    if (fault !== undefined) throw new BadField(`${bar.date.slice(0, 40)}: ${fault}`);
    return { symbol: field("symbol"), bar, split: splitOf(field, bar), dividend: dividendOf(field, bar) };
  }

  function read(line: string): Row | RowFault {
    try {
      return rowOf(line);
    } catch (error) {
      if (error instanceof BadField) return { fault: error.message };
      throw error;
    }
  }

  return { read, unread: columns.filter((name) => !BAR_FILE_COLUMNS.includes(name)) };
}

/** No bar goes over several lines, so that a quote which is never closed costs one line. */
function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  try {
    return parse(line, { relax_column_count: true })[0] ?? [];
  } catch (error) {
    throw new BadField(error instanceof Error ? error.message : String(error));
  }
}

/** The same days come again and again, and asking the calendar takes longer than all else. */
function dateFaults(newestDay: string): (date: string) => Reason | undefined {
  const inOrder = new Set<string>();
  return (date) => {
    if (inOrder.has(date)) return undefined;
    const fault = faultOf({ ...NOTHING, date, close: 1, source: "" }, newestDay);
    if (fault === undefined) inOrder.add(date);
    return fault;
  };
}

const NOTHING = { open: null, high: null, low: null, volume: null, vwap: null, preMarket: null, afterHours: null };

function barOf(field: Field, source: string): Bar {
  const close = numberIn(field, "close");
  if (close === null) throw new BadField("close is missing");
  return {
    date: field("date"),
    open: numberIn(field, "open"),
    high: numberIn(field, "high"),
    low: numberIn(field, "low"),
    close,
    volume: numberIn(field, "volume"),
    vwap: numberIn(field, "vwap"),
    preMarket: numberIn(field, "pre_market"),
    afterHours: numberIn(field, "after_hours"),
    source,
  };
}

function numberIn(field: Field, column: string): number | null {
  const text = field(column);
  if (text === "") return null;
  if (!NUMBER.test(text)) throw new BadField(`${column} is ${JSON.stringify(text.slice(0, 40))}, which is no number`);
  return Number(text);
}

function splitOf(field: Field, { date, source }: Bar): Row["split"] {
  const ratio = numberIn(field, "split");
  if (ratio === null || ratio === 0 || ratio === 1) return undefined;
  const split = { executionDate: date, ...sharesOf(ratio, field("split")), source };
  const fault = faultOfAction(SPLITS, split);
  if (fault !== undefined) throw new BadField(`split is ${field("split")}: ${fault}`);
  return split;
}

function dividendOf(field: Field, { date, source }: Bar): Row["dividend"] {
  const cash = numberIn(field, "dividend");
  if (cash === null || cash === 0) return undefined;
  const dividend = { exDividendDate: date, cashAmount: plain(decimal(field("dividend"))), source };
  const fault = faultOfAction(DIVIDENDS, dividend);
  if (fault !== undefined) throw new BadField(`dividend is ${field("dividend")}: ${fault}`);
  return dividend;
}

/** How near to a whole number of shares for a new one a ratio must be to have been one before it was rounded. */
const NEAR = 1e-3;

/** New shares for an old one, as 4 or 0.125; what was written as 0.3333 was one for three. */
function sharesOf(ratio: number, text: string): Pick<Split, "splitFrom" | "splitTo"> {
  const old = Math.round(1 / ratio);
  if (old > 1 && Math.abs(old * ratio - 1) < NEAR) return { splitFrom: String(old), splitTo: "1" };
  return { splitFrom: "1", splitTo: plain(decimal(text)) };
}
