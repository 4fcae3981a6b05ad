/**
 * What the store says of queue and market. All processes on one store say the same.
 *
 * @module
 */
import { Gauge, type Registry } from "prom-client";
import { MAX_COUNTED, type QueueStatus, queueStatus } from "../jobs/queue_status.ts";
import type { Sleep } from "../jobs/sleep.ts";
import { sessionsOver } from "../market/calendar.ts";
import { PROVIDER_STANDINGS } from "../market/provider_health.ts";
import { type MarketProgress, type MarketStatus, marketStatus, type StatusContext } from "../market/status.ts";
import { addDays } from "../day.ts";
import { UnreadableEntry } from "../store/unreadable.ts";

export interface StateContext extends StatusContext {
  readonly sleep: Sleep;
}

/** Whoever reads more often, or beside others, is told the same again. */
const FRESH_MS = 10_000;
/** Without the store there is still the process to be read about. */
const MAX_READ_MS = 2_000;
/** Where nothing was ever pulled, and where the last session is older than that. */
const MAX_DAYS_BEHIND = 30;

interface State {
  readonly queue: QueueStatus;
  readonly market: MarketStatus;
  readonly behind: ReadonlyMap<string, number>;
}

/** Answers how the gauges are brought up to date; never rejects. */
export function stateMetrics(registry: Registry, ctx: StateContext): () => Promise<void> {
  const show = gauges(registry);
  const up = new Gauge({
    ...{ name: "foliolens_store_up", help: "Whether KV answered when it was last asked", registers: [registry] },
  });
  let [readAtMs, reading] = [-Infinity, Promise.resolve()];

  async function read(): Promise<void> {
    const given = await inTime(ctx, stateOf(ctx));
    up.set(given === undefined ? 0 : 1);
    show(given === "unreadable" ? undefined : given, ctx.now());
  }

  return () => {
    const nowMs = ctx.now().getTime();
    if (nowMs - readAtMs >= FRESH_MS) [readAtMs, reading] = [nowMs, read()];
    return reading;
  };
}

async function stateOf(ctx: StateContext): Promise<State> {
  const [queue, market] = await Promise.all([queueStatus(ctx), marketStatus(ctx)]);
  const behind = new Map<string, number>();
  for (const progress of market.markets) {
    // Prices that were only ever put in by hand are behind nothing.
    if (market.provider === null && progress.lastSession === null) continue;
    behind.set(progress.market, await sessionsBehind(ctx, progress));
  }
  return { queue, market, behind };
}

async function sessionsBehind(ctx: StateContext, progress: MarketProgress): Promise<number> {
  const { market, lastSession, expectedSession: to } = progress;
  const earliest = addDays(to, -MAX_DAYS_BEHIND);
  const from = lastSession === null || lastSession < earliest ? earliest : addDays(lastSession, 1);
  return from > to ? 0 : (await sessionsOver(ctx, market, { from, to })).length;
}

/** `undefined` where KV does not answer in time, or fails. */
async function inTime<T>(
  { sleep }: Pick<StateContext, "sleep">,
  reading: Promise<T>,
): Promise<T | "unreadable" | undefined> {
  const read = new AbortController();
  const late = sleep(MAX_READ_MS, read.signal).then(() => undefined, () => undefined);
  try {
    const answered = reading.catch((error) => error instanceof UnreadableEntry ? "unreadable" : undefined);
    return await Promise.race([answered, late]);
  } finally {
    read.abort();
  }
}

function gauges(registry: Registry): (state: State | undefined, now: Date) => void {
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const jobs = gauge("foliolens_jobs", `Jobs by state; ${MAX_COUNTED} stands for that many and more`, "state");
  const due = gauge("foliolens_jobs_due", "Jobs that could run now and do not yet");
  const waited = gauge("foliolens_jobs_oldest_due_age_seconds", "How long the first of them has waited");
  const workers = gauge("foliolens_workers", "Processes that run jobs, heard of within the last minutes");
  const behind = gauge(
    "foliolens_market_sessions_behind",
    `Sessions that are over and not pulled, of the last ${MAX_DAYS_BEHIND} days`,
    "market",
  );
  const standing = gauge("foliolens_provider_state", "1 for the state that the provider is in", "state");
  const quarantine = gauge("foliolens_quarantine_waiting", "Rows that wait for a decision, or for prices");

  return (state, now) => {
    // What was true once is not said again as if it were; without labels, a reset would say 0.
    for (const one of [jobs, behind, standing]) one.reset();
    for (const one of [due, waited, workers, quarantine]) one.remove();
    if (state === undefined) return;
    const { queue, market } = state;
    for (const [name, count] of Object.entries(queue.by_state)) jobs.set({ state: name }, count);
    due.set(queue.due);
    waited.set(queue.oldest_due_at === null ? 0 : (now.getTime() - Date.parse(queue.oldest_due_at)) / 1_000);
    workers.set(queue.workers.length);
    for (const [name, sessions] of state.behind) behind.set({ market: name }, sessions);
    const is = market.provider?.standing ?? "not_configured";
    for (const name of ["not_configured", ...PROVIDER_STANDINGS]) standing.set({ state: name }, name === is ? 1 : 0);
    quarantine.set(market.quarantineWaiting);
  };
}
