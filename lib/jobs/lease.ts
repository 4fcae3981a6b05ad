/**
 * The hold that one process has on a running job: renewed by a heartbeat, lost to whoever claims the job once it has
 * lapsed. Everything that is written about a running job passes through here and is checked against the ledger.
 * Processes tell by their own clocks whether a lease has lapsed: where they differ by seconds, a job may be started early
 * elsewhere, but only one of the two can write how it ended.
 *
 * @module
 */
import type { Versioned } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import type { Log } from "../log.ts";
import { type Job, jobCollection, type JobEvent, type JobProgress } from "./job.ts";
import { type LogLine, stageLines } from "./job_log.ts";
import type { Sleep } from "./sleep.ts";
import { eventOf, extended, reported } from "./transitions.ts";

const HEARTBEAT_MS = 5_000;
/** Progress that comes faster is gathered. */
const REPORT_EVERY_MS = 1_000;
const RETRY_MS = 1_000;

export type StopReason = "cancelled" | "stopping" | "lease lost";

/** Why a handler's signal aborted. */
export class RunStopped extends Error {
  override name = "RunStopped";
  constructor(readonly reason: StopReason) {
    super(`The run was stopped: ${reason}`);
  }
}

export interface LeaseOptions {
  readonly store: Store;
  readonly now: () => Date;
  readonly sleep: Sleep;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** The process; its name in the ledger. No two processes may share it, nor one process hold a job twice. */
  readonly owner: string;
}

export interface Lease {
  /** Aborts with {@link RunStopped}. */
  readonly signal: AbortSignal;
  /** Why the run was told to stop, if it was. */
  stopped(): StopReason | undefined;
  stop(reason: StopReason): void;
  progress(done: number, total: number): void;
  note(event: string, detail?: string): void;
  keep(result: unknown): void;
  /** Stored as progress is, in the same operation. */
  log(line: LogLine): void;
  /** Writes how the run ended and gives the lease up; `undefined` where it was lost, and the job is no longer ours. */
  end(ending: (job: Job) => Job): Promise<Job | undefined>;
}

export function holdLease(options: LeaseOptions, claim: Versioned<Job>): Lease {
  const { store, now, sleep, log, owner } = options;
  const { id } = claim.value;
  const jobs = jobCollection(store);
  const stopping = new AbortController();
  const over = new AbortController();
  const events: JobEvent[] = [];
  const lines: LogLine[] = [];
  let held = claim;
  let progress: JobProgress | null = null;
  let kept: unknown = claim.value.result;
  let reason: StopReason | undefined;
  let writtenMs = now().getTime();
  let lastWrite: Promise<unknown> = Promise.resolve();

  function stop(why: StopReason): void {
    if (reason === undefined || why === "lease lost") reason = why;
    stopping.abort(new RunStopped(why));
  }

  async function write(decide: (job: Job) => Job): Promise<Job | undefined> {
    while (reason !== "lease lost") {
      const [told, logged] = [events.length, lines.length];
      const after = decide(reported(held.value, { progress, events, kept }));
      writtenMs = now().getTime();
      const change = jobs.replace(store.change(), held, after);
      if (logged > 0) await stageLines(store, change, claim.value, lines.slice(0, logged));
      const versionstamp = await change.commit();
      if (versionstamp !== undefined) {
        events.splice(0, told);
        lines.splice(0, logged);
        held = { value: after, versionstamp };
        return after;
      }
      const current = await jobs.getFresh(id);
      if (current?.value.lease?.owner !== owner) {
        stop("lease lost");
      } else {
        held = current;
        if (current.value.cancel_requested) stop("cancelled");
      }
    }
    return undefined;
  }

  /** One write after another: two at once would take each other for another process. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lastWrite.then(work);
    lastWrite = turn.catch(() => {});
    return turn;
  }

  const hasLapsed = () => Date.parse(held.value.lease?.expires_at ?? "") <= now().getTime();

  async function beat(): Promise<void> {
    try {
      await inTurn(async () => over.signal.aborted || await write((job) => extended(job, owner, now())));
    } catch (error) {
      log.error("A job's heartbeat failed", { job: id, error });
      // Whether somebody else has claimed it cannot be known now; that nobody has is no longer certain.
      if (hasLapsed()) stop("lease lost");
    }
  }

  async function heartbeats(): Promise<void> {
    while (!over.signal.aborted) {
      await sleep(HEARTBEAT_MS, over.signal);
      await beat();
    }
  }

  function report(): void {
    const nowMs = now().getTime();
    if (nowMs - writtenMs < REPORT_EVERY_MS) return;
    writtenMs = nowMs;
    beat();
  }

  async function end(ending: (job: Job) => Job): Promise<Job | undefined> {
    over.abort();
    for (;;) {
      try {
        return await inTurn(() => write(ending));
      } catch (error) {
        log.error("A job's end could not be written", { job: id, error });
        if (hasLapsed()) return undefined;
        await sleep(RETRY_MS);
      }
    }
  }

  heartbeats();
  return {
    signal: stopping.signal,
    stopped: () => reason,
    stop,
    progress(done, total) {
      progress = { done, total };
      report();
    },
    note(event, detail = "") {
      events.push(eventOf(now(), event, detail));
      report();
    },
    keep(result) {
      kept = result;
      report();
    },
    log(line) {
      lines.push(line);
      report();
    },
    end,
  };
}
