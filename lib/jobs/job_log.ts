/**
 * What the last runs of a job have logged: one record beside the job, written in the operations that write the job itself.
 *
 * @module
 */
import { z } from "zod";
import { type Fields, type Level, LEVELS, loggedFields, withoutSecrets } from "../log.ts";
import type { Change } from "../store/change.ts";
import { type Collection, collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import {
  clip,
  LOG_LINE_CHARS,
  MAX_LOG_CHARS,
  MAX_LOG_FIELDS_CHARS,
  MAX_LOG_LINES,
  MAX_LOG_MESSAGE_CHARS,
  MAX_LOGGED_RUNS,
} from "./bounds.ts";
import type { Job } from "./job.ts";
import { getJob } from "./ledger.ts";

const instant = z.iso.datetime();

const lineSchema = z.object({
  at: instant,
  level: z.enum(LEVELS),
  message: z.string(),
  fields: z.record(z.string(), z.unknown()),
});

const runSchema = z.object({
  started_at: instant,
  /** From 1, since the job was asked for. */
  attempt: z.int().positive(),
  /** Lines that have made room for later ones. */
  omitted: z.int().nonnegative(),
  lines: z.array(lineSchema),
});

const schema = z.object({ job_id: z.string(), runs: z.array(runSchema) });

export type LogLine = Readonly<z.infer<typeof lineSchema>>;
export type LoggedRun = Readonly<z.infer<typeof runSchema>>;
export type JobLog = Readonly<z.infer<typeof schema>>;

const NAME = "job_logs";

export const jobLogCollection = (store: Store): Collection<JobLog, string> =>
  collection<JobLog, string>(store, { name: NAME, schemaVersion: 1, schema, idOf: ({ job_id }) => job_id });

/** Short enough to be kept, and without secrets. */
export function lineOf(at: Date, level: Level, message: string, fields: Fields): LogLine {
  let left = MAX_LOG_FIELDS_CHARS;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(loggedFields(fields))) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    left -= name.length + text.length;
    if (left >= 0) kept[name] = value;
    else {
      const room = left + text.length;
      if (room > 1) kept[name] = clip(text, room);
      break;
    }
  }
  return { at: at.toISOString(), level, message: clip(withoutSecrets(message), MAX_LOG_MESSAGE_CHARS), fields: kept };
}

/** Stages what a run has logged since it last was; the change checks the job, which only the one who runs it writes with lines. */
export async function stageLines(
  store: Store,
  change: Change,
  { id, started_at, attempts }: Job,
  lines: readonly LogLine[],
): Promise<Change> {
  const logs = jobLogCollection(store);
  const before = await logs.getFresh(id);
  const run = { started_at: started_at ?? "", attempt: attempts };
  const after = { job_id: id, runs: runsToKeep(withLines(before?.value.runs ?? [], run, lines)) };
  return before === undefined ? logs.insert(change, after) : logs.replace(change, before, after);
}

/** Stages that a job's log goes, readable or not, for whoever deletes the job in the same change: nobody adds to it without the job. */
export const stageLogRemoval = (change: Change, jobId: string): Change => change.delete([NAME, jobId]);

/** The last runs that have logged anything, the newest first. Throws `not-found` where there is no such job. */
export async function readJobLog(ctx: { readonly store: Store }, id: string): Promise<readonly LoggedRun[]> {
  await getJob(ctx, id);
  return (await jobLogCollection(ctx.store).getFresh(id))?.value.runs.toReversed() ?? [];
}

function withLines(
  runs: readonly LoggedRun[],
  run: Pick<LoggedRun, "started_at" | "attempt">,
  lines: readonly LogLine[],
): LoggedRun[] {
  const last = runs.at(-1);
  const isSame = last?.started_at === run.started_at && last.attempt === run.attempt;
  const before = isSame ? last : { ...run, omitted: 0, lines: [] };
  return [...(isSame ? runs.slice(0, -1) : runs), { ...before, lines: [...before.lines, ...lines] }];
}

function runsToKeep(runs: readonly LoggedRun[]): LoggedRun[] {
  let left = MAX_LOG_CHARS;
  const kept = runs.slice(-MAX_LOGGED_RUNS).toReversed().map((run) => {
    const newest = run.lines.slice(-MAX_LOG_LINES).toReversed();
    const fitting = newest.findIndex((line) => (left -= charsOf(line)) < 0);
    const lines = newest.slice(0, fitting < 0 ? newest.length : fitting).toReversed();
    return { ...run, lines, omitted: run.omitted + run.lines.length - lines.length };
  });
  return kept.toReversed();
}

const charsOf = ({ message, fields }: LogLine): number =>
  LOG_LINE_CHARS + message.length + JSON.stringify(fields).length;
