/**
 * Market days are days of the calendar that have begun, and say what their status allows.
 *
 * @module
 */
import { isDay, newestDay } from "../day.ts";
import { type MarketDay, marketDayCollection } from "../store/market_days.ts";
import type { Check } from "./check.ts";

const BATCH = 100;

export const marketDays: Check = {
  covers: [],
  async *faults({ ctx }) {
    const { schema } = marketDayCollection(ctx.store).options;
    const newest = newestDay(ctx.now(), ctx.marketTimeZone);
    for await (const { key, value } of ctx.store.list({ prefix: ["market_days"] }, { batchSize: BATCH })) {
      const read = schema.safeParse(value);
      // One that cannot be read is reported where all entities are.
      const what = read.success ? faultIn(read.data, newest) : undefined;
      if (what !== undefined) yield { key, what };
    }
  },
};

function faultIn({ date, status, rows, revision }: MarketDay, newest: string): string | undefined {
  if (!isDay(date)) return `${date} is no day of the calendar`;
  if (date > newest) return `has not begun: the newest day is ${newest}`;
  if (status === "complete" && revision === 0) return "is complete, but has no revision";
  if (status !== "complete" && rows > 0) return `is ${status}, but has ${rows} rows`;
  return undefined;
}
