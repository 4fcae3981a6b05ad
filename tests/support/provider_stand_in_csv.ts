/** Bars, splits, dividends and assets out of CSV files, compressed or not. */

import { parse } from "csv-parse/stream";
import { sicCodeOf, type StandInAsset } from "./provider_stand_in_assets.ts";
import {
  barsFromList,
  type BarSource,
  type DatedStandInBar,
  type StandInDividend,
  type StandInSplit,
} from "./provider_stand_in_bars.ts";
import { isDate } from "./provider_stand_in_clock.ts";

export interface CsvBars {
  readonly bars: BarSource;
  readonly splits: readonly StandInSplit[];
  readonly dividends: readonly StandInDividend[];
  readonly symbols: readonly string[];
  readonly rows: number;
  readonly firstDate: string;
  readonly lastDate: string;
}

const BAR_COLUMNS = ["symbol", "date", "open", "high", "low", "close", "volume"];
const ASSET_COLUMNS = ["symbol", "name", "sector"];

type Row = Partial<Record<string, string>>;

export async function readBarsCsv(path: string): Promise<CsvBars> {
  return await parseBarsCsv(await bytesOf(path), path);
}

export async function readAssetsCsv(path: string): Promise<StandInAsset[]> {
  return await parseAssetsCsv(await bytesOf(path), path);
}

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(path).catch((error) => {
    throw new Error(`${path}: cannot be read: ${error.message}`, { cause: error });
  });
}

/**
 * Of the header `symbol,date,open,high,low,close,volume,dividend,split` the last two may be missing.
 * Errors start with `name`, the row (the header is row 1) and the bad value.
 */
export async function parseBarsCsv(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<CsvBars> {
  const list: DatedStandInBar[] = [];
  const splits: StandInSplit[] = [];
  const dividends: StandInDividend[] = [];
  let row = 1;
  for await (const fields of rowsOf(bytes, name, BAR_COLUMNS)) {
    row += 1;
    const fail = (problem: string): never => {
      throw new Error(`${name}: row ${row}: ${problem}`);
    };
    const bar = barOf(fields, fail);
    list.push(bar);
    const ratio = numberIn(fields, "split", fail, 1);
    if (ratio !== 1 && ratio !== 0) splits.push({ symbol: bar.symbol, date: bar.date, ratio });
    const cash = numberIn(fields, "dividend", fail, 0);
    if (cash !== 0) dividends.push({ symbol: bar.symbol, date: bar.date, cash });
  }
  if (list.length === 0) throw new Error(`${name}: no rows below the header`);
  const dates = list.map((bar) => bar.date).toSorted();
  return {
    bars: barsFromList(list),
    splits,
    dividends,
    symbols: [...new Set(list.map((bar) => bar.symbol))],
    rows: list.length,
    firstDate: dates[0] ?? "",
    lastDate: dates.at(-1) ?? "",
  };
}

/** Of the header `symbol,name,sector`; a sector becomes a SIC code that stands for it. */
export async function parseAssetsCsv(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<StandInAsset[]> {
  const assets: StandInAsset[] = [];
  for await (const { symbol = "", name: title = "", sector = "" } of rowsOf(bytes, name, ASSET_COLUMNS)) {
    if (symbol === "") throw new Error(`${name}: row ${assets.length + 2}: the symbol is empty`);
    const sicCode = sicCodeOf(sector);
    assets.push({ symbol, name: title, ...(sicCode === undefined ? {} : { sicCode }) });
  }
  return assets;
}

async function* rowsOf(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  columns: readonly string[],
): AsyncGenerator<Row> {
  // By its first bytes, so that a renamed file is read all the same.
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const file = new Blob([bytes]).stream();
  const plain = isGzip ? file.pipeThrough(new DecompressionStream("gzip")) : file;
  const rows: ReadableStream<Row> = plain.pipeThrough(parse({ bom: true, columns: headerWith(columns) }));
  try {
    yield* rows;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function headerWith(columns: readonly string[]): (header: string[]) => string[] {
  return (header) => {
    const missing = columns.filter((column) => !header.includes(column));
    if (missing.length === 0) return header;
    throw new Error(`the header lacks ${missing.join(", ")}; it is "${header.join(",")}"`);
  };
}

function barOf(row: Row, fail: (problem: string) => never): DatedStandInBar {
  const { symbol = "", date = "" } = row;
  if (symbol === "") fail("the symbol is empty");
  if (!isDate(date)) fail(`the date is "${date}", expected YYYY-MM-DD`);
  return {
    symbol,
    date,
    open: numberIn(row, "open", fail),
    high: numberIn(row, "high", fail),
    low: numberIn(row, "low", fail),
    close: numberIn(row, "close", fail),
    volume: numberIn(row, "volume", fail),
  };
}

function numberIn(row: Row, column: string, fail: (problem: string) => never, fallback?: number): number {
  const text = row[column] ?? "";
  if (text === "" && fallback !== undefined) return fallback;
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value : fail(`${column} is "${text}", expected a number`);
}
