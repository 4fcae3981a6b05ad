/**
 * Spans of a month each, so that no answer grows beyond what a provider gives.
 *
 * @module
 */
import { addDays } from "../day.ts";
import type { Span } from "./provider.ts";

const DAYS = 31;

export function monthsOf(span: Span | undefined): Span[] {
  if (span === undefined) return [];
  const months: Span[] = [];
  for (let from = span.from; from <= span.to; from = addDays(from, DAYS)) {
    const to = addDays(from, DAYS - 1);
    months.push({ from, to: to < span.to ? to : span.to });
  }
  return months;
}
