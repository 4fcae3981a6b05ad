import {
  compareFixed,
  type FixedPoint,
  nearestQuotient,
  plainFixed,
  sumFixed,
} from "../../lib/analysis/fixed_point.ts";
import type { DatedHolding } from "../../lib/portfolios/holdings.ts";
import type { PortfolioReport } from "../../lib/portfolios/report.ts";
import { sectorName } from "../sectors.ts";
import { fraction, money, quantity } from "./format.ts";
import { Table } from "./table.tsx";

const weightOf = (value: FixedPoint, total: FixedPoint): string =>
  total.digits === 0 ? "–" : fraction(nearestQuotient(value, total));

export function SectorTable({ report: { holdings } }: { report: PortfolioReport }) {
  const { result: { sectors, marketValue: total }, portfolio } = holdings;
  const row = (name: string, value: FixedPoint) => [name, money(plainFixed(value)), weightOf(value, total)];
  const rows = [...sectors.map(({ sector, marketValue }) => row(sectorName(sector), marketValue)), row("Total", total)];
  return <Table caption="By sector" head={["Sector", `Value, ${portfolio.currency}`, "Weight"]} rows={rows} hasTotal />;
}

/** More are for a program to read. */
const MAX_HOLDINGS = 50;

function othersRow(others: readonly Held[], total: FixedPoint) {
  const value = sumFixed(others.map(({ holding }) => holding.marketValue));
  return [`${others.length} others`, "–", "–", "–", money(plainFixed(value)), weightOf(value, total)];
}

/** An investment once, however many sectors it stands in. */
interface Held {
  readonly holding: DatedHolding;
  readonly sectors: readonly string[];
}

export function HoldingTable({ report: { holdings } }: { report: PortfolioReport }) {
  const { result, portfolio, leftOut, asOf } = holdings;
  if (portfolio.investments.length === 0) return <p>It holds nothing.</p>;
  const held = heldIn(result.sectors);
  const largest = held.length > MAX_HOLDINGS ? held.slice(0, MAX_HOLDINGS) : held;
  const priced = largest.map(({ holding, sectors }) => [
    <Named symbol={holding.asset.symbol} name={holding.asset.name} />,
    sectors.length === 1 ? sectorName(sectors[0] ?? "") : `${sectors.length} sectors`,
    quantity(holding.amount),
    <Priced holding={holding} asOf={asOf} />,
    ...[money(plainFixed(holding.marketValue)), weightOf(holding.marketValue, result.marketValue)],
  ]);
  const without = leftOut.slice(0, MAX_HOLDINGS).map(({ held: { asset, amount }, reason }) => [
    <Named symbol={asset.symbol} name={asset.name} />,
    ...["–", quantity(amount), reason.replaceAll("_", " "), "–", "–"],
  ]);
  if (leftOut.length > without.length) {
    without.push([`${leftOut.length - without.length} others without a price`, ...Array(5).fill("–")]);
  }
  const others = held.slice(largest.length);
  const rest = others.length === 0 ? [] : [othersRow(others, result.marketValue)];
  const head = ["Asset", "Sector", "Amount", "Price", `Value, ${portfolio.currency}`, "Weight"];
  const caption = others.length === 0 ? "Holdings" : `Holdings, the ${largest.length} largest of ${held.length}`;
  return <Table caption={caption} head={head} rows={[...priced, ...rest, ...without]} words={2} />;
}

const Named = ({ symbol, name }: { symbol: string; name: string }) => (
  <>
    {symbol} <span class="name">{name}</span>
  </>
);

/** The day stands beside a price that is older than the report. */
const Priced = ({ holding: { price, priceDate, asset }, asOf }: { holding: DatedHolding; asOf: string | null }) => (
  <>
    {quantity(price)} {asset.currency}
    {priceDate !== asOf && <span class="name">of {priceDate}</span>}
  </>
);

const absolute = ({ digits, places }: FixedPoint): FixedPoint => ({ digits: digits < 0 ? -digits : digits, places });

/** By falling size, whether long or short. */
function heldIn(sectors: PortfolioReport["holdings"]["result"]["sectors"]): Held[] {
  const parts = sectors.flatMap(({ sector, slices }) => slices.map(({ holding }) => ({ holding, sector })));
  const held = [...Map.groupBy(parts, ({ holding }) => holding)]
    .map(([holding, parts]) => ({ holding, sectors: parts.map(({ sector }) => sector) }));
  const sizeOf = ({ holding }: Held) => absolute(holding.marketValue);
  return held.sort((a, b) => compareFixed(sizeOf(b), sizeOf(a)));
}
