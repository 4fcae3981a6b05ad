/**
 * A portfolio's returns against those of an asset, on the days on which both have prices.
 *
 * @module
 */
import { type Metric, missing } from "../analysis/metric.ts";
import { BENCHMARK_METRIC_NAMES, type BenchmarkMetricName, benchmarkMetricsOf } from "../analysis/metrics.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { benchmarkWarnings, onCommonDays, readBenchmark } from "./benchmark.ts";
import type { AnalysisWarning } from "./line.ts";
import { allMissing, returnsIn } from "./portfolio_series.ts";
import type { Timeline } from "./timeline.ts";

export interface AgainstBenchmark {
  /** Its symbol. */
  readonly asset: string;
  readonly observations: number;
  readonly metrics: Readonly<Record<BenchmarkMetricName, Metric>>;
  readonly warnings: readonly AnalysisWarning[];
}

export interface AgainstOptions {
  /** Of the portfolio, by session. */
  readonly values: Float64Array;
  readonly periodsPerYear: number;
  /** A period. */
  readonly riskFree: number;
}

export async function againstBenchmark(
  ctx: AnalysisContext,
  symbol: string,
  timeline: Timeline,
  { values, ...told }: AgainstOptions,
): Promise<AgainstBenchmark> {
  const benchmark = await readBenchmark(ctx, symbol, timeline);
  const common = onCommonDays(values, timeline.sessions, benchmark);
  const [returns, others] = [returnsIn(common.values), returnsIn(common.prices)];
  const areKnown = returns instanceof Float64Array && others instanceof Float64Array;
  return {
    asset: benchmark.asset.symbol,
    observations: Math.max(0, common.values.length - 1),
    metrics: areKnown
      ? benchmarkMetricsOf(returns, others, told)
      : allMissing(BENCHMARK_METRIC_NAMES, missing("value_not_positive")),
    warnings: benchmarkWarnings(benchmark, common.values.length, timeline.sessions.length),
  };
}
