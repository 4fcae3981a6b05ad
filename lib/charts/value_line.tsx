/**
 * What a portfolio was worth, day by day.
 *
 * @module
 */
// @ts-types="@types/d3-shape"
import { line } from "d3-shape";
import { Chart, type ChartElement, type ChartSize, Heading, Nothing } from "./chart.tsx";
import { Axes, dayAxis, numberAxis, surfaceOf } from "./plot.tsx";
import { compactNumber, groupedNumber, percent } from "./text.ts";
import { type Point, thinned } from "./thinned.ts";

/** A series of days. */
export interface DatedSeries {
  /** The portfolio's name. */
  readonly name: string;
  readonly currency: string;
  /** `YYYY-MM-DD`, by rising value. */
  readonly days: readonly string[];
  /** As many. */
  readonly values: readonly number[];
}

export function pointsOf({ days, values }: Pick<DatedSeries, "days" | "values">): Point[] {
  return days.map((day, i) => ({ at: Date.parse(`${day}T00:00:00Z`), value: values[i] ?? 0 }));
}

export function valueLine(series: DatedSeries, size: ChartSize): ChartElement {
  const { theme, plane } = surfaceOf(size);
  const title = `Value of ${series.name}`;
  const details = detailsOf(series);
  return (
    <Chart {...size} title={title} description={`${details[0]}.`}>
      <Heading {...size} text={title} details={details} />
      {series.values.length === 0
        ? <Nothing {...size} text="No session has a price" />
        : <ValuePlot series={series} plane={plane} theme={theme} />}
    </Chart>
  );
}

/** Times; what grew by more was next to nothing before. */
const LARGEST_TOLD = 1e6;

function detailsOf({ days, values, currency }: DatedSeries): string[] {
  const [from, to, first, last] = [days[0], days.at(-1), values[0], values.at(-1)];
  if (from === undefined || to === undefined || first === undefined || last === undefined) {
    return ["No session has a price"];
  }
  const growth = first > 0 ? (last - first) / first : NaN;
  const change = Math.abs(growth) < LARGEST_TOLD ? ` (${growth >= 0 ? "+" : ""}${percent(growth)})` : "";
  const worth = `${groupedNumber(last)} ${currency}${change}`;
  const window = `${from} to ${to}`;
  return [`${groupedNumber(first)} to ${worth}, ${window}`, `${worth}, ${window}`, `${worth} on ${to}`, worth];
}

type Surface = ReturnType<typeof surfaceOf>;

function ValuePlot({ series, plane, theme }: { series: DatedSeries } & Surface) {
  const points = pointsOf(series);
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const x = dayAxis([first, last], [plane.left, plane.right]);
  const [low, high] = [Math.min(...series.values), Math.max(...series.values)];
  const y = numberAxis([low, high], [plane.bottom, plane.top], { label: compactNumber });
  const shape = line<Point>().x(({ at }) => x.place(at)).y(({ value }) => y.place(value));
  const end = points.at(-1);
  return (
    <>
      <Axes plane={plane} x={x} y={y} theme={theme} />
      {low < 0 && high > 0 && (
        <line x1={plane.left} x2={plane.right} y1={y.place(0)} y2={y.place(0)} stroke={theme.quiet} />
      )}
      <path
        d={shape(thinned(points, plane.right - plane.left)) ?? ""}
        fill="none"
        stroke={theme.accent}
        stroke-width="1.75"
        stroke-linejoin="round"
      />
      {end !== undefined && <circle cx={x.place(end.at)} cy={y.place(end.value)} r="3" fill={theme.accent} />}
    </>
  );
}
