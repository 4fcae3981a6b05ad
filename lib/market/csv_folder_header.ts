/**
 * Which field of a record stands for what: columns are known by their names, in any order and case.
 *
 * @module
 */

/** Where columns stand; -1 for those that a file does without. What else there is, is not read. */
export type Header<Column extends string> = Readonly<Record<Column, number>>;

/** Throws an error that quotes the header where a column is missing that has to be there. */
export function headerOf<Column extends string>(
  record: readonly string[],
  required: readonly Column[],
  optional: readonly Column[],
): Header<Column> {
  const names = record.map((name) => name.trim().toLowerCase());
  const missing = required.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new Error(`the header lacks ${missing.join(", ")}; it is "${record.join(",")}"`);
  const places = [...required, ...optional].map((column) => [column, names.indexOf(column)]);
  return Object.fromEntries(places) as Header<Column>;
}

/** Of a record that may be too short. */
export const fieldAt = (record: readonly string[], place: number): string => record[place]?.trim() ?? "";

/** `NaN` for what is no number. */
export function numberAt(record: readonly string[], place: number): number {
  const text = fieldAt(record, place);
  return text === "" ? NaN : Number(text);
}
