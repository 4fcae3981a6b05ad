/**
 * The store does not grow with the nights: what was kept for as long as is configured goes, and what nobody can use any more. In
 * small atomic operations, each with all index entries of what it removes; one that is cut off is taken up by the next night.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import type { Uses } from "../identity/uses.ts";
import { defineJob, type JobDefinition, type JobRun, Unfinished } from "../jobs/definition.ts";
import { chunks } from "../store/chunks.ts";
import { unlessLeft, type UnreadableEntry } from "../store/unreadable.ts";
import { endedJobs, type Expired, oldAudit, overIdempotency, overSessions, overSignIns } from "./expired.ts";
import { oldCorrections } from "./old_corrections.ts";
import { cutoffOf, type Retention } from "./retention.ts";

export const CLEAN_UP = "clean-up";

export interface RetentionContext extends Context {
  readonly uses: Uses;
  readonly retention: Retention;
}

/** An atomic operation checks ten entries. */
const BATCH = 10;
/** About as long as others may have to wait for room. */
const RUN_MS = 60_000;

export const cleanUp: JobDefinition<RetentionContext> = defineJob<RetentionContext, Record<string, never>>({
  name: CLEAN_UP,
  args: z.strictObject({}),
  id: () => "store",
  priority: "background",
  maxAttempts: 5,
  run,
});

/** What goes, by what it is called in the result. */
function expired(ctx: RetentionContext): Record<string, AsyncIterable<Expired>> {
  const { jobsDays, auditDays, correctionsDays } = ctx.retention;
  const now = ctx.now();
  return {
    jobs: endedJobs(ctx, cutoffOf(jobsDays, now)),
    audit: oldAudit(ctx, cutoffOf(auditDays, now)),
    corrections: oldCorrections(ctx, cutoffOf(correctionsDays, now)),
    sessions: overSessions(ctx),
    idempotency: overIdempotency(ctx),
    sign_ins: overSignIns(ctx),
  };
}

async function run(ctx: RetentionContext, { signal, kept, keep }: JobRun<unknown>): Promise<Record<string, number>> {
  const endMs = ctx.now().getTime() + RUN_MS;
  const removed = { ...kept as Record<string, number> | null };
  const left: UnreadableEntry[] = [];
  for (const [what, items] of Object.entries(expired(ctx))) {
    removed[what] ??= 0;
    for await (const batch of chunks(untilUnreadable(items, left), BATCH)) {
      signal.throwIfAborted();
      removed[what] += await remove(ctx, batch);
      keep({ ...removed });
      if (ctx.now().getTime() >= endMs) throw new Unfinished(`removed so far: ${JSON.stringify(removed)}`);
    }
  }
  const [unreadable] = left;
  if (unreadable !== undefined) throw unreadable;
  return removed;
}

/** One that has changed meanwhile holds up nothing but itself, and is looked at again the next night. */
async function remove(ctx: Context, batch: readonly Expired[]): Promise<number> {
  const change = ctx.store.change();
  for (const stage of batch) stage(change);
  if (await change.commit() !== undefined) return batch.length;
  if (batch.length === 1) return 0;
  let removed = 0;
  for (const one of batch) removed += await remove(ctx, [one]);
  return removed;
}

async function* untilUnreadable<T>(items: AsyncIterable<T>, left: UnreadableEntry[]): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    unlessLeft(left)(error);
  }
}
