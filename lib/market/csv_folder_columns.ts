/**
 * Bars packed in columns while they are read.
 *
 * @module
 */
import { dayNumber, dayOf, isDay } from "../day.ts";
import { fieldAt, type Header, numberAt } from "./csv_folder_header.ts";
import type { DatedProviderBar } from "./provider.ts";

export const REQUIRED_COLUMNS = ["symbol", "date", "open", "high", "low", "close", "volume"] as const;
export const OPTIONAL_COLUMNS = ["vwap", "dividend", "split"] as const;
export type BarHeader = Header<typeof REQUIRED_COLUMNS[number] | typeof OPTIONAL_COLUMNS[number]>;

/** By row. */
export interface Columns {
  readonly symbols: readonly string[];
  /** Numbers within `symbols`. */
  readonly symbolOf: Uint32Array;
  /** Days since 1970-01-01; below zero for what is no day of the calendar. */
  readonly dayOf: Int32Array;
  readonly bar: (row: number) => DatedProviderBar;
}

/** Texts that are no dates are kept so far, in case that every row has another one. */
const MAX_ODD_DATES = 1_000;
const ODD_DATE_LENGTH = 40;
const FIRST_CAPACITY = 1_024;

/** Takes records one by one, and gives them as columns in the end. */
export function packColumns(header: BarHeader): { add(record: readonly string[]): void; columns(): Columns } {
  const symbols = interned();
  const dates = packedDates();
  const symbolOf = growing((length) => new Uint32Array(length));
  const dayOf = growing((length) => new Int32Array(length));
  const numbers = (["open", "high", "low", "close", "volume", "vwap"] as const)
    .filter((name) => header[name] >= 0)
    .map((name) => ({ place: header[name], column: growing((length) => new Float64Array(length)) }));

  return {
    add(record) {
      symbolOf.push(symbols.numberOf(fieldAt(record, header.symbol)));
      dayOf.push(dates.pack(fieldAt(record, header.date)));
      for (const { place, column } of numbers) column.push(numberAt(record, place));
    },
    columns() {
      const days = dayOf.values();
      const ids = symbolOf.values();
      const [open, high, low, close, volume, vwap] = numbers.map(({ column }) => column.values());
      return {
        symbols: symbols.texts,
        symbolOf: ids,
        dayOf: days,
        bar: (row) => ({
          symbol: symbols.texts[ids[row] ?? -1] ?? "",
          date: dates.unpack(days[row] ?? -1),
          open: open?.[row] ?? NaN,
          high: high?.[row] ?? NaN,
          low: low?.[row] ?? NaN,
          close: close?.[row] ?? NaN,
          volume: numberOrNull(volume?.[row]),
          vwap: numberOrNull(vwap?.[row]),
        }),
      };
    },
  };
}

const numberOrNull = (value = NaN): number | null => Number.isNaN(value) ? null : value;

/** Days as numbers. Other texts are numbered from -1 downwards. */
function packedDates() {
  const odd = interned(MAX_ODD_DATES);
  const packed = new Map<string, number>();

  function pack(text: string): number {
    const known = packed.get(text);
    if (known !== undefined) return known;
    if (!isDay(text)) return -1 - odd.numberOf(text.slice(0, ODD_DATE_LENGTH));
    packed.set(text, dayNumber(text));
    return dayNumber(text);
  }

  return { pack, unpack: (day: number): string => day >= 0 ? dayOf(day) : odd.texts[-1 - day] ?? "" };
}

/** Texts numbered as they come; all that come after the first `limit` share the next number, and no text. */
function interned(limit = Infinity) {
  const texts: string[] = [];
  const numbers = new Map<string, number>();

  function numberOf(text: string): number {
    const known = numbers.get(text);
    if (known !== undefined || texts.length >= limit) return known ?? limit;
    numbers.set(text, texts.length);
    return texts.push(text) - 1;
  }

  return { texts, numberOf };
}

function growing<A extends Uint32Array | Int32Array | Float64Array>(create: (length: number) => A) {
  let values = create(FIRST_CAPACITY);
  let length = 0;
  return {
    push(value: number): void {
      if (length === values.length) {
        const longer = create(2 * length);
        longer.set(values);
        values = longer;
      }
      values[length++] = value;
    },
    /** As long as there are values, which are then no longer kept here. */
    values(): A {
      const all = values.slice(0, length) as A;
      values = create(FIRST_CAPACITY);
      return all;
    },
  };
}
