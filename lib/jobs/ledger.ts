/**
 * What can be asked of the ledger: jobs are read, listed, cancelled and tried again, whoever runs them.
 *
 * @module
 */
import type { Page } from "../store/collection.ts";
import { alone, type Settle } from "../store/settle.ts";
import type { Store } from "../store/store.ts";
import { UnreadableEntry } from "../store/unreadable.ts";
import { Problem } from "../problem.ts";
import type { AnyJob } from "./definition.ts";
import { isEnded, type Job, jobCollection, type JobState } from "./job.ts";
import { cancelled, cancelRequested, lapsed, retried } from "./transitions.ts";

/** What everyone needs who hands work to the queue. */
export interface JobsContext {
  readonly store: Store;
  readonly now: () => Date;
  /** Every job that may be asked for. */
  readonly jobs: readonly AnyJob[];
  /** Tells the worker of this process that something is due. */
  readonly wake?: () => void;
}

export interface JobQuery {
  readonly state?: JobState | undefined;
  readonly name?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export async function getJob({ store }: Pick<JobsContext, "store">, id: string): Promise<Job> {
  const found = await jobCollection(store).getFresh(id);
  if (found === undefined) throw unknownJob(id);
  return found.value;
}

/** Newest first. Throws {@link InvalidCursor}. */
export async function listJobs({ store }: Pick<JobsContext, "store">, query: JobQuery): Promise<Page<Job>> {
  const { state, name, limit, cursor } = query;
  const page = await jobCollection(store).list({
    ...indexFor(state, name),
    limit,
    cursor,
    reverse: true,
    // A job may have moved on since its place in the index was read.
    where: (job) => state === undefined || job.state === state,
  });
  return { ...page, items: page.items.map((item) => item.value) };
}

function indexFor(state: JobState | undefined, name: string | undefined): { by: string; value: string[] } {
  if (state !== undefined && name !== undefined) return { by: "name_and_state", value: [name, state] };
  if (state !== undefined) return { by: "state", value: [state] };
  return name !== undefined ? { by: "name", value: [name] } : { by: "created", value: [] };
}

/** Makes a job that will not go on by itself, or only later, due now. */
export async function retryJob(ctx: JobsContext, id: string, settle: Settle<Job> = alone): Promise<Job> {
  const decide = (job: Job): Job => {
    if (!["dead", "failed", "cancelled"].includes(job.state)) {
      throw new Problem("conflict", `Job ${id} is ${job.state}; only one that is dead, failed or cancelled is retried`);
    }
    return retried(job, ctx.now());
  };
  const job = await updateJob(ctx.store, id, decide, settle);
  ctx.wake?.();
  return job;
}

/** A job that runs is asked to stop, and ends as soon as the one who runs it has heard of it. */
export function cancelJob(ctx: JobsContext, id: string, settle: Settle<Job> = alone): Promise<Job> {
  const decide = (job: Job): Job => {
    const now = ctx.now();
    if (isEnded(job)) {
      throw new Problem("conflict", `Job ${id} is ${job.state}; only one that waits or runs can be cancelled`);
    }
    if (job.lease === null) return cancelled(job, `was ${job.state}`, now);
    if (Date.parse(job.lease.expires_at) <= now.getTime()) return cancelled(job, "its process was lost", now);
    return job.cancel_requested ? job : cancelRequested(job, now);
  };
  return updateJob(ctx.store, id, decide, settle);
}

/**
 * Makes every running job due at once. For the start of the only process on a store: whoever ran them is gone.
 * Answers how many there were.
 */
export async function voidLeases(ctx: JobsContext): Promise<number> {
  const ids = await jobCollection(ctx.store).idsUnder("state", ["running"]);
  for (const id of ids) {
    const voided = updateJob(ctx.store, id, (job) => {
      const maxAttempts = ctx.jobs.find(({ name }) => name === job.name)?.maxAttempts ?? Infinity;
      return job.lease === null ? job : lapsed(job, maxAttempts, ctx.now());
    });
    await voided.catch(unlessVerifierNamesIt);
  }
  return ids.length;
}

/** A job that cannot be read, or is not where its pointer says, keeps no process from starting. */
function unlessVerifierNamesIt(error: unknown): void {
  if (error instanceof UnreadableEntry || (error instanceof Problem && error.type === "not-found")) return;
  throw error;
}

async function updateJob(
  store: Store,
  id: string,
  decide: (job: Job) => Job,
  settle: Settle<Job> = alone,
): Promise<Job> {
  const jobs = jobCollection(store);
  for (;;) {
    const before = await jobs.getFresh(id);
    if (before === undefined) throw unknownJob(id);
    const after = decide(before.value);
    if (after === before.value) return after;
    if (await settle(jobs.replace(store.change(), before, after), () => after) !== undefined) return after;
  }
}

const unknownJob = (id: string): Problem => new Problem("not-found", `There is no job ${JSON.stringify(id)}`);
