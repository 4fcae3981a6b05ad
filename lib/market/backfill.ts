/**
 * Filling in history: what is missing and can be had is asked for by whichever calls are fewer, in the background. A run does a
 * few minutes of it and makes room; what is stored tells the next one where to go on.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { isDay } from "../day.ts";
import {
  defineJob,
  Final,
  type JobDefinition,
  type JobRun,
  Needless,
  Postpone,
  Unfinished,
} from "../jobs/definition.ts";
import { type Asset, isSymbol } from "../store/assets.ts";
import { type Asking, asking, type MarketContext } from "./ask.ts";
import { actionSteps } from "./backfill_actions.ts";
import { type BackfillPlan, planBackfill } from "./backfill_plan.ts";
import { type Backfilling, type Gained, IDLE, NEWS, type Step, stepsOf } from "./backfill_steps.ts";
import { learnSymbols } from "./learn_symbols.ts";
import { planInWords, planSchema, planView } from "./backfill_view.ts";

export const BACKFILL = "backfill";

/** Each run that gets anywhere begins to count anew. */
const MAX_ATTEMPTS = 24;
/** About as long as others may have to wait for room. */
const RUN_MS = 120_000;
/** So many failures one after another are the provider's, not the assets'. */
const MAX_FAILURES = 3;

export type BackfillArgs = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly asset?: string | undefined;
};

const day = z.string().refine(isDay, "must be a day of the calendar such as 2021-11-05").meta({ format: "date" })
  .optional();

const argsSchema = z.strictObject({
  from: day,
  to: day,
  asset: z.string().refine(isSymbol, "must be a symbol such as AAPL").optional(),
}).refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
  path: ["to"],
  message: "must not be before from",
});

/** `ctx` is what a request is checked by. */
export const backfill = (ctx: Context): JobDefinition<MarketContext> =>
  defineJob<MarketContext, BackfillArgs>({
    name: BACKFILL,
    args: argsSchema,
    id: ({ from, to, asset }) => {
      const span = from === undefined && to === undefined ? [] : [`${from ?? ""}..${to ?? ""}`];
      return [...(asset === undefined ? ["all"] : ["asset", asset]), ...span].join(":");
    },
    async faultsIn({ asset }) {
      if (asset === undefined || await assetOf(ctx, asset) !== undefined) return [];
      return [{ path: ["asset"], message: `there is no asset ${asset}` }];
    },
    priority: "background",
    maxAttempts: MAX_ATTEMPTS,
    run,
  });

async function run(ctx: MarketContext, run: JobRun<BackfillArgs>): Promise<BackfillResult> {
  const { from, to, asset: symbol } = run.args;
  const market = asking(ctx, run);
  const endMs = ctx.now().getTime() + RUN_MS;
  const tally = tallyOf(run, market);
  for (;;) {
    const asset = symbol === undefined ? undefined : await assetOf(ctx, symbol);
    if (symbol !== undefined && asset === undefined) throw new Needless(`There is no asset ${symbol} any more`);
    const plan = await planBackfill(ctx, market.provider, { from, to, asset });
    run.note("planned", planInWords(plan));
    run.progress(plan.expected - plan.missing, plan.expected);
    const result = tally.begin(plan);
    if (plan.allCalls === 0) return result;
    await take(stepsTo(plan, { ctx, market, run, isLone: asset !== undefined }), {
      signal: run.signal,
      log: ctx.log,
      isTimeUp: () => ctx.now().getTime() >= endMs,
      onTaken: (gained, settled) => {
        tally.add(gained);
        run.progress(plan.expected - plan.missing + settled, plan.expected);
      },
    });
  }
}

/** What is to be learned of symbols is all at first: what else is missing depends on it. */
function stepsTo(plan: BackfillPlan, backfilling: Omit<Backfilling, "plan"> & { run: JobRun<BackfillArgs> }): Step[] {
  const { ctx, market, run: { attempt } } = backfilling;
  const learning = plan.learning.assetNos.map((no) => async () => {
    await learnSymbols(ctx, market, no, attempt);
    return NEWS;
  });
  if (learning.length > 0) return learning;
  const bars = plan.markets.flatMap((of) => stepsOf({ ...backfilling, plan: of }));
  return [...bars, ...actionSteps(ctx, market, plan.actions)];
}

/** As it is now: what was learned of it a moment ago counts. */
async function assetOf(ctx: Context, symbol: string): Promise<Asset | undefined> {
  const [no] = await ctx.assets.idsBy("symbol", [[symbol]]);
  return no === undefined ? undefined : (await ctx.assets.getFresh(no))?.value;
}

interface Taking {
  readonly signal: AbortSignal;
  readonly log: MarketContext["log"];
  readonly isTimeUp: () => boolean;
  /** Told of each step, also of one that failed, and how much all of them have settled. */
  readonly onTaken: (gained: Gained, settled: number) => void;
}

/** One after another; what fails once is passed over, and throws in the end where nothing else came of it. */
async function take(steps: readonly Step[], { signal, log, isTimeUp, onTaken }: Taking): Promise<void> {
  let [settled, failuresInRow, isNews] = [0, 0, false];
  let failure: unknown = new Error(`Nothing came of ${steps.length} steps`);
  for (const [i, step] of steps.entries()) {
    if (i > 0 && isTimeUp()) throw new Unfinished(`${steps.length - i} of ${steps.length} steps are left`);
    try {
      const gained = await step();
      settled += gained.settled;
      isNews ||= gained.isNews;
      failuresInRow = 0;
      onTaken(gained, settled);
    } catch (error) {
      if (signal.aborted || error instanceof Final || error instanceof Postpone) throw error;
      log.warn("A step failed, and is passed over", { step: i + 1, of: steps.length, error });
      failure = error;
      failuresInRow += 1;
      onTaken(IDLE, settled);
      if (failuresInRow === MAX_FAILURES) throw error;
    }
  }
  if (!isNews) throw failure;
}

const resultSchema = planSchema.extend({
  provider_calls: z.number(),
  written: z.number(),
  quarantined: z.number(),
  actions: z.number(),
  empty: z.number(),
});

/** What a backfill has come to, as its job shows it: what was planned at first, and what has come of it so far. */
export type BackfillResult = z.infer<typeof resultSchema>;

/** Goes on from what the runs before this one have kept. */
function tallyOf({ kept, keep }: JobRun<BackfillArgs>, { calls }: Asking) {
  let result = resultSchema.safeParse(kept).data;
  const callsBefore = result?.provider_calls ?? 0;

  function keepResult(after: BackfillResult): BackfillResult {
    result = { ...after, provider_calls: callsBefore + calls() };
    keep(result);
    return result;
  }

  return {
    begin: (plan: BackfillPlan) =>
      keepResult(result ?? { ...planView(plan), provider_calls: 0, written: 0, quarantined: 0, actions: 0, empty: 0 }),
    add({ written, quarantined, actions, empty }: Gained): void {
      if (result === undefined) return;
      keepResult({
        ...result,
        written: result.written + written,
        quarantined: result.quarantined + quarantined,
        actions: result.actions + actions,
        empty: result.empty + empty,
      });
    },
  };
}
