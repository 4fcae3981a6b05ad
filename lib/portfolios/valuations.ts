/**
 * What a portfolio was worth on each session of a window, and each of its sectors, as exact money: on every day what
 * `sectors.ts` says of that day, to the last digit.
 *
 * @module
 */
import { FIXED_ZERO, type FixedPoint, fixedPoint, plainFixed, plusFixed, timesFixed } from "../analysis/fixed_point.ts";
import { sharesOf } from "../analysis/sector_allocation.ts";
import type { AnalysisContext } from "./analysis_context.ts";
import { exactValues } from "./exact_values.ts";
import type { Timeline } from "./timeline.ts";

export interface DayValue {
  readonly date: string;
  /** Plain decimals, in the portfolio's currency. */
  readonly marketValue: string;
  /** By sector code, for every sector that an investment stands in; they add up to the market value. */
  readonly sectors: Readonly<Record<string, string>>;
}

export async function valuationsIn(ctx: AnalysisContext, { lines, sessions }: Timeline): Promise<DayValue[]> {
  const totals = sessions.map(() => FIXED_ZERO);
  const bySector = new Map<string, FixedPoint[]>();
  for (const line of lines) {
    const values = exactValues(line);
    add(totals, values);
    for (const [sector, share] of sharesOf(line.held.asset)) {
      const sums = bySector.get(sector) ?? sessions.map(() => FIXED_ZERO);
      const part = fixedPoint(share);
      add(sums, share.eq(1) ? values : values.map((value) => timesFixed(value, part)));
      bySector.set(sector, sums);
    }
    await ctx.nextTurn();
  }
  const sectors = [...bySector].sort(([a], [b]) => a < b ? -1 : 1);
  return sessions.map((date, s) => ({
    date,
    marketValue: plainFixed(totals[s] ?? FIXED_ZERO),
    sectors: Object.fromEntries(sectors.map(([sector, sums]) => [sector, plainFixed(sums[s] ?? FIXED_ZERO)])),
  }));
}

function add(sums: FixedPoint[], values: readonly FixedPoint[]): void {
  for (const [s, value] of values.entries()) sums[s] = plusFixed(sums[s] ?? FIXED_ZERO, value);
}
