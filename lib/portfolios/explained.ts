/**
 * What an analysis was made from: each price that counts on each session, what it was multiplied with, and the rate by which
 * it was converted.
 *
 * @module
 */
import { statedRate } from "../analysis/currency.ts";
import { plain, plainNumber } from "../analysis/decimal.ts";
import { isUnity, quotient, scaled } from "../analysis/ratio.ts";
import { dayNumber, dayOf } from "../day.ts";
import { countUpTo } from "../history/closes.ts";
import { invalid } from "../problem.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import type { Benchmark } from "./benchmark.ts";
import { inTurns } from "./in_turns.ts";
import { firstPriced, type Line } from "./line.ts";
import type { PricePath } from "./price_path.ts";
import type { Proxy } from "./sector_proxy.ts";
import type { Timeline } from "./timeline.ts";
import type { Held } from "./valuation.ts";

/** A price on a session; plain decimals. */
export interface ExplainedPrice {
  readonly date: string;
  /** Where it is an older day's. */
  readonly priceDate?: string;
  /** As traded, in the asset's currency. */
  readonly close: string | null;
  /** In today's shares, by `adjust`; where it is not the close. */
  readonly adjusted?: string;
  readonly factor?: string;
  readonly fxRate?: string;
  readonly fxRateDate?: string;
  /** In the portfolio's currency, as the double that the mathematics takes. */
  readonly price: number;
}

export interface ExplainedLine {
  readonly held: Held;
  readonly prices: readonly ExplainedPrice[];
  /** That of the day that the analysis is of, where the window ends before. */
  readonly newest?: ExplainedPrice;
  /** Instead of prices. */
  readonly proxy?: Proxy;
}

export interface ExplainedBenchmark {
  readonly asset: Benchmark["asset"];
  readonly prices: readonly ExplainedPrice[];
}

/** What is explained beside the timeline. */
export interface OtherInputs {
  readonly benchmark?: ExplainedBenchmark | undefined;
  /** The prices of what goes from one session to another, by its name. */
  readonly spans?: ReadonlyMap<string, readonly ExplainedLine[]>;
}

export interface Inputs extends OtherInputs {
  readonly lines: readonly ExplainedLine[];
}

/** Some megabytes of JSON. */
const MAX_PRICES = 20_000;

/** On each session. */
export function explainedLines(ctx: AnalysisContext, { lines, sessions }: Timeline): Promise<ExplainedLine[]> {
  const count = lines.length * sessions.length;
  if (count > MAX_PRICES) {
    const detail = `would tell ${count} prices, more than ${MAX_PRICES}; ask for a shorter window`;
    throw invalid([{ parameter: "explain", detail }]);
  }
  return inTurns(ctx, lines, (line) => ({
    held: line.held,
    prices: sessions.map((date, s) => onSession(line, s, date)),
    ...(line.newestPlace !== line.places.at(-1) && { newest: explainedPrice(line.path, line.newestPlace) }),
  }), LINES_A_TURN);
}

/** Each price takes decimals. */
const LINES_A_TURN = 4;

/** On the first session and the last, and on those that an estimate goes back from. */
export function explainedEnds(lines: readonly Line[], sessions: readonly string[]): ExplainedLine[] {
  const places = new Set([0, ...lines.map(firstPriced).sort((a, b) => a - b), sessions.length - 1]);
  return lines.map((line) => ({
    held: line.held,
    prices: [...places].map((place) => onSession(line, place, sessions[place] ?? "")),
  }));
}

/** As of each day on which it has had a price. */
export function explainedBenchmark({ asset, path }: Benchmark, days: Iterable<string>): ExplainedBenchmark {
  const places = [...new Set(days)].sort().map((date) => [countUpTo(path.days, dayNumber(date)) - 1, date] as const);
  const prices = places.filter(([place]) => place >= 0).map(([place, date]) => explainedPrice(path, place, date));
  return { asset, prices };
}

/** That of one place in a path, on a day on which it counts. */
export function explainedPrice(
  path: PricePath,
  place: number,
  date = dayOf(path.days[place] ?? 0),
  price = path.prices[place] ?? NaN,
): ExplainedPrice {
  const [close, day, factor, fx] = [path.closes[place], path.days[place], path.factors[place], path.rates?.[place]];
  if (close === undefined || day === undefined || factor === undefined) return { date, close: null, price };
  const priceDate = dayOf(day);
  return {
    date,
    ...(priceDate !== date && { priceDate }),
    close: plainNumber(close),
    ...(!isUnity(factor) && { adjusted: scaled(close, factor), factor: plain(quotient(factor)) }),
    ...(fx !== undefined && { fxRate: plain(statedRate(fx.rate)) }),
    ...(fx?.date !== undefined && { fxRateDate: fx.date }),
    price,
  };
}

const onSession = ({ path, places, prices }: Line, session: number, date: string): ExplainedPrice =>
  explainedPrice(path, places[session] ?? -1, date, prices[session]);
