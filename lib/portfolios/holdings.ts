/**
 * What a portfolio holds, and what each holding is worth on the day that an analysis is of: what `sectors.ts` says of that
 * day, but as it was known at any instant.
 *
 * @module
 */
import type { FixedPoint } from "../analysis/fixed_point.ts";
import { scaled } from "../analysis/ratio.ts";
import { allocate, type Allocation } from "../analysis/sector_allocation.ts";
import { dayOf } from "../day.ts";
import type { Versioned } from "../store/collection.ts";
import type { Asset } from "../store/assets.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { analysed, type Analysis, type AnalysisQuestion } from "./analysis.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { exactNewest } from "./exact_values.ts";
import type { Line } from "./line.ts";

/** An investment with its price and value of the day. */
export interface DatedHolding {
  readonly asset: Asset;
  /** Plain decimal. */
  readonly amount: string;
  /** In the asset's currency and today's shares; plain decimal. */
  readonly price: string;
  readonly priceDate: string;
  /** In the portfolio's currency. */
  readonly marketValue: FixedPoint;
}

export const holdingsOf = (
  ctx: AnalysisContext,
  portfolio: Versioned<Portfolio>,
  { as_of, known_at }: Pick<AnalysisQuestion, "as_of" | "known_at">,
): Promise<Analysis<Allocation<DatedHolding>>> => {
  const question = { as_of, known_at, adjust: "splits", missing: "proxy_sector" } as const;
  // One day wants no history.
  return analysed(ctx, portfolio, { ...question, window: { count: 0, unit: "sessions" } }, {
    name: "holdings",
    compute: ({ lines }) => allocate(lines.map(holdingOf)),
  });
};

function holdingOf(line: Line): DatedHolding {
  const { held: { asset, amount }, path, newestPlace } = line;
  const [close, factor] = [path.closes[newestPlace], path.factors[newestPlace]];
  const price = close === undefined || factor === undefined ? "0" : scaled(close, factor);
  return { asset, amount, price, priceDate: dayOf(path.days[newestPlace] ?? 0), marketValue: exactNewest(line) };
}
