import type { Metric } from "../../lib/analysis/metric.ts";
import type { MonthReturn } from "../../lib/portfolios/monthly_returns.ts";
import { type PeriodReturn, PERIODS } from "../../lib/portfolios/period_returns.ts";
import type { PortfolioReport } from "../../lib/portfolios/report.ts";
import { change, fraction, told } from "./format.ts";
import { Table } from "./table.tsx";

const PERIOD_NAMES = {
  ...{ "1d": "One day", "1w": "One week", "1m": "One month", "3m": "Three months", "ytd": "Year to date" },
  ...{ "1y": "One year", "3y": "Three years" },
};
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const changeText = (metric: Metric | undefined): string => metric === undefined ? "–" : told(metric, change);

export function PeriodTable({ report: { performance } }: { report: PortfolioReport }) {
  const { span, periods, benchmark } = performance.result;
  const row = (name: string, period: PeriodReturn) => [
    ...[name, period.from ?? "–", period.to ?? "–", changeText(period.return), changeText(period.annualised)],
    ...(benchmark === undefined ? [] : [changeText(period.benchmark)]),
  ];
  const rows = [...PERIODS.map((name) => row(PERIOD_NAMES[name], periods[name])), row("The window", span)];
  const head = ["Period", "From", "To", "Return", "A year", ...(benchmark === undefined ? [] : [benchmark])];
  return <Table caption="Returns" head={head} rows={rows} words={3} />;
}

/** Twelve reasons side by side would be wider than any page. */
const monthText = ({ value }: Metric): string => value === null ? "–" : fraction(value, 1);

export function MonthTable({ report: { performance } }: { report: PortfolioReport }) {
  const { months } = performance.result;
  if (months.length === 0) return null;
  const byMonth = new Map(months.map((month) => [month.month, month]));
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))];
  const cell = (month: MonthReturn | undefined) => month === undefined ? "" : monthText(month.return);
  const rows = years.map((year) => [
    ...[year, ...MONTHS.map((_, i) => cell(byMonth.get(`${year}-${String(i + 1).padStart(2, "0")}`)))],
  ]);
  return <Table caption="Months" head={["Year", ...MONTHS]} rows={rows} />;
}

export function DrawdownTable({ report: { performance } }: { report: PortfolioReport }) {
  const { drawdowns } = performance.result;
  if (drawdowns.length === 0) return null;
  const rows = drawdowns.map(({ depth, peak, trough, recovery, days }) => [
    ...[fraction(-depth), peak, trough, recovery ?? "not yet", days],
  ]);
  return <Table caption="Deepest drawdowns" head={["Depth", "Peak", "Trough", "Recovered", "Days"]} rows={rows} />;
}

export function Extremes({ report: { performance } }: { report: PortfolioReport }) {
  const { best, worst } = performance.result;
  if (best.day === null || worst.day === null) return null;
  const months = best.month !== null && worst.month !== null
    ? ` The best month was ${best.month.month} (${changeText(best.month.return)}), the worst ${worst.month.month} (${
      changeText(worst.month.return)
    }).`
    : "";
  return (
    <p>
      The best day was {best.day.date} ({change(best.day.return)}), the worst {worst.day.date}{" "}
      ({change(worst.day.return)}).{months}
    </p>
  );
}
