/**
 * An asset to measure a portfolio against, in the portfolio's currency.
 *
 * @module
 */
import { dayNumber } from "../day.ts";
import { countUpTo } from "../history/closes.ts";
import { readFxPath } from "../history/fx_path.ts";
import { invalid } from "../problem.ts";
import { type Asset, isCash } from "../store/assets.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import type { AnalysisWarning } from "./line.ts";
import { cashPath, convertedPath, pathOptions, type PricePath, readRawPath } from "./price_path.ts";
import { instantOf } from "./read_paths.ts";
import type { Timeline } from "./timeline.ts";

export interface Benchmark {
  readonly asset: Asset;
  readonly path: PricePath;
}

/** Its prices from the timeline's first session to its last, and the one before; throws for a symbol that is not known. */
export async function readBenchmark(
  ctx: AnalysisContext,
  symbol: string,
  { portfolio, sessions, question }: Pick<Timeline, "portfolio" | "sessions" | "question">,
): Promise<Benchmark> {
  const found = await ctx.assets.getBy("symbol", [symbol]);
  if (found === undefined) {
    throw invalid([{ parameter: "benchmark", detail: `There is no asset ${symbol}` }]);
  }
  const asset = found.value;
  const [from, to] = [sessions[0], sessions.at(-1)];
  const span = from === undefined || to === undefined ? NO_DAYS : { from, to };
  const knownAt = instantOf(question.knownAt);
  const raw = isCash(asset)
    ? cashPath(Int32Array.from(sessions, dayNumber))
    : await readRawPath(ctx, asset, span, pathOptions(ctx, question.adjust, knownAt));
  const fx = asset.currency === portfolio.currency
    ? undefined
    : await readFxPath(ctx, asset.currency, portfolio.currency, span, knownAt);
  return { asset, path: convertedPath(raw, fx) };
}

const NO_DAYS = { from: "1970-01-01", to: "1970-01-01" };

/** What portfolio and benchmark are worth on the days on which both have a price of their own. */
export function onCommonDays(values: Float64Array, sessions: readonly string[], { path }: Benchmark) {
  const days = new Map(Array.from(path.days, (day, place) => [day, place]));
  const common = sessions.flatMap((session, s) => {
    const place = days.get(dayNumber(session));
    return place === undefined ? [] : [{ value: values[s] ?? NaN, price: path.prices[place] ?? NaN }];
  });
  return {
    values: Float64Array.from(common, ({ value }) => value),
    prices: Float64Array.from(common, ({ price }) => price),
  };
}

/** The benchmark's price as of a day: never a later one. */
export const benchmarkPrice = ({ path }: Benchmark, day: string): number | undefined =>
  path.prices[countUpTo(path.days, dayNumber(day)) - 1];

export function benchmarkWarnings({ asset }: Benchmark, common: number, sessions: number): AnalysisWarning[] {
  if (common === sessions) return [];
  const detail = `The benchmark ${asset.symbol} has prices on ${common} of ${sessions} sessions; returns are taken ` +
    "between those";
  return [{ code: "benchmark_gaps", asset: asset.symbol, detail }];
}
