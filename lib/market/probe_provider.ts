/**
 * One call, to see whether the provider answers: for whoever has given it another key, or waits for it to be well.
 *
 * @module
 */
import { z } from "zod";
import { defineJob, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import { asking, type MarketContext } from "./ask.ts";
import { newestSession } from "./calendar.ts";

export const probeProvider: JobDefinition<MarketContext> = defineJob<MarketContext, Record<string, never>>({
  name: "probe-provider",
  args: z.strictObject({}),
  id: () => "now",
  priority: "urgent",
  maxAttempts: 1,
  run: probe,
});

async function probe(ctx: MarketContext, run: JobRun<unknown>) {
  const market = asking(ctx, run);
  const { holidays, marketDay } = market.provider;
  const session = await newestSession(ctx, "stocks", ctx.now());
  // The smaller answer, where there is one.
  if (holidays === undefined) await market.ask((call) => marketDay("stocks", session, call));
  else await market.ask((call) => holidays(undefined, call));
  return { provider_calls: market.calls() };
}
