/**
 * CSV (RFC 4180) in and out.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { invalid, Problem } from "../lib/problem.ts";

export const CSV = "text/csv";

export interface Columns {
  readonly required: readonly string[];
  readonly known: readonly string[];
}

/**
 * The lines below the header, by column; `undefined` for a line that has another number of fields than the header.
 * Throws a problem where the header is wrong or the text is no CSV at all.
 */
export function readCsv(text: string, { required, known }: Columns): (Record<string, string> | undefined)[] {
  const [header, ...lines] = parseCsv(text);
  if (header === undefined) throw new Problem("malformed-request", "The CSV has no header line");
  const unknown = header.filter((column) => !known.includes(column));
  const missing = required.filter((column) => !header.includes(column));
  const errors = [
    ...unknown.map((column) => `There is no column ${JSON.stringify(column.slice(0, 100))}`),
    ...missing.map((column) => `The column ${column} is missing`),
    ...(new Set(header).size < header.length ? ["A column stands there twice"] : []),
  ].map((detail) => ({ pointer: "", detail }));
  if (errors.length > 0) throw invalid(errors);
  return lines.map((line) =>
    line.length === header.length ? Object.fromEntries(header.map((column, i) => [column, line[i] ?? ""])) : undefined
  );
}

export const writeCsv = (columns: readonly string[], rows: readonly object[]): string =>
  stringify(rows as Record<string, unknown>[], { header: true, columns: [...columns], record_delimiter: "\r\n" });

function parseCsv(text: string): string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) throw new Problem("malformed-request", `The body is not CSV: ${error.message}`);
    throw error;
  }
}

/** Whether a request prefers CSV to JSON. */
export function prefersCsv(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const types = accept.split(",").map((offer) => offer.split(";")[0]?.trim().toLowerCase());
  const [csv, json] = [types.indexOf(CSV), types.indexOf("application/json")];
  return csv >= 0 && (json < 0 || csv < json);
}
