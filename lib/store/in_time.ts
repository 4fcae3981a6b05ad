/**
 * A store that answers in time, or is said not to. The client of a KV server tries for ever, so each call of KV has a deadline here.
 *
 * While KV is silent, one call at a time asks whether it is back, and all others fail at once: nobody waits for nothing, and
 * requests do not pile up. Any answer, however late, ends the silence.
 *
 * @module
 */
import type { Log } from "../log.ts";
import { Problem } from "../problem.ts";
import { isUnreadable } from "./unreadable_keys.ts";

/** What a call does: what the store refuses to write it may well read. */
export type Access = "read" | "write";

/** What `call` answers. Rejects with `unavailable` where the store does not answer in time, or fails. */
export type InTime = <T>(access: Access, call: () => Promise<T>) => Promise<T>;

export interface Deadlines {
  readonly inTime: InTime;
  /** What the store said when a write failed last, unless one has succeeded since. */
  refusal(): string | undefined;
  stop(): void;
}

export interface DeadlineOptions {
  readonly log?: Pick<Log, "error" | "info"> | undefined;
  /** A call that was late has answered: what it changed was not waited for. */
  readonly onLateAnswer: () => void;
  readonly answerMs?: number | undefined;
}

export const ANSWER_MS = 5_000;
const RETRY_AFTER_SECONDS = "5";
/** Calls are looked at together: a timer for each would cost more than many of them take. */
const LOOKS_A_DEADLINE = 10;

/** Of the embedded file; KV throws them as it does for values that it cannot take: as `TypeError`. */
const OF_THE_FILE = /disk is full|disk I\/O|readonly database|unable to open|is locked|malformed|not a database/;

interface Call {
  looks: number;
  isLate: boolean;
  readonly giveUp: () => void;
}

export function deadlines({ log, onLateAnswer, answerMs = ANSWER_MS }: DeadlineOptions): Deadlines {
  const calls = new Set<Call>();
  const refusals: Partial<Record<Access, string>> = {};
  let [isSilent, isAsking, isStopped] = [false, false, false];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    timer = undefined;
    for (const call of calls) {
      call.looks += 1;
      if (call.looks > LOOKS_A_DEADLINE) beLate(call);
    }
    if (calls.size > 0) lookLater();
  }

  function lookLater(): void {
    if (!isStopped && Number.isFinite(answerMs)) timer ??= setTimeout(look, answerMs / LOOKS_A_DEADLINE);
  }

  function stopLooking(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function beLate(call: Call): void {
    calls.delete(call);
    call.isLate = true;
    isAsking = false;
    if (!isSilent) log?.error("The store does not answer", { afterMs: answerMs });
    isSilent = true;
    call.giveUp();
  }

  function answered(call: Call): void {
    calls.delete(call);
    if (calls.size === 0) stopLooking();
    if (isSilent) log?.info("The store answers again");
    [isSilent, isAsking] = [false, false];
    if (call.isLate && !isStopped) onLateAnswer();
  }

  function succeeded(access: Access): void {
    if (refusals[access] === undefined) return;
    delete refusals[access];
    log?.info("The store works again", { access });
  }

  /** Faults of ours, and of what is stored, are thrown as they are. */
  function failed(access: Access, error: unknown): unknown {
    if (!(error instanceof Error) || isUnreadable(error)) return error;
    if (error instanceof TypeError && !OF_THE_FILE.test(error.message)) return error;
    if (refusals[access] !== error.message && !isStopped) log?.error("The store failed", { access, error });
    refusals[access] = error.message;
    return unavailable("The store failed; nothing was changed", error);
  }

  function inTime<T>(access: Access, work: () => Promise<T>): Promise<T> {
    if (isSilent && isAsking) return Promise.reject(silent());
    isAsking = isSilent;
    return new Promise((resolve, reject) => {
      const call: Call = { looks: 0, isLate: false, giveUp: () => reject(silent(access)) };
      calls.add(call);
      lookLater();
      work().then((result) => {
        answered(call);
        succeeded(access);
        resolve(result);
      }, (error) => {
        answered(call);
        reject(failed(access, error));
      });
    });
  }

  return {
    inTime,
    refusal: () => refusals.write,
    stop() {
      isStopped = true;
      stopLooking();
    },
  };
}

/** A write that was given up may be made all the same, once the store is back. */
const silent = (access?: Access): Problem =>
  unavailable(
    access === "write"
      ? "The store does not answer; what was asked for may have been done all the same"
      : "The store does not answer",
  );

const unavailable = (detail: string, cause?: unknown): Problem =>
  new Problem("unavailable", detail, { cause, headers: { "retry-after": RETRY_AFTER_SECONDS } });
