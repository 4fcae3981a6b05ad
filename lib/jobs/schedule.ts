/**
 * Jobs that come round by the clock. A tick looks at what should have been asked for by now, and asks for it: so it does
 * not matter how often it comes, how late, or in how many processes.
 *
 * @module
 */
import { z } from "zod";
import type { Change } from "../store/change.ts";
import { type Collection, collection } from "../store/collection.ts";
import { alone, type Settle } from "../store/settle.ts";
import type { Store } from "../store/store.ts";
import type { Log } from "../log.ts";
import { type DailySchedule, newestDue, nextDue } from "./daily.ts";
import { enqueueJob, prepareJob } from "./enqueue.ts";
import { Problem } from "../problem.ts";
import type { Job } from "./job.ts";
import type { JobsContext } from "./ledger.ts";
import { pauseCollection, pauseSchedule, resumeSchedule, watchPause } from "./pauses.ts";

export interface ScheduleEntry {
  readonly name: string;
  readonly schedule: DailySchedule;
  readonly job: {
    readonly name: string;
    /** The arguments, of the slot for which it is enqueued. */
    readonly args: (slot: Date) => unknown;
  };
  /** Why it does not run. What is due stays due until it does. */
  readonly disabledBecause?: string | undefined;
}

export type Timetable = readonly ScheduleEntry[];

const instant = z.iso.datetime();

const slotSchema = z.object({ name: z.string(), last_slot: instant, job_id: z.string(), enqueued_at: instant });

/** The newest slot of a schedule for which a job was enqueued. */
export type ScheduleSlot = Readonly<z.infer<typeof slotSchema>>;

export const scheduleCollection = (store: Store): Collection<ScheduleSlot, string> =>
  collection<ScheduleSlot, string>(store, {
    name: "schedules",
    schemaVersion: 1,
    schema: slotSchema,
    idOf: (slot) => slot.name,
  });

export interface ScheduleStatus {
  readonly name: string;
  readonly time_zone: string;
  readonly at: string;
  readonly disabled_because: string | null;
  /** Who paused it, and when. */
  readonly paused: { readonly at: string; readonly by: string } | null;
  readonly job: string;
  readonly next_due_at: string;
  readonly last_slot: string | null;
  readonly last_job_id: string | null;
}

/**
 * Enqueues what is due and answers it: of each entry the newest slot, if it is newer than the one remembered; older ones
 * that were missed are left out. An entry that cannot be enqueued is logged and does not hold up the others.
 */
export async function tick(
  ctx: JobsContext & { readonly log: Pick<Log, "error"> },
  timetable: Timetable,
): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const entry of timetable) {
    try {
      const job = await enqueueNewest(ctx, entry);
      if (job !== undefined) jobs.push(job);
    } catch (error) {
      ctx.log.error("A schedule could not be kept", { schedule: entry.name, error });
    }
  }
  return jobs;
}

async function enqueueNewest(ctx: JobsContext, entry: ScheduleEntry): Promise<Job | undefined> {
  if (entry.disabledBecause !== undefined) return undefined;
  const schedules = scheduleCollection(ctx.store);
  for (;;) {
    const ifNotPaused = await watchPause(ctx.store, entry.name);
    if (ifNotPaused === undefined) return undefined;
    const now = ctx.now();
    const dueAt = newestDue(entry.schedule, now);
    const slot = dueAt.toISOString();
    const before = await schedules.getFresh(entry.name);
    if (before !== undefined && before.value.last_slot >= slot) return undefined;
    const args = await entry.job.args(dueAt);
    const prepared = await prepareJob(ctx, { name: entry.job.name, args, by: `${entry.name} of ${slot}` });
    const after = { name: entry.name, last_slot: slot, job_id: prepared.job.id, enqueued_at: now.toISOString() };
    const change = prepared.stage(ifNotPaused(ctx.store.change()));
    if (before === undefined) schedules.insert(change, after);
    else schedules.replace(change, before, after);
    if (await change.commit() !== undefined) {
      ctx.wake?.();
      return prepared.job;
    }
  }
}

export async function scheduleStatus(
  ctx: Pick<JobsContext, "store" | "now">,
  entry: ScheduleEntry,
): Promise<ScheduleStatus> {
  const last = (await scheduleCollection(ctx.store).getFresh(entry.name))?.value;
  const pause = (await pauseCollection(ctx.store).getFresh(entry.name))?.value;
  return {
    name: entry.name,
    time_zone: entry.schedule.timeZone,
    at: entry.schedule.at,
    disabled_because: entry.disabledBecause ?? null,
    paused: pause === undefined ? null : { at: pause.paused_at, by: pause.paused_by },
    job: entry.job.name,
    next_due_at: nextDue(entry.schedule, ctx.now()).toISOString(),
    last_slot: last?.last_slot ?? null,
    last_job_id: last?.job_id ?? null,
  };
}

export interface TimetableContext extends JobsContext {
  readonly timetable: Timetable;
}

export const timetableStatus = (ctx: TimetableContext): Promise<ScheduleStatus[]> =>
  Promise.all(ctx.timetable.map((entry) => scheduleStatus(ctx, entry)));

/** Throws `not-found`. */
export async function setPaused(
  ctx: TimetableContext,
  name: string,
  by: string | undefined,
  settle: Settle<ScheduleStatus> = alone,
): Promise<ScheduleStatus> {
  const entry = entryOf(ctx, name);
  const paused = by === undefined ? null : { at: ctx.now().toISOString(), by };
  const status = { ...await scheduleStatus(ctx, entry), paused };
  const commit = (change: Change) => settle(change, () => status);
  if (paused === null) await resumeSchedule(ctx.store, name, commit);
  else await pauseSchedule(ctx.store, { name, paused_at: paused.at, paused_by: paused.by }, commit);
  return await scheduleStatus(ctx, entry);
}

/** Asks for the job of a schedule now, beside its slots, also while it is paused. Throws `not-found`. */
export function runNow(ctx: TimetableContext, name: string, by: string, settle: Settle<Job> = alone): Promise<Job> {
  const { job } = entryOf(ctx, name);
  return enqueueJob(ctx, { name: job.name, args: job.args(ctx.now()), by }, settle);
}

function entryOf({ timetable }: TimetableContext, name: string): ScheduleEntry {
  const entry = timetable.find((one) => one.name === name);
  if (entry !== undefined) return entry;
  const known = timetable.map((one) => one.name).join(", ");
  throw new Problem("not-found", `There is no schedule ${JSON.stringify(name)}; there are: ${known}`);
}
