import type { ReadCache } from "../store/cache.ts";
import type { ValuationContext } from "./quotes.ts";

/** What long computations are given beside their data. */
export interface AnalysisContext extends ValuationContext {
  /** Ends once everything else that is waiting has had its turn. */
  readonly nextTurn: () => Promise<void>;
  /** Portfolios over time, by what they are made from: a few, since a large one takes megabytes. */
  readonly timelines: ReadCache;
  /** What analyses came to, by what they were made from. */
  readonly analyses: ReadCache;
}
