/**
 * The queue in numbers. Each is counted up to a bound, since an index of everything that ever succeeded has no end.
 *
 * @module
 */
import { dueKey, JOB_STATES, jobCollection, type JobState, PRIORITIES } from "./job.ts";
import type { JobsContext } from "./ledger.ts";
import { presentWorkers, type WorkerRecord } from "./workers.ts";

/** Counting stops here. */
export const MAX_COUNTED = 1_000;

const HOUR_MS = 3_600_000;
const BATCH = 200;

export interface QueueStatus {
  /** Jobs that could run now and do not yet. */
  readonly due: number;
  /** When the one that has waited longest was due. */
  readonly oldest_due_at: string | null;
  readonly by_state: Readonly<Record<JobState, number>>;
  /** Jobs asked for within the last hour that have succeeded, and that are dead. */
  readonly last_hour: { readonly succeeded: number; readonly dead: number };
  readonly workers: readonly WorkerAtWork[];
}

export interface WorkerAtWork extends WorkerRecord {
  /** What it runs now; where it is not heard of again before that, others take over. */
  readonly leases: readonly { readonly job_id: string; readonly expires_at: string }[];
}

type QueueContext = Pick<JobsContext, "store" | "now">;

export async function queueStatus(ctx: QueueContext): Promise<QueueStatus> {
  const now = ctx.now();
  const due = await dueNow(ctx, now);
  const counts = await Promise.all(JOB_STATES.map((state) => count(ctx, { prefix: ["jobs_by_state", state] })));
  const sinceHour = (state: JobState) => ({
    prefix: ["jobs_by_state", state],
    start: ["jobs_by_state", state, now.getTime() - HOUR_MS],
  });
  return {
    due: due.length,
    oldest_due_at: due.length === 0 ? null : new Date(Math.min(...due)).toISOString(),
    by_state: Object.fromEntries(JOB_STATES.map((state, i) => [state, counts[i] ?? 0])) as QueueStatus["by_state"],
    last_hour: { succeeded: await count(ctx, sinceHour("succeeded")), dead: await count(ctx, sinceHour("dead")) },
    workers: await atWork(ctx, now),
  };
}

/** When each was due, the first {@link MAX_COUNTED} of each priority. A lease that has lapsed is due, too. */
async function dueNow({ store }: QueueContext, now: Date): Promise<number[]> {
  const due: number[] = [];
  for (const priority of PRIORITIES) {
    const prefix = dueKey(priority);
    const entries = store.forgiving().list({ prefix, end: [...prefix, now.getTime() + 1] }, {
      limit: MAX_COUNTED,
      batchSize: BATCH,
    });
    for await (const { key } of entries) due.push(Number(key[prefix.length]));
  }
  return due;
}

async function atWork({ store }: QueueContext, now: Date): Promise<WorkerAtWork[]> {
  const running = await jobCollection(store).list({ by: "state", value: ["running"], limit: BATCH });
  const leases = Map.groupBy(running.items.map(({ value }) => value), ({ lease }) => lease?.owner);
  return (await presentWorkers(store, now)).map((worker) => ({
    ...worker,
    leases: (leases.get(worker.id) ?? []).map(({ id, lease }) => ({ job_id: id, expires_at: lease?.expires_at ?? "" })),
  }));
}

async function count({ store }: QueueContext, selector: Deno.KvListSelector): Promise<number> {
  let counted = 0;
  for await (const _ of store.forgiving().list(selector, { limit: MAX_COUNTED, batchSize: BATCH })) counted += 1;
  return counted;
}
