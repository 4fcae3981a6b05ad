/**
 * Sectors and their holdings as rectangles of their sizes.
 *
 * @module
 */
// @ts-types="@types/d3-hierarchy"
import { hierarchy, type HierarchyRectangularNode, treemap } from "d3-hierarchy";
import { Chart, type ChartElement, type ChartSize, Heading, Nothing } from "./chart.tsx";
import { descriptionOf, detailsOf, type SectorPicture, titleOf } from "./sector_shares.ts";
import { fillOf, Stripes } from "./stripes.tsx";
import { fitting, percent, px, widthOf } from "./text.ts";
import { type Theme, themeOf } from "./theme.ts";

/** A node of the tree: the portfolio, a sector or a holding. */
interface Node {
  readonly name: string;
  readonly sector: string;
  readonly value: number;
  readonly children?: readonly Node[];
}

type Placed = HierarchyRectangularNode<Node>;

const [TOP, EDGE, HEADER] = [56, 16, 18];
/** As wide as letters of 11 are when they are bold. */
const BOLD = 12;
/** Between the labels of two sectors. */
const LABEL_GAP_PX = 6;

export function sectorTreemap(picture: SectorPicture, size: ChartSize): ChartElement {
  const theme = themeOf(size.theme);
  const root = placedIn(picture, size);
  const sectors = root.children ?? [];
  const shorts = root.leaves().filter(({ data }) => data.value < 0).map(({ data }) => data.sector);
  return (
    <Chart {...size} title={titleOf(picture)} description={descriptionOf(picture)}>
      <Stripes sectors={shorts} theme={theme} />
      <Heading {...size} text={titleOf(picture)} details={detailsOf(picture)} />
      {root.value === 0
        ? <Nothing {...size} text="Nothing to show" />
        : sectors.map((sector) => <SectorBox sector={sector} theme={theme} />)}
    </Chart>
  );
}

function placedIn({ name, total, sectors }: SectorPicture, { width, height }: ChartSize): Placed {
  const tree: Node = {
    ...{ name, sector: "", value: total },
    children: sectors.map(({ sector, name, value, holdings }) => ({
      ...{ sector, name, value },
      children: holdings.map((holding) => ({ ...holding, sector })),
    })),
  };
  const gross = sectors.flatMap(({ holdings }) => holdings).reduce((sum, { value }) => sum + Math.abs(value), 0);
  const sized = hierarchy<Node>(tree, ({ children }) => children)
    .sum(({ children, value }) => children === undefined ? visible(Math.abs(value) / gross) : 0)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const layout = treemap<Node>().size([Math.max(1, width - 2 * EDGE), Math.max(1, height - TOP - EDGE)])
    .paddingInner(2).paddingTop(({ depth }) => depth === 1 ? HEADER : 0);
  return layout(sized);
}

/** Of the smallest doubles the layout would make infinite rectangles. */
const SMALLEST_SHARE = 1e-9;
const visible = (share: number): number => share >= SMALLEST_SHARE ? share : 0;

function SectorBox({ sector, theme }: { sector: Placed; theme: Theme }) {
  const width = sector.x1 - sector.x0 - LABEL_GAP_PX;
  const whole = `${sector.data.name} ${percent(sector.value ?? 0)}`;
  const label = fitting([whole, sector.data.name], width, BOLD);
  return (
    <g transform={`translate(${EDGE} ${TOP})`}>
      <text x={px(sector.x0 + 2)} y={px(sector.y0 + 12)} font-size="11" font-weight="600">
        {label}
      </text>
      {sector.leaves().map((leaf) => <HoldingBox leaf={leaf} theme={theme} />)}
    </g>
  );
}

function HoldingBox({ leaf, theme }: { leaf: Placed; theme: Theme }) {
  const { x0, x1, y0, y1, data, value = 0 } = leaf;
  const [width, height] = [Math.max(0, x1 - x0), Math.max(0, y1 - y0)];
  const share = percent(Math.sign(data.value) * value);
  // A symbol or a number of which a part is missing is another one.
  const whole = (text: string, size: number) => widthOf(text, size) <= width - 12 ? text : "";
  const [name, detail] = [whole(data.name, 12), whole(share, 11)];
  // Stripes are no ground for letters.
  const ink = data.value < 0 ? theme.ink : theme.onSector;
  return (
    <g transform={`translate(${px(x0)} ${px(y0)})`}>
      <rect width={px(width)} height={px(height)} rx="3" fill={fillOf(theme, data.sector, data.value)}>
        <title>{`${data.name}: ${share}`}</title>
      </rect>
      {height >= 20 && data.value < 0 && name !== "" && (
        <rect x="4" y="3" width={px(width - 8)} height={Math.min(32, height - 6)} rx="2" fill={theme.paper} />
      )}
      {height >= 20 && <text x="6" y="15" fill={ink} font-weight="600">{name}</text>}
      {height >= 36 && name !== "" && <text x="6" y="29" fill={ink} font-size="11">{detail}</text>}
    </g>
  );
}
