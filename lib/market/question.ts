/**
 * What is wrong with a question before anybody is asked.
 *
 * @module
 */

/** The members that questions are made of. */
export interface AnyQuestion {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly symbol?: string | undefined;
  readonly text?: string;
  readonly limit?: number;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** `undefined` where there is nothing wrong. Whether a date is a day of the calendar is for the provider to say. */
export function faultInQuestion({ date, from, to, symbol, text, limit }: AnyQuestion): string | undefined {
  for (const [name, day] of Object.entries({ date, from, to })) {
    if (day !== undefined && !DATE.test(day)) return `the ${NAMES[name]} is "${day}", expected YYYY-MM-DD`;
  }
  if (from !== undefined && to !== undefined && from > to) return `the span ends on ${to}, before it begins on ${from}`;
  if (symbol !== undefined && !isSymbol(symbol)) return `the symbol is "${symbol}", expected one such as BRK.B`;
  if (text !== undefined && text.trim() === "") return "the text to search for is empty";
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    return `the limit is ${limit}, expected a whole number from 1 on`;
  }
  return undefined;
}

const NAMES: Readonly<Record<string, string>> = { date: "date", from: "first day", to: "last day" };

/** Stands in paths, where dots alone would lead elsewhere. */
const isSymbol = (text: string): boolean => /^[^\s\p{Cc}\p{Cs}]+$/u.test(text) && !/^\.+$/.test(text);
