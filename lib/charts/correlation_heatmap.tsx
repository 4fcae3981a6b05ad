/**
 * Who moves with whom: a square for each two.
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
  /** What it is told of, such as days and how many of the assets are shown. */
  readonly detail: string;
  /** One a row and column. */
  readonly labels: readonly string[];
  /** Row after row; `null` where there is none. */
  readonly values: readonly (number | null)[];
}

const [TOP, EDGE] = [56, 16];
const [MAX_LABEL_PX, CELL_TEXT_PX, READABLE_PX, FONT] = [110, 30, 9, 11];

export function correlationHeatmap(picture: CorrelationPicture, size: ChartSize): ChartElement {
  const theme = themeOf(size.theme);
  const title = `Correlations of ${picture.name}`;
  const width = size.width - 2 * EDGE;
  return (
    <Chart {...size} title={title} description={descriptionOf(picture)}>
      <Heading text={clipped(title, width, 14)} detail={clipped(picture.detail, width, 11)} theme={theme} />
      {picture.labels.length === 0
        ? <Nothing {...size} text="No correlations can be told" />
        : <Cells picture={picture} size={size} theme={theme} />}
    </Chart>
  );
}

/** The ends of the matrix, since hundreds of numbers are no description. */
function descriptionOf({ detail, labels, values }: CorrelationPicture): string {
  const pairs = labels.flatMap((row, i) =>
    labels.slice(i + 1).flatMap((column, j) => {
      const value = values[i * labels.length + i + 1 + j] ?? null;
      return value === null ? [] : [{ row, column, value }];
    })
  ).sort((a, b) => b.value - a.value);
  const [most, least] = [pairs[0], pairs.at(-1)];
  if (most === undefined || least === undefined) return `${detail}.`;
  const told = ({ row, column, value }: typeof most) => `${row} and ${column} ${twoPlaces(value)}`;
  return `${detail}. Highest: ${told(most)}; lowest: ${told(least)}.`;
}

interface CellsProps {
  readonly picture: CorrelationPicture;
  readonly size: ChartSize;
  readonly theme: Theme;
}

function Cells({ picture: { labels, values }, size, theme }: CellsProps) {
  const { cell, left, isTold } = layoutOf(labels, size);
  const colour = scaleLinear<string>().domain([-1, 0, 1]).range(theme.correlation);
  return (
    <>
      {cell >= READABLE_PX && labels.map((label, i) => (
        <text
          x={px(left - 6)}
          y={px(TOP + (i + 0.5) * cell)}
          text-anchor="end"
          dominant-baseline="central"
          font-size={FONT}
        >
          {clipped(label, left - EDGE - 6, FONT)}
        </text>
      ))}
      {isTold && <ColumnLabels labels={labels} left={left} cell={cell} />}
      {labels.map((label, i) =>
        labels.map((other, j) => (
          <Cell
            name={`${label} and ${other}`}
            value={values[i * labels.length + j] ?? null}
            x={px(left + j * cell)}
            y={px(TOP + i * cell)}
            size={px(cell - (cell > 4 ? 1 : 0))}
            colour={colour}
            isTold={isTold}
            theme={theme}
          />
        ))
      )}
    </>
  );
}

/** Room for the labels to the left, and for those below, which lean and stand only where squares have text in them. */
function layoutOf(labels: readonly string[], { width, height }: ChartSize) {
  const longest = Math.max(...labels.map((label) => widthOf(label, FONT))) + 8;
  const beside = Math.min(MAX_LABEL_PX, width / 4, longest);
  const below = Math.min(MAX_LABEL_PX, longest) * Math.SQRT1_2 + 8;
  const cellAbove = (room: number) =>
    Math.max(1, Math.min(width - 2 * EDGE - beside, height - TOP - EDGE - room) / labels.length);
  const isTold = cellAbove(below) >= CELL_TEXT_PX;
  return { cell: cellAbove(isTold ? below : 0), left: EDGE + beside, isTold };
}

function ColumnLabels({ labels, left, cell }: { labels: readonly string[]; left: number; cell: number }) {
  const y = px(TOP + cell * labels.length + 10);
  const isFitting = labels.every((label) => widthOf(label, FONT) <= cell);
  return (
    <>
      {labels.map((label, i) => {
        const x = px(left + (i + 0.5) * cell);
        return isFitting
          ? <text x={x} y={y + 4} text-anchor="middle" font-size={FONT}>{label}</text>
          : (
            <text x={x} y={y} text-anchor="end" font-size={FONT} transform={`rotate(-45 ${x} ${y})`}>
              {clipped(label, MAX_LABEL_PX, FONT)}
            </text>
          );
      })}
    </>
  );
}

interface CellProps {
  readonly name: string;
  readonly value: number | null;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly colour: (value: number) => string;
  readonly isTold: boolean;
  readonly theme: Theme;
}

function Cell({ name, value, x, y, size, colour, isTold, theme }: CellProps) {
  const text = value === null ? "–" : twoPlaces(value);
  return (
    <>
      <rect x={x} y={y} width={size} height={size} fill={value === null ? theme.line : colour(value)}>
        <title>{`${name}: ${text}`}</title>
      </rect>
      {isTold && (
        <text
          x={px(x + size / 2)}
          y={px(y + size / 2)}
          text-anchor="middle"
          dominant-baseline="central"
          font-size="10"
          fill={theme.onCorrelation}
        >
          {text}
        </text>
      )}
    </>
  );
}
