/**
 * How often which return came, and where value at risk stands among them.
 *
 * @module
 */
import { Chart, type ChartElement, type ChartSize, Heading, Nothing } from "./chart.tsx";
import { Axes, numberAxis, surfaceOf } from "./plot.tsx";
import { percent, percentTick, px, widthOf } from "./text.ts";

/** A loss that is marked, as a positive fraction. */
export interface LossMark {
  /** Such as "VaR 95 %". */
  readonly label: string;
  readonly loss: number;
}

export interface ReturnPicture {
  /** The portfolio's name. */
  readonly name: string;
  /** The days of the first and last value that the returns are between. */
  readonly from: string | null;
  readonly to: string | null;
  /** Simple returns, one a session. */
  readonly returns: readonly number[];
  readonly marks: readonly LossMark[];
}

/** Returns from `from` up to the next bin's. */
interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const [FEWEST_BINS, MOST_BINS] = [5, 60];
/** Of a mark's label; labels that would stand in one another are left out. */
const [ROW_PX, LEAST_ROW_PX] = [16, 11];
/** Returns that differ by less are told apart by rounding alone. */
const NARROWEST = 1e-9;

/**
 * Bins of one width, as many as the square root of the returns; the last one has its upper edge in it.
 *
 * @param marks Places that the bins have to reach.
 */
export function binsOf(returns: readonly number[], marks: readonly number[] = []): Bin[] {
  const [low, high] = [Math.min(...returns, ...marks), Math.max(...returns, ...marks)];
  const [from, to] = high - low < NARROWEST ? [low - 0.005, high + 0.005] : [low, high];
  const count = Math.min(MOST_BINS, Math.max(FEWEST_BINS, Math.ceil(Math.sqrt(returns.length))));
  const width = (to - from) / count;
  const counts = new Array<number>(count).fill(0);
  for (const r of returns) {
    const bin = Math.min(count - 1, Math.floor((r - from) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((n, i) => ({ from: from + i * width, to: from + (i + 1) * width, count: n }));
}

export function returnHistogram(picture: ReturnPicture, size: ChartSize): ChartElement {
  const { theme, plane } = surfaceOf(size);
  const title = `Daily returns of ${picture.name}`;
  const detail = detailOf(picture);
  const marks = picture.marks.map(({ label, loss }) => `${label} ${percent(loss, 2)}`).join(", ");
  return (
    <Chart {...size} title={title} description={`${detail}.${marks === "" ? "" : ` ${marks}.`}`}>
      <Heading {...size} text={title} details={[detail]} />
      {picture.returns.length === 0
        ? <Nothing {...size} text="No returns can be told" />
        : <HistogramPlot picture={picture} plane={plane} theme={theme} />}
    </Chart>
  );
}

const detailOf = ({ returns, from, to }: ReturnPicture): string =>
  returns.length === 0 ? "No returns can be told" : `${returns.length} returns, ${from} to ${to}`;

type Surface = ReturnType<typeof surfaceOf>;

function HistogramPlot({ picture: { returns, marks }, plane, theme }: { picture: ReturnPicture } & Surface) {
  const bins = binsOf(returns, marks.map(({ loss }) => -loss));
  const [low, high] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 0];
  const x = numberAxis([low, high], [plane.left, plane.right], {
    label: (value) => percentTick(value, high - low < 0.05 ? 1 : 0),
    isNice: false,
  });
  const most = bins.reduce((count, bin) => Math.max(count, bin.count), 0);
  // The largest loss is told in the first row, and each line begins in its own: none runs through the label of another.
  const rows = [...marks].sort((a, b) => b.loss - a.loss);
  const row = Math.min(ROW_PX, (plane.bottom - plane.top) / 2 / Math.max(1, rows.length));
  const y = numberAxis([0, most], [plane.bottom, plane.top + row * rows.length], {
    label: (count) => Number.isInteger(count) ? String(count) : "",
  });
  return (
    <>
      <Axes plane={plane} x={x} y={y} theme={theme} />
      {bins.filter(({ count }) => count > 0).map(({ from, to, count }) => (
        <rect
          x={x.place(from)}
          y={y.place(count)}
          width={Math.max(0.5, x.place(to) - x.place(from) - 1)}
          height={plane.bottom - y.place(count)}
          fill={to <= 0 ? theme.quiet : theme.accent}
        >
          <title>{`${percent(from, 2)} to ${percent(to, 2)}: ${count}`}</title>
        </rect>
      ))}
      {rows.map(({ loss }, i) => (
        <line
          x1={x.place(-loss)}
          x2={x.place(-loss)}
          y1={px(plane.top + i * row)}
          y2={plane.bottom}
          stroke={theme.loss}
          stroke-width="1.5"
          stroke-dasharray="5 3"
        />
      ))}
      {row >= LEAST_ROW_PX && rows.map(({ label, loss }, i) => (
        <MarkLabel
          label={`${label}: ${percent(loss, 2)}`}
          at={x.place(-loss)}
          y={px(plane.top + (i + 0.5) * row)}
          plane={plane}
          theme={theme}
        />
      ))}
    </>
  );
}

/** Of a label, from its line and from the edges of the picture. */
const [LABEL_GAP_PX, LABEL_EDGE_PX] = [6, 4];

/** To the side of its line on which there is room; without any, the description alone tells it. */
function MarkLabel({ label, at, y, plane, theme }: { label: string; at: number; y: number } & Surface) {
  const reach = widthOf(label, 11) + LABEL_GAP_PX;
  const isRight = at + reach <= plane.right + plane.aside - LABEL_EDGE_PX;
  if (!isRight && at - reach < LABEL_EDGE_PX) return null;
  return (
    <text
      x={isRight ? at + LABEL_GAP_PX : at - LABEL_GAP_PX}
      y={y}
      text-anchor={isRight ? "start" : "end"}
      dominant-baseline="central"
      font-size="11"
      fill={theme.loss}
      stroke={theme.paper}
      stroke-width="3"
      paint-order="stroke"
    >
      {label}
    </text>
  );
}
