/**
 * All that is told of a portfolio, at one version of the market: what a reader's page is made of.
 *
 * @module
 */
import type { Allocation } from "../analysis/sector_allocation.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { type Analysis, type AnalysisQuestion, assertAnswerable } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { atOneVersion } from "./at_one_version.ts";
import { type DatedHolding, holdingsOf } from "./holdings.ts";
import { type Performance, performanceOf } from "./performance.ts";
import { type Risk, riskOf, type RiskParameters } from "./risk.ts";
import { type RiskBacktest, riskBacktestOf } from "./risk_backtest.ts";
import { type Contributions, riskContributionsOf } from "./risk_contributions.ts";
import { type Scenario, scenariosOf, type Untold } from "./scenarios.ts";

export interface PortfolioReport {
  readonly marketVersion: string;
  readonly holdings: Analysis<Allocation<DatedHolding>>;
  readonly performance: Analysis<Performance>;
  readonly risk: Analysis<Risk>;
  readonly contributions: Analysis<Contributions>;
  readonly backtest: Analysis<RiskBacktest>;
  readonly scenarios: Analysis<(Scenario | Untold)[]>;
}

/** Of value at risk, where one level is told: of the parts, and of the test. */
export const [PARTS_CONFIDENCE, TEST_CONFIDENCE] = [0.95, 0.99];

const RISK: Omit<RiskParameters, "benchmark"> = {
  ...{ varConfidences: [0.95, 0.99], esConfidences: [0.975], horizonDays: 1, riskFree: 0, rollingSessions: 63 },
};

export async function reportOf(
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
  benchmark: string | undefined,
): Promise<PortfolioReport> {
  assertAnswerable(ctx, question);
  const { adjust, known_at } = question;
  const day = { as_of: question.to ?? question.as_of, known_at };
  const tested = { method: "historical", confidence: TEST_CONFIDENCE, lookback: 250 } as const;
  const replayed = { ...day, adjust, missing: "proxy_sector" } as const;
  const { marketVersion, read } = await atOneVersion(ctx, async () => ({
    holdings: await holdingsOf(ctx, portfolio, day),
    performance: await performanceOf(ctx, portfolio, question, benchmark),
    risk: await riskOf(ctx, portfolio, question, { ...RISK, benchmark }),
    contributions: await riskContributionsOf(ctx, portfolio, question, PARTS_CONFIDENCE),
    backtest: await riskBacktestOf(ctx, portfolio, question, tested),
    scenarios: await scenariosOf(ctx, portfolio, replayed, { shocks: [], replay: undefined }),
  }));
  return { ...read, marketVersion };
}
