/**
 * Sets of days as spans that stand apart from one another, by rising date.
 *
 * @module
 */
import { addDays } from "../day.ts";
import type { Span } from "./provider.ts";

export const holds = (spans: readonly Span[], day: string): boolean =>
  spans.some(({ from, to }) => from <= day && day <= to);

/** With the days of one more; what touches becomes one. */
export function withSpan(spans: readonly Span[], added: Span): Span[] {
  const isApart = ({ from, to }: Span) => addDays(to, 1) < added.from || addDays(added.to, 1) < from;
  const [apart, touching] = [spans.filter(isApart), spans.filter((span) => !isApart(span))];
  const from = [added.from, ...touching.map((span) => span.from)].sort()[0] ?? added.from;
  const to = [added.to, ...touching.map((span) => span.to)].sort().at(-1) ?? added.to;
  return [...apart, { from, to }].sort((a, b) => a.from < b.from ? -1 : 1);
}

/** What is left of a span without the days at its ends that others hold. */
export function restOf(span: Span, spans: readonly Span[]): Span | undefined {
  let { from, to } = span;
  while (from <= to && holds(spans, from)) from = addDays(from, 1);
  while (from <= to && holds(spans, to)) to = addDays(to, -1);
  return spanOrNone(from, to);
}

/** The days that both hold. */
export const shared = (a: Span, b: Span): Span | undefined =>
  spanOrNone(a.from > b.from ? a.from : b.from, a.to < b.to ? a.to : b.to);

export const spanOrNone = (from: string, to: string): Span | undefined => from > to ? undefined : { from, to };
