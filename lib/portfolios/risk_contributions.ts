/**
 * Where a portfolio's risk comes from: what each asset and each sector adds to its volatility and its Gaussian value at risk,
 * at today's weights. The parts add up to the whole.
 *
 * @module
 */
import { type FixedPoint, plainFixed } from "../analysis/fixed_point.ts";
import type { Missing, MissingReason } from "../analysis/metric.ts";
import { missing } from "../analysis/metric.ts";
import { riskContributions, varContributions } from "../analysis/risk_contribution.ts";
import { sharesOf } from "../analysis/sector_allocation.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { newestMarketValue } from "./exact_values.ts";
import { newestValue } from "./line.ts";
import { moneyOf } from "./money.ts";
import { assetReturns, periodsPerYear } from "./portfolio_series.ts";
import type { Timeline } from "./timeline.ts";

/** What a part adds to the whole. */
export interface RiskPart {
  /** Share of the portfolio's value; negative for what is short. */
  readonly weight: number;
  /** A year; the parts add up to the portfolio's volatility. */
  readonly volatility: number;
  /** Of one day, as a fraction of the portfolio's value; the parts add up to the portfolio's value at risk. */
  readonly valueAtRisk: number;
  readonly amount: string | null;
}

export interface AssetRisk extends RiskPart {
  readonly asset: string;
  /** What one more of its weight would add. */
  readonly marginalVolatility: number;
  readonly marginalValueAtRisk: number;
}

export interface SectorRisk extends RiskPart {
  readonly sector: string;
}

export interface RiskSplit {
  readonly volatility: number;
  readonly valueAtRisk: number;
  readonly amount: string | null;
  /** Volatilities of the assets by absolute weight over the portfolio's: 1 where nothing offsets. */
  readonly diversificationRatio: number;
  /** In the portfolio's order. */
  readonly assets: readonly AssetRisk[];
  /** By falling value at risk. */
  readonly sectors: readonly SectorRisk[];
}

export interface Contributions {
  readonly observations: number;
  readonly periodsPerYear: number;
  readonly marketValue: string;
  /** None where there is no risk to split. */
  readonly split: RiskSplit | { readonly reason: MissingReason };
}

export const riskContributionsOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  question: AnalysisQuestion,
  confidence: number,
): Promise<Analysis<Contributions>> =>
  analysed(ctx, portfolio, question, {
    ...{ name: "risk contributions", parameters: { confidence } },
    compute: (timeline) => contributionsIn(timeline, confidence),
  });

export function contributionsIn(timeline: Timeline, confidence: number): Contributions {
  const marketValue = newestMarketValue(timeline.lines);
  return {
    observations: Math.max(0, timeline.sessions.length - 1),
    periodsPerYear: periodsPerYear(timeline),
    marketValue: plainFixed(marketValue),
    split: splitIn(timeline, confidence, marketValue),
  };
}

function splitIn(timeline: Timeline, confidence: number, marketValue: FixedPoint): RiskSplit | Missing {
  const { lines } = timeline;
  const values = lines.map(newestValue);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (marketValue.digits <= 0 || total <= 0) {
    return missing(lines.length === 0 ? "too_few_observations" : "value_not_positive");
  }
  const weights = Float64Array.from(values, (value) => value / total);
  const split = riskContributions(lines.map(assetReturns), weights);
  if (!("components" in split)) return split;
  const ofVar = varContributions(split, weights, confidence);
  const year = Math.sqrt(periodsPerYear(timeline));
  const assets = lines.map(({ held }, i): AssetRisk => ({
    asset: held.asset.symbol,
    weight: weights[i] ?? NaN,
    volatility: (split.components[i] ?? NaN) * year,
    valueAtRisk: ofVar.components[i] ?? NaN,
    amount: moneyOf(ofVar.components[i] ?? NaN, marketValue),
    marginalVolatility: (split.marginals[i] ?? NaN) * year,
    marginalValueAtRisk: ofVar.marginals[i] ?? NaN,
  }));
  return {
    volatility: split.deviation * year,
    valueAtRisk: ofVar.total,
    amount: moneyOf(ofVar.total, marketValue),
    diversificationRatio: split.diversificationRatio,
    assets,
    sectors: bySector(timeline, assets, marketValue),
  };
}

/** A sector's part is the sum of its members', an asset of several sectors split by its weights. */
function bySector({ lines }: Timeline, assets: readonly AssetRisk[], marketValue: FixedPoint): SectorRisk[] {
  const sums = new Map<string, { weight: number; volatility: number; valueAtRisk: number }>();
  for (const [i, { weight, volatility, valueAtRisk }] of assets.entries()) {
    const asset = lines[i]?.held.asset;
    for (const [sector, share] of asset === undefined ? [] : sharesOf(asset)) {
      const [part, sum] = [share.toNumber(), sums.get(sector) ?? { weight: 0, volatility: 0, valueAtRisk: 0 }];
      sum.weight += part * weight;
      sum.volatility += part * volatility;
      sum.valueAtRisk += part * valueAtRisk;
      sums.set(sector, sum);
    }
  }
  return [...sums].map(([sector, sum]) => ({ sector, ...sum, amount: moneyOf(sum.valueAtRisk, marketValue) }))
    .sort((a, b) => b.valueAtRisk - a.valueAtRisk || (a.sector < b.sector ? -1 : 1));
}
