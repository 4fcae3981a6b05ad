/**
 * Market days are days of the calendar that have begun, and say what their status allows.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { isDay, newestDay } from "../day.ts";
import { type MarketDay, marketDayCollection } from "../store/market_days.ts";
import type { Check } from "./check.ts";

const BATCH = 100;

export const marketDays: Check = {
  covers: [],
  async *faults({ ctx }) {
    const { schema } = marketDayCollection(ctx.store).options;
    for await (const { key, value } of ctx.store.list({ prefix: ["market_days"] }, { batchSize: BATCH })) {
      const read = schema.safeParse(value);
      // One that cannot be read is reported where all entities are.
      const what = read.success ? faultOfDay(ctx, read.data) : undefined;
      if (what !== undefined) yield { kind: "impossible_day", key, what };
    }
  },
};

export function faultOfDay(
  { now, marketTimeZone }: Context,
  { date, status, rows, revision }: MarketDay,
): string | undefined {
  const newest = newestDay(now(), marketTimeZone);
  if (!isDay(date)) return `${date} is no day of the calendar`;
  if (date > newest) return `has not begun: the newest day is ${newest}`;
  if (status === "complete" && revision === 0) return "is complete, but has no revision";
  if (status !== "complete" && rows > 0) return `is ${status}, but has ${rows} rows`;
  return undefined;
}
