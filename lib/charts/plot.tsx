/**
 * The plane that lines, areas and bars are drawn on: its place in the chart, its axes and their labels.
 *
 * @module
 */
// @ts-types="@types/d3-scale"
import { scaleLinear, scaleUtc } from "d3-scale";
import { DAY_MS } from "../day.ts";
import type { ChartSize } from "./chart.tsx";
import { dayLabels, px, widthOf } from "./text.ts";
import { type Theme, themeOf } from "./theme.ts";

/** Edges of the plane, in pixels of the chart. */
export interface Plane {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Pixels to the right of it. */
  readonly aside: number;
}

const ASIDE_PX = 20;

/** What is beside the plane: the heading above, labels to the left and below. */
export const planeOf = ({ width, height }: ChartSize): Plane => ({
  ...{ left: 64, right: width - ASIDE_PX, aside: ASIDE_PX, top: 56, bottom: height - 28 },
});

/** A place on an axis, and what is written there. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Axis {
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** Differences below this share of what differs are none that a picture shows. */
const FLAT = 1e-12;
const SMALLEST_ROOM = 1e-3;

/** Between the plane and the labels beside it, which are left out where a part of them would be. */
const LABEL_GAP_PX = 8;
const [VERTICAL_TICK_PX, HORIZONTAL_TICK_PX] = [44, 96];

/** An axis of numbers; where they are as good as one, it reaches a little to both sides. */
export function numberAxis(
  [low, high]: readonly [number, number],
  range: readonly [number, number],
  { label, isNice = true }: { readonly label: (value: number) => string; readonly isNice?: boolean },
): Axis {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const isFlat = high - low <= FLAT * Math.max(1, size);
  const room = isFlat ? Math.max(size / 10, SMALLEST_ROOM) : 0;
  const scale = scaleLinear().domain([low - room, high + room]).range([...range]);
  const pixels = Math.abs(range[1] - range[0]);
  const isVertical = range[0] > range[1];
  const count = Math.max(2, Math.floor(pixels / (isVertical ? VERTICAL_TICK_PX : HORIZONTAL_TICK_PX)));
  if (isNice) scale.nice(count);
  return {
    place: (value) => px(scale(value)),
    ticks: scale.ticks(count).map((value) => ({ at: px(scale(value)), label: label(value) })),
  };
}

/** An axis of days, by their milliseconds. */
export function dayAxis([from, to]: readonly [number, number], range: readonly [number, number]): Axis {
  const scale = scaleUtc().domain([from, Math.max(to, from + 1)]).range([...range]);
  const count = Math.max(2, Math.floor((range[1] - range[0]) / HORIZONTAL_TICK_PX));
  const days = from === to ? [new Date(from)] : scale.ticks(count).filter((day) => day.getTime() % DAY_MS === 0);
  const labels = dayLabels(days, new Date(from), new Date(to));
  return {
    place: (value) => px(scale(value)),
    ticks: days.map((day, i) => ({ at: px(scale(day)), label: labels[i] ?? "" })),
  };
}

export function Axes({ plane, x, y, theme }: { plane: Plane; x: Axis; y: Axis; theme: Theme }) {
  const { left, right, bottom, aside } = plane;
  const rightmost = (label: string) => right + aside - widthOf(label, 11) / 2;
  const room = left - LABEL_GAP_PX;
  return (
    <>
      {y.ticks.map(({ at, label }) => (
        <>
          <line x1={left} x2={right} y1={at} y2={at} stroke={theme.line} />
          <text x={room} y={at} text-anchor="end" dominant-baseline="central" font-size="11" fill={theme.quiet}>
            {widthOf(label, 11) <= room ? label : ""}
          </text>
        </>
      ))}
      {x.ticks.map(({ at, label }) => (
        <text
          x={px(Math.min(at, rightmost(label)))}
          y={bottom + 18}
          text-anchor="middle"
          font-size="11"
          fill={theme.quiet}
        >
          {label}
        </text>
      ))}
    </>
  );
}

/** The theme and the plane of a chart. */
export const surfaceOf = (size: ChartSize): { theme: Theme; plane: Plane } => ({
  theme: themeOf(size.theme),
  plane: planeOf(size),
});
