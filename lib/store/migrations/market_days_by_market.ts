/**
 * Version 1 to 2: a market day knows its market. Until then only the stock market was pulled, and days stood under their date.
 *
 * @module
 */
import { z } from "zod";
import { changes } from "../change.ts";
import type { ReadsAndCommits } from "../reads.ts";

const dayBefore = z.looseObject({ v: z.literal(1), date: z.string() });

/** Each takes two checks; an operation has ten. */
const DAYS_PER_OPERATION = 5;

export async function marketDaysByMarket(kv: ReadsAndCommits): Promise<void> {
  for (;;) {
    const days = await oldDays(kv);
    if (days.length === 0) return;
    for (let i = 0; i < days.length; i += DAYS_PER_OPERATION) {
      const change = changes(kv, () => {});
      for (const { key, versionstamp, value } of days.slice(i, i + DAYS_PER_OPERATION)) {
        const id = `stocks:${value.date}`;
        change.check(key, versionstamp).delete(key)
          .check(["market_days", id], null).set(["market_days", id], { ...value, v: 2, market: "stocks" })
          .set(["market_days_by_market", "stocks", id], id);
      }
      await change.commit();
    }
  }
}

async function oldDays(kv: ReadsAndCommits) {
  const entries = await Array.fromAsync(kv.list({ prefix: ["market_days"] }));
  return entries.flatMap(({ key, value, versionstamp }) => {
    const day = dayBefore.safeParse(value);
    return day.success ? [{ key, versionstamp, value: day.data }] : [];
  });
}
