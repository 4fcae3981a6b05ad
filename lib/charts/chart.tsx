/**
 * What all charts have in common: a size, a theme, a title and a description that screen readers tell, and how they become text.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { clipped, fitting } from "./text.ts";
import { type ThemeName, themeOf } from "./theme.ts";

export interface ChartSize {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly theme: ThemeName;
}

/** A chart as an element: to be made text by {@link svgText}. */
export type ChartElement = ReturnType<typeof Chart>;

interface ChartProps extends ChartSize {
  readonly title: string;
  /** What the chart shows, in words. */
  readonly description: string;
  readonly children: Child;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";

export function Chart({ width, height, theme, title, description, children }: ChartProps) {
  const { paper, ink } = themeOf(theme);
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby="title description"
      font-family={FONT}
      font-size="12"
      fill={ink}
    >
      <title id="title">{title}</title>
      <desc id="description">{description}</desc>
      <rect width={width} height={height} fill={paper} />
      {children}
    </svg>
  );
}

const HEADING_EDGE = 16;

interface HeadingProps extends ChartSize {
  readonly text: string;
  /** What it is of, in words that leave out more and more. */
  readonly details: readonly string[];
}

/** The heading, as far as it fits, with what it is of in smaller letters below. */
export function Heading({ text, details, width, theme }: HeadingProps) {
  const room = width - 2 * HEADING_EDGE;
  return (
    <>
      <text x={HEADING_EDGE} y="24" font-size="14" font-weight="600">{clipped(text, room, 14)}</text>
      <text x={HEADING_EDGE} y="41" font-size="11" fill={themeOf(theme).quiet}>{fitting(details, room, 11)}</text>
    </>
  );
}

/** In the place of what cannot be drawn. */
export function Nothing({ width, height, theme, text }: ChartSize & { text: string }) {
  return (
    <text x={width / 2} y={height / 2} text-anchor="middle" dominant-baseline="central" fill={themeOf(theme).quiet}>
      {text}
    </text>
  );
}

export const svgText = async (chart: ChartElement): Promise<string> => String(await chart);
