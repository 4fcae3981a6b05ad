/**
 * Everything that can happen to a job, as pure functions from the job before to the job after.
 * Whether it may happen is decided where it is committed.
 *
 * @module
 */
import { clip, MAX_DETAIL_CHARS, MAX_EVENT_CHARS, MAX_REASON_CHARS, resultToKeep, timelineToKeep } from "./bounds.ts";
import type { Job, JobArgs, JobEvent, JobProgress, Priority } from "./job.ts";

/** Longer than three heartbeats, and as long as a crashed process can hold up a job. */
export const LEASE_MS = 15_000;

export interface Asked {
  readonly args: JobArgs;
  readonly priority: Priority;
  readonly dueAt: Date;
  /** Who asked, for the timeline. */
  readonly by?: string | undefined;
}

export const eventOf = (now: Date, event: string, detail: string): JobEvent => ({
  at: now.toISOString(),
  event: clip(event, MAX_EVENT_CHARS),
  detail: clip(detail, MAX_DETAIL_CHARS),
});

const noted = (job: Job, ...events: JobEvent[]): Job => ({
  ...job,
  timeline: timelineToKeep([...job.timeline, ...events]),
});

export function created(id: string, name: string, asked: Asked, now: Date): Job {
  const at = now.toISOString();
  const blank: Job = {
    id,
    name,
    args: {},
    priority: asked.priority,
    state: "queued",
    attempts: 0,
    due_at: at,
    created_at: at,
    started_at: null,
    finished_at: null,
    progress: null,
    result: null,
    error: null,
    timeline: [],
    lease: null,
    cancel_requested: false,
    postponed_since: null,
  };
  return enqueued(blank, asked, now);
}

/** Back at the start, whether it ever ran or not; only its creation and its timeline stay. */
export function enqueued(job: Job, { args, priority, dueAt, by }: Asked, now: Date): Job {
  const due = dueAt.toISOString();
  return noted(
    { ...job, ...ANEW, args, priority, due_at: due },
    eventOf(now, "enqueued", by === undefined ? `due ${due}` : `by ${by}, due ${due}`),
  );
}

export const retried = (job: Job, now: Date): Job =>
  noted({ ...job, ...ANEW, due_at: now.toISOString() }, eventOf(now, "retried", `was ${job.state}`));

const ANEW = {
  state: "queued",
  attempts: 0,
  started_at: null,
  finished_at: null,
  progress: null,
  result: null,
  error: null,
  lease: null,
  cancel_requested: false,
  postponed_since: null,
} as const satisfies Partial<Job>;

/** An attempt counts from here on, so that one that takes its process down has been counted. */
export function claimed(job: Job, owner: string, maxAttempts: number, now: Date): Job {
  const attempts = job.attempts + 1;
  return noted({
    ...job,
    state: "running",
    attempts,
    started_at: now.toISOString(),
    progress: null,
    lease: leaseFrom(owner, now),
  }, eventOf(now, "claimed", `attempt ${attempts} of ${maxAttempts} by ${owner}`));
}

/** The one who runs it is alive, and says how far it has come. */
export const extended = (job: Job, owner: string, now: Date): Job => ({ ...job, lease: leaseFrom(owner, now) });

export interface Report {
  readonly progress: JobProgress | null;
  readonly events: readonly JobEvent[];
  /** What there is of a result so far. */
  readonly kept: unknown;
}

export const reported = (job: Job, { progress, events, kept }: Report): Job =>
  noted({ ...job, progress: progress ?? job.progress, result: resultToKeep(kept) }, ...events);

/** The one who ran it was not heard of again: it is due at once, unless it did this too often. */
export function lapsed(job: Job, maxAttempts: number, now: Date): Job {
  const lost = noted(
    { ...job, state: "queued", lease: null, due_at: now.toISOString() },
    eventOf(now, "lease lapsed", `${job.lease?.owner} was last heard of before ${job.lease?.expires_at}`),
  );
  if (job.cancel_requested) return cancelled(lost, "asked for while it ran", now);
  if (job.attempts < maxAttempts) return lost;
  return died(lost, `crashed: its process was lost ${job.attempts} times while it ran`, now);
}

export const succeeded = (job: Job, result: unknown, now: Date): Job =>
  ended({ ...job, state: "succeeded", result: resultToKeep(result), error: null }, `attempt ${job.attempts}`, now);

export const died = (job: Job, reason: string, now: Date): Job =>
  ended({ ...job, state: "dead", error: clip(reason, MAX_REASON_CHARS) }, reason, now);

export const cancelled = (job: Job, reason: string, now: Date): Job =>
  ended({ ...job, state: "cancelled", cancel_requested: false }, reason, now);

const ended = (job: Job, detail: string, now: Date): Job =>
  noted({ ...job, lease: null, finished_at: now.toISOString() }, eventOf(now, job.state, detail));

export const cancelRequested = (job: Job, now: Date): Job =>
  noted(
    { ...job, cancel_requested: true },
    eventOf(now, "cancel requested", `${job.lease?.owner} stops at its next heartbeat`),
  );

/** A passing failure: to be tried again. */
export function failed(job: Job, reason: string, dueAt: Date, now: Date): Job {
  const due = dueAt.toISOString();
  const error = clip(reason, MAX_REASON_CHARS);
  return noted({ ...job, state: "failed", lease: null, due_at: due, error }, eventOf(now, "failed", error));
}

/** Put off without a failure; the attempt does not count. At the end of its patience it is tried a last time. */
export function postponed(job: Job, reason: string, until: Date, patienceMs: number, now: Date): Job {
  const since = job.postponed_since ?? now.toISOString();
  const lastMs = Date.parse(since) + patienceMs;
  if (now.getTime() >= lastMs) return died(job, `put off since ${since}, too long: ${reason}`, now);
  const due = new Date(Math.min(until.getTime(), lastMs)).toISOString();
  return noted(
    { ...uncounted(job), due_at: due, error: clip(reason, MAX_REASON_CHARS), postponed_since: since },
    eventOf(now, "postponed", `until ${due}: ${reason}`),
  );
}

/** A part of it is done: the next part begins anew, behind what is due already. */
export const continued = (job: Job, reason: string, now: Date): Job =>
  noted(
    {
      ...job,
      state: "queued",
      lease: null,
      attempts: 0,
      due_at: now.toISOString(),
      error: null,
      postponed_since: null,
    },
    eventOf(now, "continues", reason),
  );

/** Its process stops: the next one takes it on at once, and the attempt does not count. */
export const givenBack = (job: Job, now: Date): Job =>
  noted(
    { ...uncounted(job), due_at: now.toISOString() },
    eventOf(now, "given back", `${job.lease?.owner} is stopping`),
  );

const uncounted = (job: Job): Job => ({ ...job, state: "queued", lease: null, attempts: job.attempts - 1 });

const leaseFrom = (owner: string, now: Date) => ({
  owner,
  expires_at: new Date(now.getTime() + LEASE_MS).toISOString(),
});
