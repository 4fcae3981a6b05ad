/**
 * What an analysis was made from: each price that counts on each session, what it was multiplied with, and the rate by which
 * it was converted.
 *
 * @module
 */
import { statedRate } from "../analysis/currency.ts";
import { plain, plainNumber } from "../analysis/decimal.ts";
import { isUnity, quotient, scaled } from "../analysis/ratio.ts";
import { dayOf } from "../day.ts";
import { Problem } from "../problem.ts";
import type { Line } from "./line.ts";
import type { Timeline } from "./timeline.ts";

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
  readonly line: Line;
  readonly prices: readonly ExplainedPrice[];
}

/** Some megabytes of JSON. */
const MAX_PRICES = 20_000;

export function explained({ lines, sessions }: Timeline): ExplainedLine[] {
  const count = lines.length * sessions.length;
  if (count > MAX_PRICES) {
    const detail = `would tell ${count} prices, more than ${MAX_PRICES}; ask for a shorter window`;
    throw new Problem("validation-failed", `explain ${detail}`, { errors: [{ parameter: "explain", detail }] });
  }
  return lines.map((line) => ({ line, prices: sessions.map((date, s) => explainedPrice(line, date, s)) }));
}

function explainedPrice({ path, places, prices }: Line, date: string, session: number): ExplainedPrice {
  const place = places[session] ?? -1;
  const [close, day, factor, fx] = [path.closes[place], path.days[place], path.factors[place], path.rates?.[place]];
  const price = prices[session] ?? NaN;
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
