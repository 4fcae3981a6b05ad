/**
 * The report: one page for a reader, to be printed too. It needs no script.
 *
 * @module
 */
import { plainFixed } from "../../lib/analysis/fixed_point.ts";
import type { PortfolioReport } from "../../lib/portfolios/report.ts";
import { Frame } from "../site_page.tsx";
import { fraction, money } from "./format.ts";
import { DrawdownTable, Extremes, MonthTable, PeriodTable } from "./performance_section.tsx";
import { Picture } from "./picture.tsx";
import { leftOutText, Warnings } from "./warnings.tsx";
import { Backtest, ContributionTables, MetricTable, ScenarioTable, TailTable } from "./risk_section.tsx";
import { HoldingTable, SectorTable } from "./sectors_section.tsx";

export interface ReportPageProps {
  readonly report: PortfolioReport;
  readonly styles: readonly string[];
  /** What the report was asked, for its pictures to be asked the same. */
  readonly query: Readonly<Record<string, string>>;
}

export function ReportPage({ report, styles, query }: ReportPageProps) {
  const { portfolio, asOf, result: { marketValue } } = report.holdings;
  const title = `${portfolio.name}: report`;
  const worth = `${money(plainFixed(marketValue))} ${portfolio.currency}`;
  const day = { ...(asOf !== null && { as_of: asOf }), ...(query["known_at"] && { known_at: query["known_at"] }) };
  return (
    <Frame title={title} description={`${portfolio.name}: value, performance and risk.`} styles={styles}>
      <main class="report">
        <header>
          <h1>{portfolio.name}</h1>
          <p class="worth">{worth}</p>
          <p class="quiet">{asOf === null ? "Nothing has a price" : `At the prices of ${asOf}`}</p>
        </header>
        <section>
          <h2>What it holds</h2>
          <Picture
            {...{ name: "sectors.svg", portfolioId: portfolio.id, query: day }}
            {...{ height: 320, narrowHeight: 520, alt: "The sectors as a ring; the table says the same" }}
          />
          <SectorTable report={report} />
          <HoldingTable report={report} />
        </section>
        <PerformanceSection report={report} query={query} />
        <RiskSection report={report} query={query} />
        <Basis report={report} query={query} />
      </main>
    </Frame>
  );
}

type SectionProps = Omit<ReportPageProps, "styles">;

const PerformanceSection = ({ report, query }: SectionProps) => {
  const asked = { portfolioId: report.holdings.portfolio.id, query };
  return (
    <section>
      <h2>How it did</h2>
      <Picture {...asked} name="value.svg" height={280} alt="The value over the window, as a line" />
      <PeriodTable report={report} />
      <Extremes report={report} />
      <MonthTable report={report} />
      <Picture
        {...asked}
        name="drawdown.svg"
        height={240}
        alt="How far the value was below its peak, over the window"
      />
      <DrawdownTable report={report} />
    </section>
  );
};

const RiskSection = ({ report, query }: SectionProps) => {
  const asked = { portfolioId: report.holdings.portfolio.id, query };
  return (
    <section>
      <h2>What it risks</h2>
      <div class="pair">
        <MetricTable report={report} />
        <TailTable report={report} />
      </div>
      <Picture {...asked} name="returns.svg" height={300} alt="How often which daily return came" />
      <Backtest report={report} />
      <ContributionTables report={report} />
      <Picture
        {...{ ...asked, name: "correlations.svg", alt: "The correlations of the assets, a square for each two" }}
        {...correlationHeights(report.risk.portfolio.investments.length - report.risk.leftOut.length)}
      />
      <ScenarioTable report={report} />
    </section>
  );
};

/** As high as its rows need. */
const correlationHeights = (assets: number) => ({
  height: Math.min(520, 150 + 40 * assets),
  narrowHeight: Math.min(460, 150 + 40 * assets),
});

/** What everything above was made of. */
function Basis({ report: { risk, marketVersion }, query }: SectionProps) {
  const { portfolio, window, coverage, warnings, leftOut, question, result } = risk;
  const asked = { ...query, ...(result.benchmark !== undefined && { benchmark: result.benchmark.asset }) };
  const known = question.known_at === undefined ? "" : `, as it was known at ${question.known_at}`;
  return (
    <section class="basis">
      <h2>What this is made of</h2>
      <p>
        Today's amounts, held {window.from === null ? "on no day" : `over ${window.from} to ${window.to}`}:{" "}
        {result.observations}{" "}
        daily returns{question.adjust === "total" ? ", dividends reinvested" : ", without dividends"}. Of what is held,
        {" "}
        {coverage === null ? "nothing" : fraction(coverage, 1)}{" "}
        has a price of its own on every day. Losses are positive. Market data of version {marketVersion}
        {known}.
      </p>
      {leftOut.length > 0 && <p>Left out: {leftOutText(leftOut)}.</p>}
      <Warnings warnings={warnings} href={`/portfolios/${portfolio.id}/risk?${new URLSearchParams(asked)}`} />
    </section>
  );
}
