/**
 * Asking again for a day that was pulled before: late trades change volumes, and rarely prices, for some days.
 *
 * @module
 */
import { z } from "zod";
import { isDay } from "../day.ts";
import { defineJob, type JobDefinition } from "../jobs/definition.ts";
import { type MarketDate, MARKETS } from "../store/market_days.ts";
import type { MarketContext } from "./ask.ts";
import { pullDay } from "./pull_market_day.ts";

export const REFETCH_MARKET_DAY = "refetch-market-day";

interface RefetchArgs extends MarketDate, Readonly<Record<string, unknown>> {
  /** The night for which it is asked again: once a night. */
  readonly night: string;
}

/** The next night asks again anyway. */
const MAX_ATTEMPTS = 8;

const day = z.string().refine(isDay, "must be a day of the calendar such as 2021-11-05").meta({ format: "date" });

export const refetchMarketDay: JobDefinition<MarketContext> = defineJob<MarketContext, RefetchArgs>({
  name: REFETCH_MARKET_DAY,
  args: z.strictObject({ night: day, market: z.enum(MARKETS), date: day }),
  id: ({ night, market, date }) => `${night}:${market}:${date}`,
  maxAttempts: MAX_ATTEMPTS,
  run: (ctx, run) => pullDay(ctx, run, { market: run.args.market, date: run.args.date }),
});
