/**
 * CSV (RFC 4180) in and out.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { invalid, Problem } from "../lib/problem.ts";
import { prefers } from "./accept.ts";

export const CSV = "text/csv";

export interface Columns {
  readonly required: readonly string[];
  readonly known: readonly string[];
}

/** A line below the header. */
export interface CsvLine {
  /** Counted from 1, as an editor counts; of a record that goes over several lines, the last. */
  readonly number: number;
  /** By column; `undefined` where the line has another number of fields than the header. */
  readonly fields: Record<string, string> | undefined;
}

/** Throws a problem where the header is wrong or the text is no CSV at all. */
export function readCsvLines(text: string, { required, known }: Columns): CsvLine[] {
  const [first, ...rest] = parseCsv(text);
  if (first === undefined) throw new Problem("malformed-request", "The CSV has no header line");
  const header = first.record;
  const unknown = header.filter((column) => !known.includes(column));
  const missing = required.filter((column) => !header.includes(column));
  const errors = [
    ...unknown.map((column) => `There is no column ${JSON.stringify(column.slice(0, 100))}`),
    ...missing.map((column) => `The column ${column} is missing`),
    ...(new Set(header).size < header.length ? ["A column stands there twice"] : []),
  ].map((detail) => ({ pointer: "", detail }));
  if (errors.length > 0) throw invalid(errors);
  return rest.map(({ record, info: { lines: number } }) => {
    const isWhole = record.length === header.length;
    return {
      number,
      fields: isWhole ? Object.fromEntries(header.map((name, i) => [name, record[i] ?? ""])) : undefined,
    };
  });
}

/** The same, where it does not matter which line it was. */
export const readCsv = (text: string, columns: Columns): CsvLine["fields"][] =>
  readCsvLines(text, columns).map(({ fields }) => fields);

export const writeCsv = (columns: readonly string[], rows: readonly object[]): string =>
  stringify(rows as Record<string, unknown>[], { header: true, columns: [...columns], record_delimiter: "\r\n" });

interface ParsedLine {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function parseCsv(text: string): ParsedLine[] {
  try {
    const options = { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true };
    // With `info`, which its types know nothing of, each record comes with where it stands.
    return parse(text, options) as unknown[] as ParsedLine[];
  } catch (error) {
    if (error instanceof CsvError) throw new Problem("malformed-request", `The body is not CSV: ${error.message}`);
    throw error;
  }
}

/** Whether a body is CSV; its type is one that the route takes. */
export const isCsv = (contentType: string | undefined): boolean => contentType?.toLowerCase().startsWith(CSV) ?? false;

/** Whether a request prefers CSV to JSON. */
export const prefersCsv = (accept: string | undefined): boolean => prefers(accept, CSV, ["application/json"]);
