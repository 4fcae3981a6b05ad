/**
 * The nightly fetch of splits and dividends: since the last one, with some days again, for all assets at once. A month at a time,
 * so that no answer grows beyond what a provider gives, and what was fetched need not be fetched again wherever it is cut off.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { addDays, isDay } from "../day.ts";
import { defineJob, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import { actionFetchCollection } from "../store/action_fetches.ts";
import { type Asking, asking, type MarketContext } from "./ask.ts";
import { marketToday } from "./calendar.ts";
import { factsOf, recheckActions } from "./checked_actions.ts";
import { CHECKED_DIVIDENDS } from "./checked_dividends.ts";
import { CHECKED_SPLITS } from "./checked_splits.ts";
import { fetchActions, type FetchedActions, sumOfFetched } from "./fetched_actions.ts";
import { monthsOf } from "./months.ts";
import type { Span } from "./provider.ts";
import { releaseAllBars } from "./released_bars.ts";
import { NO_ACTIONS } from "./settled_action.ts";

export const PULL_CORPORATE_ACTIONS = "pull-corporate-actions";

/** What is announced late, or corrected, is found again. */
const OVERLAP_DAYS = 7;
/** Two years: as far back as the smallest plan goes. */
const FIRST_RUN_DAYS = 731;
const MAX_ATTEMPTS = 24;

/** What is stored of a request; without `from`, from where the last run came to. */
interface ActionArgs extends Record<string, unknown> {
  readonly from?: string;
  readonly to: string;
}

export const pullCorporateActions = (ctx: Context): JobDefinition<MarketContext> =>
  defineJob<MarketContext, ActionArgs>({
    name: PULL_CORPORATE_ACTIONS,
    args: argsSchema(ctx),
    id: ({ from, to }) => from === undefined ? to : `${from}:${to}`,
    maxAttempts: MAX_ATTEMPTS,
    run: pull,
  });

const argsSchema = (ctx: Context): z.ZodType<ActionArgs> => {
  const day = z.string().refine(isDay, "must be a day of the calendar such as 2021-11-05").meta({ format: "date" });
  const today = () => marketToday(ctx, "stocks", ctx.now());
  return z.strictObject({ from: day.optional(), to: day.optional() })
    .refine(({ to = "" }) => to <= today(), { path: ["to"], message: "must not be in the future" })
    .refine(({ from = "", to = today() }) => from <= to, { path: ["from"], message: "must not be after to" })
    .transform(({ from, to }) => ({ to: to ?? today(), ...(from !== undefined && { from }) }));
};

async function pull(ctx: MarketContext, run: JobRun<ActionArgs>) {
  const market = asking(ctx, run);
  const span = { from: run.args.from ?? await nextFrom(ctx, market), to: run.args.to };
  const rechecked = await recheck(ctx, market);
  const spans = monthsOf(span);
  let fetched: FetchedActions = { splits: NO_ACTIONS, dividends: NO_ACTIONS };
  run.progress(0, spans.length);
  for (const [i, month] of spans.entries()) {
    fetched = sumOfFetched(fetched, await fetchActions(ctx, market, month));
    await remember(ctx, market, month, run.args.from === undefined);
    run.progress(i + 1, spans.length);
  }
  const released = await releaseAllBars(ctx);
  return { ...span, ...fetched, rechecked, released_bars: released, provider_calls: market.calls() };
}

/** What waits may have its prices by now. Answers how many are stored. */
async function recheck(ctx: MarketContext, market: Asking): Promise<number> {
  const facts = await factsOf(ctx, market);
  const splits = await recheckActions(ctx, CHECKED_SPLITS, facts);
  const dividends = await recheckActions(ctx, CHECKED_DIVIDENDS, facts);
  return splits.written + dividends.written;
}

async function nextFrom(ctx: MarketContext, { provider }: Asking): Promise<string> {
  const last = await actionFetchCollection(ctx.store).getFresh(provider.name);
  if (last !== undefined) return addDays(last.value.through, -OVERLAP_DAYS);
  return addDays(marketToday(ctx, "stocks", ctx.now()), -FIRST_RUN_DAYS);
}

/** Only what goes on from what is remembered leaves no gap; a span that was named is no beginning. */
async function remember(ctx: MarketContext, { provider }: Asking, { from, to }: Span, begins: boolean): Promise<void> {
  const fetches = actionFetchCollection(ctx.store);
  const before = await fetches.getFresh(provider.name);
  if (before === undefined && !begins) return;
  await fetches.update(provider.name, (before) => {
    const goesOn = before === undefined || (from <= addDays(before.through, 1) && to > before.through);
    return goesOn ? { provider: provider.name, through: to } : before;
  });
}
