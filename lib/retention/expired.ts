/**
 * What is over: each found as what stages its removal, with the check that it is still the same.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { recordSchema } from "../idempotency/record.ts";
import { MAX_IDLE_MS, stageEnd } from "../identity/sessions.ts";
import { signInIn } from "../identity/sign_in_transaction.ts";
import type { Uses } from "../identity/uses.ts";
import { isEnded, jobCollection } from "../jobs/job.ts";
import { stageLogRemoval } from "../jobs/job_log.ts";
import { scheduleCollection } from "../jobs/schedule.ts";
import type { Change } from "../store/change.ts";
import { decoded } from "../store/unreadable.ts";

export type Expired = (change: Change) => unknown;

/** With what they logged. The newest job of a schedule stays, however old: the timetable names it. */
export async function* endedJobs({ store }: Context, cutoff: Date | undefined): AsyncGenerator<Expired> {
  if (cutoff === undefined) return;
  const named = new Set(await Array.fromAsync(scheduleCollection(store).each(), ({ value }) => value.job_id));
  const jobs = jobCollection(store);
  // What ended before then was made before then.
  for await (const job of jobs.each({ by: "created", before: cutoff.getTime() })) {
    const { id, finished_at } = job.value;
    const isOver = isEnded(job.value) && Date.parse(finished_at ?? "") < cutoff.getTime();
    if (isOver && !named.has(id)) yield (change) => stageLogRemoval(jobs.remove(change, job), id);
  }
}

/** Their ids are in the order of time. */
export async function* oldAudit({ audit }: Context, cutoff: Date | undefined): AsyncGenerator<Expired> {
  if (cutoff === undefined) return;
  for await (const entry of audit.each({ before: cutoff.toISOString() })) yield (change) => audit.remove(change, entry);
}

/** Those that have expired, or were not used for so long that they open nothing. */
export async function* overSessions(ctx: Context & { readonly uses: Uses }): AsyncGenerator<Expired> {
  const nowMs = ctx.now().getTime();
  for await (const session of ctx.sessions.each()) {
    const { id, createdAt, expiresAt } = session.value;
    const [usedAt = createdAt] = await ctx.uses.lastOf([id]);
    const isOver = nowMs >= Math.min(Date.parse(expiresAt), Date.parse(usedAt) + MAX_IDLE_MS + NOTED_WITHIN_MS);
    if (isOver) yield (change) => stageEnd(ctx, change, session);
  }
}

/** Another process may have noted a use that it has not stored yet. */
const NOTED_WITHIN_MS = 3_600_000;

/** KV drops them by itself, but for those that came out of a back-up. */
export async function* overIdempotency({ store, now }: Context): AsyncGenerator<Expired> {
  for await (const entry of store.list({ prefix: ["idempotency"] })) {
    const { key, versionstamp } = entry;
    const record = decoded(entry, (value) => recordSchema.parse(value));
    if (record.expiresAtMs <= now().getTime()) yield (change) => change.check(key, versionstamp).delete(key);
  }
}

/** The same of sign-ins that were never ended. */
export async function* overSignIns({ store, now }: Context): AsyncGenerator<Expired> {
  for await (const entry of store.list({ prefix: ["sign_ins"] })) {
    const { key, versionstamp } = entry;
    if (Date.parse(signInIn(entry).expiresAt) <= now().getTime()) {
      yield (change) => change.check(key, versionstamp).delete(key);
    }
  }
}
