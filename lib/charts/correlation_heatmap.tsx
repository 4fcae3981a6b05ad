/**
 * Who moves with whom: a cell for each two. As many are shown as can be named beside their row and below their column, the
 * first ones; what is told above says of how many.
 *
 * @module
 */
// @ts-types="@types/d3-scale"
import { scaleLinear } from "d3-scale";
import { Chart, type ChartElement, type ChartSize, Heading, Nothing } from "./chart.tsx";
import { clipped, px, twoPlaces, widthOf } from "./text.ts";
import { type Theme, themeOf } from "./theme.ts";

export interface CorrelationPicture {
  /** The portfolio's name. */
  readonly name: string;
  /** What it is told of, such as days. */
  readonly detail: string;
  /** One a row and column. */
  readonly labels: readonly string[];
  /** Row after row; `null` where there is none. */
  readonly values: readonly (number | null)[];
  /** What the labels are of. */
  readonly kind: "assets" | "sectors";
  /** How many of those there are: as many as labels, or more, of which the labels are the largest. */
  readonly total: number;
}

const [TOP, EDGE, FONT] = [56, 16, 11];
/** A cell is as high and as wide as its labels are at least; a few are no larger than is pleasant. */
const [LEAST_CELL_PX, MAX_CELL_PX, MAX_ASPECT] = [12, 64, 1.75];
const [MAX_LABEL_PX, FLAT_LABEL_PX] = [110, 18];
/** What a number needs, and what its larger letters do. */
const [NUMBER_WIDTH_PX, NUMBER_HEIGHT_PX, LARGE_NUMBER_WIDTH_PX] = [29, 13, 36];
/** Room for the colours' scale, and in which pictures there is. */
const [SCALE_PX, LEAST_WIDTH_WITH_SCALE] = [58, 320];

export function correlationHeatmap(picture: CorrelationPicture, size: ChartSize): ChartElement {
  const theme = themeOf(size.theme);
  const title = `Correlations of ${picture.name}`;
  const layout = layoutOf(picture.labels, size);
  const part = partOf(picture, layout.count);
  const details = [[...part, picture.detail].join(", "), ...part];
  const shown = firstOf(picture, layout.count);
  return (
    <Chart {...size} title={title} description={`${details[0]}.${extremesOf(shown)}`}>
      <Heading {...size} text={title} details={details} />
      {shown.labels.length === 0
        ? <Nothing {...size} text="No correlations can be told" />
        : <Matrix shown={shown} layout={layout} theme={theme} />}
    </Chart>
  );
}

/** Nothing where all are shown. */
function partOf({ kind, total }: CorrelationPicture, shown: number): string[] {
  if (shown === total) return [];
  return [kind === "assets" ? `the ${shown} largest of ${total} assets` : `${shown} of ${total} sectors`];
}

type Shown = Pick<CorrelationPicture, "labels"> & { readonly rows: readonly (readonly (number | null)[])[] };

function firstOf({ labels, values }: CorrelationPicture, count: number): Shown {
  const shown = labels.slice(0, count);
  return { labels: shown, rows: shown.map((_, i) => shown.map((_, j) => values[i * labels.length + j] ?? null)) };
}

/** The ends of the matrix, since hundreds of numbers are no description. */
function extremesOf({ labels, rows }: Shown): string {
  const pairs = labels.flatMap((row, i) =>
    labels.slice(i + 1).flatMap((column, j) => {
      const value = rows[i]?.[i + 1 + j] ?? null;
      return value === null ? [] : [{ row, column, value }];
    })
  ).sort((a, b) => b.value - a.value);
  const [most, least] = [pairs[0], pairs.at(-1)];
  if (most === undefined || least === undefined) return "";
  const told = ({ row, column, value }: typeof most) => `${row} and ${column} ${twoPlaces(value)}`;
  return ` Highest: ${told(most)}; lowest: ${told(least)}.`;
}

/** Pixels. */
interface Layout {
  /** How many are shown. */
  readonly count: number;
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Of the labels below, which stand upright where they are wider than the cells. */
  readonly below: number;
  readonly isUpright: boolean;
  readonly hasScale: boolean;
}

function layoutOf(labels: readonly string[], { width, height }: ChartSize): Layout {
  const longest = Math.max(0, ...labels.map((label) => widthOf(label, FONT))) + 8;
  const beside = Math.min(MAX_LABEL_PX, width / 4, longest);
  const hasScale = width >= LEAST_WIDTH_WITH_SCALE;
  const across = width - 2 * EDGE - beside - (hasScale ? SCALE_PX : 0);
  const upright = Math.min(MAX_LABEL_PX, height / 4, longest);
  const withLabels = (below: number) => {
    const down = height - TOP - EDGE - below;
    const count = Math.min(labels.length, Math.max(1, Math.floor(Math.min(across, down) / LEAST_CELL_PX)));
    const cellHeight = Math.max(1, Math.min(MAX_CELL_PX, down / Math.max(1, count)));
    const cellWidth = Math.max(1, Math.min(cellHeight * MAX_ASPECT, across / Math.max(1, count)));
    return { count, cellHeight, cellWidth, below, left: EDGE + beside, hasScale };
  };
  const flat = withLabels(FLAT_LABEL_PX);
  return longest <= flat.cellWidth ? { ...flat, isUpright: false } : { ...withLabels(upright), isUpright: true };
}

interface MatrixProps {
  readonly shown: Shown;
  readonly layout: Layout;
  readonly theme: Theme;
}

function Matrix({ shown: { labels, rows }, layout, theme }: MatrixProps) {
  const { left, cellWidth, cellHeight } = layout;
  const colour = scaleLinear<string>().domain([-1, 0, 1]).range(theme.correlation);
  return (
    <>
      {labels.map((label, i) => (
        <text
          x={px(left - 6)}
          y={px(TOP + (i + 0.5) * cellHeight)}
          text-anchor="end"
          dominant-baseline="central"
          font-size={FONT}
        >
          {clipped(label, left - EDGE - 6, FONT)}
        </text>
      ))}
      {labels.map((label, i) => <ColumnLabel label={label} column={i} count={labels.length} layout={layout} />)}
      {rows.map((row, i) =>
        row.map((value, j) => (
          <Cell
            name={`${labels[i]} and ${labels[j]}`}
            value={value}
            x={px(left + j * cellWidth)}
            y={px(TOP + i * cellHeight)}
            width={px(cellWidth - 1)}
            height={px(cellHeight - 1)}
            colour={colour}
            theme={theme}
          />
        ))
      )}
      {layout.hasScale && <Scale x={left + labels.length * cellWidth + 16} theme={theme} />}
    </>
  );
}

function ColumnLabel(
  { label, column, count, layout }: { label: string; column: number; count: number; layout: Layout },
) {
  const { left, cellWidth, cellHeight, below, isUpright } = layout;
  const x = px(left + (column + 0.5) * cellWidth);
  const y = px(TOP + cellHeight * count + (isUpright ? 5 : 10));
  return isUpright
    ? (
      <text
        x={x}
        y={y}
        text-anchor="end"
        dominant-baseline="central"
        font-size={FONT}
        transform={`rotate(-90 ${x} ${y})`}
      >
        {clipped(label, below - 6, FONT)}
      </text>
    )
    : <text x={x} y={y} text-anchor="middle" dominant-baseline="central" font-size={FONT}>{label}</text>;
}

interface CellProps {
  readonly name: string;
  readonly value: number | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: (value: number) => string;
  readonly theme: Theme;
}

function Cell({ name, value, x, y, width, height, colour, theme }: CellProps) {
  const text = value === null ? "–" : twoPlaces(value);
  return (
    <>
      <rect x={x} y={y} width={width} height={height} fill={value === null ? theme.line : colour(value)}>
        <title>{`${name}: ${text}`}</title>
      </rect>
      {width + 1 >= NUMBER_WIDTH_PX && height >= NUMBER_HEIGHT_PX && (
        <text
          x={px(x + width / 2)}
          y={px(y + height / 2)}
          text-anchor="middle"
          dominant-baseline="central"
          font-size={width + 1 < LARGE_NUMBER_WIDTH_PX ? 9 : 10}
          fill={theme.onCorrelation}
        >
          {text}
        </text>
      )}
    </>
  );
}

const [SCALE_WIDTH, SCALE_STEPS, SCALE_STEP_PX] = [10, 21, 4];

/** Which colour says what, from 1 down to -1. */
function Scale({ x, theme }: { x: number; theme: Theme }) {
  const colour = scaleLinear<string>().domain([SCALE_STEPS - 1, (SCALE_STEPS - 1) / 2, 0]).range(theme.correlation);
  const length = SCALE_STEPS * SCALE_STEP_PX;
  return (
    <g transform={`translate(${px(x)} ${TOP})`}>
      {Array.from(
        { length: SCALE_STEPS },
        (_, i) => <rect y={i * SCALE_STEP_PX} width={SCALE_WIDTH} height={SCALE_STEP_PX} fill={colour(i)} />,
      )}
      <rect width={SCALE_WIDTH} height={length} fill="none" stroke={theme.line} />
      {["1", "0", "−1"].map((text, i) => (
        <text
          x={SCALE_WIDTH + 5}
          y={px(4 + i * (length - 8) / 2)}
          dominant-baseline="central"
          font-size="10"
          fill={theme.quiet}
        >
          {text}
        </text>
      ))}
    </g>
  );
}
