/**
 * What lines of a timeline are worth, as exact money. It is computed as `valuation.ts` computes one day, but in fixed point,
 * since there may be hundreds of investments on thousands of days.
 *
 * @module
 */
import { FIXED_ZERO, type FixedPoint, fixedPoint, plusFixed, timesFixed } from "../analysis/fixed_point.ts";
import { ratio, roundedProduct, scaledFixed } from "../analysis/ratio.ts";
import type { Line } from "./line.ts";

/** By session, in the portfolio's currency. */
export function exactValues(line: Line): FixedPoint[] {
  const amount = fixedPoint(line.held.amount);
  let [lastPlace, lastValue] = [-1, FIXED_ZERO];
  return Array.from(line.places, (place, s) => {
    if (place < 0) return timesFixed(amount, estimated(line.prices[s] ?? NaN));
    if (place !== lastPlace) [lastPlace, lastValue] = [place, valueAt(line, amount, place)];
    return lastValue;
  });
}

/** What all of them are worth on the day that the analysis is of. */
export const newestMarketValue = (lines: readonly Line[]): FixedPoint =>
  lines.reduce((sum, line) => plusFixed(sum, exactNewest(line)), FIXED_ZERO);

export const exactNewest = (line: Line): FixedPoint => valueAt(line, fixedPoint(line.held.amount), line.newestPlace);

function valueAt({ path }: Line, amount: FixedPoint, place: number): FixedPoint {
  const [close, factor, fx] = [path.closes[place], path.factors[place], path.rates?.[place]];
  if (close === undefined || factor === undefined) return FIXED_ZERO;
  const value = timesFixed(amount, scaledFixed(close, factor));
  return fx === undefined ? value : roundedProduct(value, fx.rate);
}

/** An estimate is no price that anybody paid: it is rounded as adjusted prices are. */
const estimated = (price: number): FixedPoint => roundedProduct(fixedPoint(price), ratio(1, 1));
