/**
 * How far a portfolio was below its highest value so far, day by day.
 *
 * @module
 */
// @ts-types="@types/d3-shape"
import { area } from "d3-shape";
import { drawdownSeries } from "../analysis/drawdown.ts";
import { Chart, type ChartElement, type ChartSize, Heading, Nothing } from "./chart.tsx";
import { Axes, dayAxis, numberAxis, surfaceOf } from "./plot.tsx";
import { percent, percentTick } from "./text.ts";
import { type Point, thinned } from "./thinned.ts";
import { type DatedSeries, pointsOf } from "./value_line.tsx";

type Surface = ReturnType<typeof surfaceOf>;

export function drawdownArea(series: DatedSeries, size: ChartSize): ChartElement {
  const { theme, plane } = surfaceOf(size);
  const title = `Drawdown of ${series.name}`;
  const depths = depthsOf(series);
  const points = depths === undefined
    ? []
    : pointsOf({ days: series.days, values: [...depths].map((depth) => -depth) });
  const details = depths === undefined ? ["There is no peak above zero to fall from"] : detailsOf(series, depths);
  return (
    <Chart {...size} title={title} description={`${details[0]}.`}>
      <Heading {...size} text={title} details={details} />
      {points.length === 0
        ? <Nothing {...size} text="No drawdown can be told" />
        : <DrawdownPlot points={points} plane={plane} theme={theme} />}
    </Chart>
  );
}

/** Peaks; what falls by more was next to nothing there. */
const DEEPEST_TOLD = 1e6;

function depthsOf({ values }: DatedSeries): Float64Array | undefined {
  const depths = values.length === 0 ? undefined : drawdownSeries(Float64Array.from(values));
  return depths?.every((depth) => depth < DEEPEST_TOLD) ? depths : undefined;
}

function detailsOf({ days }: DatedSeries, depths: Float64Array): string[] {
  const deepest = Math.max(...depths);
  const window = `${days[0]} to ${days.at(-1)}`;
  const told = deepest === 0
    ? "Never below its peak"
    : `Deepest ${percent(-deepest)} on ${days[depths.indexOf(deepest)]}`;
  return [`${told}, ${window}`, told];
}

function DrawdownPlot({ points, plane, theme }: { points: readonly Point[] } & Surface) {
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const x = dayAxis([first, last], [plane.left, plane.right]);
  const deepest = points.reduce((least, { value }) => Math.min(least, value), 0);
  const y = numberAxis([deepest === 0 ? -0.01 : deepest, 0], [plane.bottom, plane.top], {
    label: (value) => percentTick(value, deepest > -0.05 ? 1 : 0),
  });
  const shape = area<Point>().x(({ at }) => x.place(at)).y0(y.place(0)).y1(({ value }) => y.place(value));
  return (
    <>
      <Axes plane={plane} x={x} y={y} theme={theme} />
      <path
        d={shape(thinned(points, plane.right - plane.left)) ?? ""}
        fill={theme.loss}
        fill-opacity="0.35"
        stroke={theme.loss}
        stroke-width="1.25"
        stroke-linejoin="round"
      />
    </>
  );
}
