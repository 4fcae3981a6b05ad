/**
 * A backfill's plan as it is shown: in the answer to who asks beforehand, in the job's result and in its timeline.
 *
 * @module
 */
import { z } from "zod";
import { MARKETS } from "../store/market_days.ts";
import { type BackfillPlan, type MarketPlan, STRATEGIES, type Strategy } from "./backfill_plan.ts";

const counts = {
  calls: z.int(),
  sessions: z.int(),
  assets: z.int(),
};

export const planSchema = z.object({
  from: z.string(),
  to: z.string(),
  clipped: z.string().nullable(),
  disabled_because: z.string().nullable(),
  strategy: z.enum([...STRATEGIES, "mixed"]),
  ...counts,
  action_calls: z.int(),
  symbol_calls: z.int().default(0),
  expected_seconds: z.int(),
  bars: z.object({ expected: z.int(), missing: z.int() }),
  markets: z.array(z.object({
    market: z.enum(MARKETS),
    strategy: z.enum(STRATEGIES),
    ...counts,
    refused_up_to: z.string().nullable(),
    not_entitled: z.string().nullable(),
  })),
});

export type PlanView = z.infer<typeof planSchema>;

export const planView = (
  { span, clipped, calls, actions, learning, seconds, markets, ...plan }: BackfillPlan,
): PlanView => ({
  ...span,
  clipped,
  disabled_because: plan.disabledBecause,
  strategy: strategyOf(markets),
  calls,
  action_calls: actions.calls,
  symbol_calls: learning.calls,
  sessions: sum(markets, ({ missing }) => missing.sessions.size),
  assets: sum(markets, ({ missing }) => missing.assets.length),
  expected_seconds: seconds,
  bars: { expected: plan.expected, missing: plan.missing },
  markets: markets.map(({ market, strategy, calls, missing, refusedUpTo, notEntitled }) => ({
    ...{ market, strategy, calls, sessions: missing.sessions.size, assets: missing.assets.length },
    ...{ refused_up_to: refusedUpTo, not_entitled: notEntitled },
  })),
});

/** In one line. */
export function planInWords(plan: BackfillPlan): string {
  const { learning, allCalls: calls } = plan;
  if (calls === 0) return `nothing is missing from ${plan.span.from} to ${plan.span.to} that can be had`;
  const bars = plan.markets.filter(({ calls }) => calls > 0).map(partInWords);
  const actions = plan.actions.calls === 0 ? [] : [`splits and dividends: ${plan.actions.calls} calls`];
  const symbols = learning.calls === 0 ? [] : [`whose symbols were whose: ${learning.calls} calls`];
  return `${[...symbols, ...bars, ...actions].join("; ")}; in all ${calls} calls, about ${plan.seconds} s`;
}

function partInWords({ market, days, histories }: MarketPlan): string {
  const byDate = days.size === 0 ? [] : [`${days.size} days of ${market} by date`];
  const byAsset = histories.length === 0 ? [] : [`${histories.length} assets of ${market} by asset`];
  return `${[...byDate, ...byAsset].join(", ")}: ${days.size + histories.length} calls`;
}

function strategyOf(markets: readonly MarketPlan[]): Strategy | "mixed" {
  const used = new Set(markets.map(({ strategy }) => strategy).filter((strategy) => strategy !== "none"));
  const [first = "none"] = used;
  return used.size > 1 ? "mixed" : first;
}

const sum = (markets: readonly MarketPlan[], of: (plan: MarketPlan) => number): number =>
  markets.reduce((total, plan) => total + of(plan), 0);
