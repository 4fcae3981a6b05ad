/**
 * Made-up price histories, long enough for analyses.
 *
 * @module
 */
import { addDays, isWeekend } from "../../lib/day.ts";
import { bodyOf, type Json } from "./answers.ts";
import { addAsset, addCloses } from "./factories.ts";
import type { TestService } from "./service.ts";

/** The last weekdays up to a day, by rising date. */
export function weekdaysUpTo(last: string, count: number): string[] {
  const days: string[] = [];
  for (let day = last; days.length < count; day = addDays(day, -1)) if (!isWeekend(day)) days.unshift(day);
  return days;
}

/** A close a weekday up to 2021-11-05, the last session of the tests' clock: 100, and then what the returns make of it. */
export async function addReturns(service: TestService, facts: Json & { symbol: string }, returns: readonly number[]) {
  await addAsset(service, facts);
  const days = weekdaysUpTo("2021-11-05", returns.length + 1);
  let price = 100;
  const closes = [price, ...returns.map((value) => price *= 1 + value)];
  await addCloses(service, facts.symbol, Object.fromEntries(days.map((day, i) => [day, rounded(closes[i])])));
}

/** As many places as a price may have. */
const rounded = (price = NaN): string => String(Math.round(price * 1e11) / 1e11);

/** What an analysis of portfolio 1 answers. */
export const analysisOf = async <T = Json>(service: TestService, name: string, id = 1): Promise<T> =>
  await bodyOf<T>(await service.request(`/portfolios/${id}/${name}`));

/** Equal but for the last digits of doubles. */
export function assertNear(actual: unknown, expected: number, tolerance = 1e-12): void {
  if (typeof actual === "number" && Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected))) return;
  throw new Error(`${actual} is not ${expected}`);
}
