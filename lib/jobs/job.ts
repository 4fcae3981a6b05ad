/**
 * The one job record: what the queue knows of a job, and how it is stored and found.
 *
 * @module
 */
import { z } from "zod";
import { type Collection, collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";

/** `failed` will be tried again; `succeeded`, `cancelled` and `dead` are ends. */
export const JOB_STATES = ["queued", "running", "succeeded", "failed", "cancelled", "dead"] as const;

const instant = z.iso.datetime();

export const jobViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  args: z.record(z.string(), z.unknown()),
  state: z.enum(JOB_STATES),
  attempts: z.int().nonnegative(),
  due_at: instant,
  created_at: instant,
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  result: z.unknown(),
  error: z.string().nullable(),
  timeline: z.array(z.object({ at: instant, event: z.string(), detail: z.string() })),
});

/** Which of several due jobs is taken first. */
export const PRIORITIES = ["urgent", "normal", "background"] as const;
export type Priority = (typeof PRIORITIES)[number];

export const jobSchema = jobViewSchema.extend({
  priority: z.enum(PRIORITIES),
  /** Held while the job runs. */
  lease: z.object({ owner: z.string(), expires_at: instant }).nullable(),
  /** The one who runs it has been asked to stop. */
  cancel_requested: z.boolean(),
  /** When it was first put off, since it was last asked for. */
  postponed_since: instant.nullable(),
});

export type JobState = (typeof JOB_STATES)[number];
export type JobArgs = Readonly<Record<string, unknown>>;
export type Job = Readonly<z.infer<typeof jobSchema>>;
export type JobEvent = Job["timeline"][number];
export type JobProgress = NonNullable<Job["progress"]>;

/** A job as outside programs see it. */
export type JobView = Readonly<z.infer<typeof jobViewSchema>>;

export const isEnded = (job: Pick<Job, "state">): boolean => ["succeeded", "cancelled", "dead"].includes(job.state);

/** When the job wants looking at: at its due time while it waits, at the end of its lease while it runs. */
export function dueAtMs(job: Job): number | undefined {
  if (isEnded(job)) return undefined;
  return Date.parse(job.lease === null ? job.due_at : job.lease.expires_at);
}

/** The job's name can be told from its id, so that a worker need not read what it cannot run. */
export const jobId = (name: string, slot: string): string => `${name}:${slot}`;

export const nameOf = (id: string): string => id.slice(0, id.indexOf(":"));

export const jobView = (job: Job): JobView => jobViewSchema.parse(job);

/** Jobs of one priority by the time at which they want looking at. */
export const dueKey = (priority: Priority): Deno.KvKey => ["jobs_by_due", PRIORITIES.indexOf(priority)];

/** Every listing is in the order of creation, so that a job keeps its place while it changes state. */
export function jobCollection(store: Store): Collection<Job, string> {
  const createdMs = (job: Job) => Date.parse(job.created_at);
  return collection<Job, string>(store, {
    name: "jobs",
    schemaVersion: 1,
    schema: jobSchema,
    idOf: (job) => job.id,
    indexes: {
      due: (job) => {
        const dueMs = dueAtMs(job);
        return dueMs === undefined ? [] : [[PRIORITIES.indexOf(job.priority), dueMs]];
      },
      created: (job) => [[createdMs(job)]],
      state: (job) => [[job.state, createdMs(job)]],
      name: (job) => [[job.name, createdMs(job)]],
      name_and_state: (job) => [[job.name, job.state, createdMs(job)]],
    },
  });
}
