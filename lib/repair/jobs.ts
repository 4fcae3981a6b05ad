/**
 * Jobs whose state and lease contradict each other, and what was logged by jobs that are gone.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type Job, jobCollection } from "../jobs/job.ts";
import { cancelled, retried } from "../jobs/transitions.ts";
import type { Fault } from "../verify/check.ts";
import { hasLeaseAsItShould } from "../verify/jobs.ts";

export async function releaseJob({ store, now }: Context, { key: [, id] }: Fault): Promise<boolean> {
  const jobs = jobCollection(store);
  const before = await jobs.getFresh(String(id));
  if (before === undefined || hasLeaseAsItShould(before.value)) return false;
  return await jobs.replace(store.change(), before, released(before.value, now())).commit() !== undefined;
}

/** Nobody runs it: it is due at once, unless it was asked to stop. */
function released(job: Job, now: Date): Job {
  if (job.state !== "running") return { ...job, lease: null };
  return job.cancel_requested ? cancelled(job, "asked for while it ran", now) : retried(job, now);
}

export async function removeLog({ store }: Context, { key }: Fault): Promise<boolean> {
  const { versionstamp } = await store.get(key);
  const change = store.change().check(key, versionstamp).check(["jobs", key[1] ?? ""], null).delete(key);
  return versionstamp !== null && await change.commit() !== undefined;
}
