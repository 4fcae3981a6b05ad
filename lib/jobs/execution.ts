/**
 * One attempt at a job: from the claim to what the ledger says of its end.
 *
 * @module
 */
import type { Versioned } from "../store/collection.ts";
import { Final, type JobDefinition, Needless, Postpone, Unfinished } from "./definition.ts";
import { dueAtMs, type Job, jobCollection } from "./job.ts";
import type { Log } from "../log.ts";
import { holdLease, type Lease, type LeaseOptions } from "./lease.ts";
import { runLog } from "./run_log.ts";
import { cancelled, claimed, continued, died, failed, givenBack, lapsed, postponed, succeeded } from "./transitions.ts";

/** A handler that puts itself off until the past must not keep the worker busy with it. */
const MIN_POSTPONE_MS = 1_000;

export interface ExecutionOptions<C> extends Omit<LeaseOptions, "log"> {
  /** What handlers are given, each with the log of its run. */
  readonly ctx: (log: Log) => C;
  readonly log: Log;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** The process is stopping: running jobs are given back. */
  readonly stopping: AbortSignal;
  /** Told how the ledger says that it ended. */
  readonly onRunEnded?: (job: Job, durationMs: number) => void;
}

/** Takes the job if it is due and nobody else was faster. Whoever ran it before and was lost is noted. */
export async function claimJob<C>(
  options: ExecutionOptions<C>,
  definition: JobDefinition<C>,
  id: string,
): Promise<Versioned<Job> | undefined> {
  const { store, owner, log } = options;
  const { maxAttempts } = definition;
  const jobs = jobCollection(store);
  const before = await jobs.getFresh(id);
  const now = options.now();
  if (before === undefined || (dueAtMs(before.value) ?? Infinity) > now.getTime()) return undefined;
  const ready = before.value.lease === null ? before.value : lapsed(before.value, maxAttempts, now);
  const isReady = dueAtMs(ready) !== undefined;
  const value = isReady ? claimed(ready, owner, maxAttempts, now) : ready;
  const versionstamp = await jobs.replace(store.change(), before, value).commit();
  if (versionstamp === undefined) return undefined;
  if (before.value.lease !== null) log.warn("A job's lease lapsed", { job: id, owner: before.value.lease.owner });
  return isReady ? { value, versionstamp } : undefined;
}

/** Runs the handler and writes how it ended. Never rejects. */
export async function execute<C>(
  options: ExecutionOptions<C>,
  definition: JobDefinition<C>,
  claim: Versioned<Job>,
): Promise<void> {
  const { stopping, log } = options;
  const startedAt = options.now().getTime();
  const lease = holdLease(options, claim);
  const onStopping = () => lease.stop("stopping");
  stopping.addEventListener("abort", onStopping, { once: true });
  if (stopping.aborted) onStopping();
  try {
    const ending = await run(options, definition, claim.value, lease);
    const job = await lease.end(ending);
    if (job === undefined) log.warn("A job's lease was lost while it ran", { job: claim.value.id });
    else {
      options.onRunEnded?.(job, options.now().getTime() - startedAt);
      log.info("A job's run ended", { job: job.id, state: job.state, attempt: claim.value.attempts });
    }
  } catch (error) {
    log.error("A job's run could not be brought to an end", { job: claim.value.id, error });
  } finally {
    stopping.removeEventListener("abort", onStopping);
  }
}

async function run<C>(
  options: ExecutionOptions<C>,
  definition: JobDefinition<C>,
  job: Job,
  lease: Lease,
): Promise<(job: Job) => Job> {
  const { now, ctx } = options;
  const log = runLog(options.log, job, { now, keep: lease.log });
  try {
    lease.signal.throwIfAborted();
    const { signal, progress, note, keep } = lease;
    const { args, attempts: attempt, priority, result: kept } = job;
    const result = await definition.run(ctx(log), { args, attempt, priority, signal, progress, note, kept, keep });
    // What was told to stop may answer with half of its work; what was not told has done all of it.
    if (lease.stopped() === "cancelled") return (job) => cancelled(job, "asked for while it ran", now());
    return (job) => succeeded(job, result, now());
  } catch (error) {
    const isFailure = !lease.signal.aborted && !(error instanceof Unfinished || error instanceof Needless);
    if (isFailure) log.warn("A job's handler threw", { error });
    const isStopping = lease.stopped() === "stopping";
    return (job) => afterError(job, error, isStopping, definition, options);
  }
}

function afterError<C>(
  job: Job,
  error: unknown,
  isStopping: boolean,
  definition: JobDefinition<C>,
  options: ExecutionOptions<C>,
): Job {
  const now = options.now();
  const reason = error instanceof Error ? error.message || error.name : String(error);
  if (job.cancel_requested) return cancelled(job, "asked for while it ran", now);
  if (error instanceof Needless) return cancelled(job, reason, now);
  if (error instanceof Final) return died(job, reason, now);
  if (error instanceof Unfinished) return continued(job, reason, now);
  if (error instanceof Postpone) {
    const until = new Date(Math.max(error.untilMs, now.getTime() + MIN_POSTPONE_MS));
    return postponed(job, reason, until, definition.postponeForMs, now);
  }
  if (isStopping) return givenBack(job, now);
  if (job.attempts >= definition.maxAttempts) return died(job, reason, now);
  return failed(job, reason, new Date(now.getTime() + backoffMs(definition, job.attempts, options.random)), now);
}

/** Exponential, with full jitter: any time up to the bound, so that what failed together does not return together. */
function backoffMs<C>(definition: JobDefinition<C>, attempts: number, random: () => number): number {
  return Math.round(random() * Math.min(definition.maxBackoffMs, definition.backoffMs * 2 ** (attempts - 1)));
}
