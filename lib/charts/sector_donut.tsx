/**
 * Sectors as a ring, with a legend beside it, or below it where the picture is higher than wide.
 *
 * @module
 */
// @ts-types="@types/d3-shape"
import { arc, pie, type PieArcDatum } from "d3-shape";
import { Chart, type ChartElement, type ChartSize, Heading, Nothing } from "./chart.tsx";
import { descriptionOf, detailsOf, type SectorPicture, type SectorSlice, sharesOf, titleOf } from "./sector_shares.ts";
import { fillOf, Stripes } from "./stripes.tsx";
import { clipped, percent, px, widthOf } from "./text.ts";
import { type Theme, themeOf } from "./theme.ts";

type Shared = SectorSlice & { readonly share: number };

const [TOP, EDGE, GAP] = [56, 16, 24];
const [ROW, MIN_ROW, MAX_LEGEND] = [24, 13, 320];
const [NAME_LEFT, SHARE, LEAST_NAME] = [20, 56, 48];

export function sectorDonut(picture: SectorPicture, size: ChartSize): ChartElement {
  const theme = themeOf(size.theme);
  const shares = sharesOf(picture.sectors);
  const shorts = shares.filter(({ value }) => value < 0).map(({ sector }) => sector);
  const { ring, legend } = layoutOf(size, shares.map(({ name }) => name));
  return (
    <Chart {...size} title={titleOf(picture)} description={descriptionOf(picture)}>
      <Stripes sectors={shorts} theme={theme} />
      <Heading {...size} text={titleOf(picture)} details={detailsOf(picture)} />
      {shares.length === 0 ? <Nothing {...size} text="Nothing to show" /> : (
        <>
          <Ring shares={shares} {...ring} theme={theme} />
          <Legend shares={shares} {...legend} theme={theme} />
        </>
      )}
    </Chart>
  );
}

/** Beside its legend the ring leaves room for the names, as long as it is itself to be seen. */
const [LARGEST_RING, SMALLEST_RING] = [0.45, 0.25];

function layoutOf({ width, height }: ChartSize, names: readonly string[]) {
  const [across, down] = [width - 2 * EDGE, height - TOP - EDGE];
  const isBeside = across >= down;
  const named = NAME_LEFT + Math.max(0, ...names.map((name) => widthOf(name, 12))) + SHARE;
  const beside = Math.max(across * SMALLEST_RING, Math.min(across * LARGEST_RING, across - GAP - named));
  const diameter = Math.max(2, isBeside ? Math.min(down, beside) : Math.min(across, down * 0.55));
  const radius = diameter / 2;
  const ring = { x: isBeside ? EDGE + radius : width / 2, y: isBeside ? TOP + down / 2 : TOP + radius, radius };
  const legend = isBeside
    ? { x: EDGE + diameter + GAP, y: TOP, width: Math.min(MAX_LEGEND, across - diameter - GAP), height: down }
    : { x: EDGE, y: TOP + diameter + EDGE, width: across, height: down - diameter - EDGE };
  return { ring, legend };
}

interface RingProps {
  readonly shares: readonly Shared[];
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly theme: Theme;
}

function Ring({ shares, x, y, radius, theme }: RingProps) {
  const arcs = pie<Shared>().value(({ share }) => Math.abs(share)).sort(null)([...shares]);
  const shape = arc<PieArcDatum<Shared>>().innerRadius(radius * 0.62).outerRadius(radius).digits(2);
  return (
    <g transform={`translate(${px(x)} ${px(y)})`} stroke={theme.paper} stroke-width="1.5">
      {arcs.map((each) => (
        <path d={shape(each) ?? ""} fill={fillOf(theme, each.data.sector, each.data.value)}>
          <title>{`${each.data.name}: ${percent(each.data.share)}`}</title>
        </path>
      ))}
    </g>
  );
}

interface LegendProps {
  readonly shares: readonly Shared[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

/** As many rows as there is room for, the last of which says how many there are beside; shares where names leave room. */
function Legend({ shares, x, y, width, height, theme }: LegendProps) {
  const most = Math.max(0, Math.floor(height / MIN_ROW));
  const rows = shares.slice(0, shares.length <= most ? most : Math.max(0, most - 1));
  const [rest, count] = [shares.length - rows.length, Math.min(shares.length, most)];
  const row = Math.min(ROW, height / Math.max(1, count));
  const top = y + (height - row * count) / 2;
  const hasShares = width - NAME_LEFT - SHARE >= LEAST_NAME;
  const nameWidth = width - NAME_LEFT - (hasShares ? SHARE : 0);
  return (
    <>
      {rows.map(({ sector, name, value, share }, i) => (
        <g transform={`translate(${px(x)} ${px(top + row * (i + 0.5))})`}>
          <rect y="-5" width="10" height="10" rx="2" fill={fillOf(theme, sector, value)} stroke={theme.line} />
          <text x="18" dominant-baseline="central">{clipped(name, nameWidth, 12)}</text>
          {hasShares && (
            <text x={px(width)} text-anchor="end" dominant-baseline="central" fill={theme.quiet}>{percent(share)}</text>
          )}
        </g>
      ))}
      {rest > 0 && count > 0 && (
        <text x={px(x + 18)} y={px(top + row * (count - 0.5))} dominant-baseline="central" fill={theme.quiet}>
          {`${rest} more`}
        </text>
      )}
    </>
  );
}
