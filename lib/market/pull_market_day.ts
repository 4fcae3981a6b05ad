/**
 * A pull: one grouped call for a market's whole day, its rows checked and stored shard by shard. Every step
 * may be repeated, cut off and resumed with the same end.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { DAY_MS, isDay } from "../day.ts";
import { defineJob, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import { asking, type MarketContext } from "./ask.ts";
import { type MarketDate, MARKETS } from "../store/market_days.ts";
import { marketToday, newestSession } from "./calendar.ts";
import { storeDay } from "./store_day.ts";

export const PULL_MARKET_DAY = "pull-market-day";

/** With the waits between them, most of a day: a session that is given up is not asked for again by itself. */
const MAX_ATTEMPTS = 24;
/** A session that is not over is asked for again until the one after it is. */
const POSTPONE_FOR_MS = 3 * DAY_MS;

/** What is stored of a request: a day of the stock market, where no other is named. */
type PullArgs = Pick<MarketDate, "date"> & Partial<Pick<MarketDate, "market">>;

/** `ctx` is what a request for the newest session is resolved by. */
export const pullMarketDay = (ctx: Context): JobDefinition<MarketContext> =>
  defineJob<MarketContext, PullArgs>({
    name: PULL_MARKET_DAY,
    args: argsSchema(ctx),
    id: ({ market, date }) => market === undefined ? date : `${market}:${date}`,
    priority: "urgent",
    maxAttempts: MAX_ATTEMPTS,
    postponeForMs: POSTPONE_FOR_MS,
    run: (ctx, run) => pullDay(ctx, run, { market: run.args.market ?? "stocks", date: run.args.date }),
  });

const argsSchema = (ctx: Context): z.ZodType<PullArgs> =>
  z.strictObject({
    date: z.string().refine(isDay, "must be a day of the calendar such as 2021-11-05").meta({ format: "date" })
      .optional(),
    market: z.enum(MARKETS).default("stocks"),
  }).refine(({ market, date = "" }) => date <= marketToday(ctx, market, ctx.now()), {
    path: ["date"],
    message: "must not be in the future",
  }).transform(async ({ market, date }) => ({
    date: date ?? await newestSession(ctx, market, ctx.now()),
    ...(market !== "stocks" && { market }),
  }));

/** Asks for a day and stores what comes of it; of a day that is there already, what has changed. */
export async function pullDay(ctx: MarketContext, run: JobRun<unknown>, day: MarketDate) {
  const market = asking(ctx, run);
  const rows = await market.ask((call) => market.provider.marketDay(day.market, day.date, call));
  const stored = await storeDay(ctx, { run, market }, day, rows);
  return { ...stored, provider_calls: market.calls() };
}
