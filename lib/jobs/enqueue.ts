/**
 * Asking for work. A job's id says what it is for, so that asking twice gives one job.
 *
 * @module
 */
import type { Change } from "../store/change.ts";
import { alone, type Settle } from "../store/settle.ts";
import { invalid } from "../problem.ts";
import type { AnyJob } from "./definition.ts";
import { isEnded, type Job, jobCollection } from "./job.ts";
import type { JobsContext } from "./ledger.ts";
import { created, enqueued } from "./transitions.ts";

export interface JobRequest {
  readonly name: string;
  readonly args: unknown;
  /** Now, where nothing is said. */
  readonly dueAt?: Date;
  /** Who asks, for the timeline. */
  readonly by?: string;
  /** It is not run again once it has ended, however that was. */
  readonly once?: boolean;
}

/** A request that has been checked and can be part of a larger change. */
export interface PreparedJob {
  /** As it will be, once the change is committed. */
  readonly job: Job;
  /** Nothing has to be written: the job is already waiting or running, or was asked for once and has ended. */
  readonly isActive: boolean;
  /** The commit fails if the job has changed since; then prepare it again. After it, wake the worker. */
  stage(change: Change): Change;
}

/** Throws a `validation-failed` problem for a job that is not known, or for arguments that it does not take. */
export async function prepareJob(ctx: JobsContext, request: JobRequest): Promise<PreparedJob> {
  const { name, by } = request;
  const definition = definitionOf(ctx, name);
  const { id, args } = await definition.read(request.args);
  const jobs = jobCollection(ctx.store);
  const before = await jobs.getFresh(id);
  const now = ctx.now();
  const asked = { args, priority: definition.priority, dueAt: request.dueAt ?? now, by };
  if (before === undefined) {
    const job = created(id, name, asked, now);
    return { job, isActive: false, stage: (change) => jobs.insert(change, job) };
  }
  if (request.once || !isEnded(before.value)) {
    const stage = (change: Change) => change.check(["jobs", id], before.versionstamp);
    return { job: before.value, isActive: true, stage };
  }
  const job = enqueued(before.value, asked, now);
  return { job, isActive: false, stage: (change) => jobs.replace(change, before, job) };
}

/** Answers the job that does this work: the one that waits or runs already, or else a new start. Throws as {@link prepareJob}. */
export async function enqueueJob(
  ctx: JobsContext,
  request: JobRequest,
  settle: Settle<Job> = alone,
): Promise<Job> {
  await definitionOf(ctx, request.name).admit(request.args);
  for (;;) {
    const prepared = await prepareJob(ctx, request);
    if (prepared.isActive) return prepared.job;
    if (await settle(prepared.stage(ctx.store.change()), () => prepared.job) !== undefined) {
      ctx.wake?.();
      return prepared.job;
    }
  }
}

function definitionOf({ jobs }: JobsContext, name: string): AnyJob {
  const definition = jobs.find((job) => job.name === name);
  if (definition !== undefined) return definition;
  const known = jobs.map((job) => job.name).join(", ");
  throw invalid([{ pointer: "/name", detail: `There is no job ${JSON.stringify(name)}; there are: ${known}` }]);
}
