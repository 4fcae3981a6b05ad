/**
 * The log that a job's run is given: each line goes to the process's log, with the job that it is of, and is kept with the job.
 *
 * @module
 */
import type { Fields, Level, Log } from "../log.ts";
import type { Job } from "./job.ts";
import { lineOf, type LogLine } from "./job_log.ts";

export interface RunLogOptions {
  readonly now: () => Date;
  readonly keep: (line: LogLine) => void;
}

/** What is for debugging is kept only where it is logged. */
export function runLog(log: Log, { id, attempts }: Job, { now, keep }: RunLogOptions): Log {
  const isKept = (level: Level) => level !== "debug" || log.isEnabled(level);
  const at = (level: Level) => (message: string, fields: Fields = {}) => {
    log[level](message, { job: id, attempt: attempts, ...fields });
    if (isKept(level)) keep(lineOf(now(), level, message, fields));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), isEnabled: log.isEnabled };
}
