/**
 * Lists that are gone through by date: a year's or a month's rows, and the way to the others.
 *
 * @module
 */
import type { Span } from "./model.ts";

const PERIOD = /^(\d{4})(?:-(0[1-9]|1[0-2]))?$/;

/** The period that is asked for, by default the newest month: `2021-11` or `2021`. */
export const periodIn = (query: URLSearchParams, span: Span): string => {
  const asked = query.get("in") ?? "";
  return PERIOD.test(asked) ? asked : span.to.slice(0, 7);
};

/** Its first and its last day. */
export function daysOf(period: string): Span {
  const [year = "", month] = period.split("-");
  if (month === undefined) return { from: `${year}-01-01`, to: `${year}-12-31` };
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return { from: `${period}-01`, to: `${period}-${days}` };
}

export const PeriodNav = ({ path, span, period }: { path: string; span: Span; period: string }) => (
  <nav class="periods" aria-label="Periods">
    <Periods path={path} periods={yearsOf(span)} chosen={period.slice(0, 4)} period={period} />
    <Periods path={path} periods={monthsOf(period.slice(0, 4), span)} chosen={period} period={period} />
  </nav>
);

const Periods = ({ path, periods, chosen, period }: {
  path: string;
  periods: readonly string[];
  chosen: string;
  period: string;
}) => (
  <p>
    {periods.map((one) => (
      <a
        href={`${path}?in=${one}`}
        class={one === chosen ? "chosen" : ""}
        aria-current={one === period ? "page" : undefined}
      >
        {one}
      </a>
    ))}
  </p>
);

function yearsOf({ from, to }: Span): string[] {
  const [first, last] = [Number(from.slice(0, 4)), Number(to.slice(0, 4))];
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
}

const monthsOf = (year: string, { from, to }: Span): string[] =>
  Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, "0")}`)
    .filter((month) => from.slice(0, 7) <= month && month <= to.slice(0, 7));
