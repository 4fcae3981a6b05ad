/**
 * What a job is to the one who writes it: a name, arguments, and a handler that may be run again at any time.
 *
 * @module
 */
import type { z } from "zod";
import { invalid, pointer, Problem } from "../problem.ts";
import { valueErrorsOf } from "../value_errors.ts";
import { jsonCopy, MAX_ARGS_CHARS, MAX_ID_CHARS } from "./bounds.ts";
import { type JobArgs, jobId, type Priority } from "./job.ts";

/** What a handler is given beside its services. */
export interface JobRun<A> {
  readonly args: A;
  /** From 1. */
  readonly attempt: number;
  readonly priority: Priority;
  /** Aborts when the job is cancelled, the process stops or the lease is lost: throw, and leave it at that. */
  readonly signal: AbortSignal;
  /** Stored with the next heartbeat, or a little sooner. */
  progress(done: number, total: number): void;
  /** A line in the job's timeline. */
  note(event: string, detail?: string): void;
  /** What was kept last since the job was asked for, by this run or one before it; `null` at first. */
  readonly kept: unknown;
  /** What there is of a result so far: shown, stored as progress is, and given to the run after this one. */
  keep(result: unknown): void;
}

/** Thrown by a handler that cannot go on before a certain time, through no failure: the attempt does not count. */
export class Postpone extends Error {
  override name = "Postpone";
  constructor(readonly untilMs: number, reason: string) {
    super(reason);
  }
}

/**
 * Thrown by a handler that has done a part of its work: the job is due again at once, behind what is due already, and its
 * attempts are counted anew. So work that takes hours blocks nobody, and no failure is held against what came after it.
 */
export class Unfinished extends Error {
  override name = "Unfinished";
}

/** Thrown by a handler that would fail again each time: the job is dead at once. */
export class Final extends Error {
  override name = "Final";
}

/** Thrown by a handler whose work is of use to nobody any more: the job is cancelled, which is no failure. */
export class Needless extends Error {
  override name = "Needless";
}

export interface ArgsFault {
  readonly path: readonly string[];
  readonly message: string;
}

export interface JobOptions<C, A extends JobArgs> {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  /**
   * What may be asked for; defaults fill in what was left out. Applied again to what is stored before each attempt,
   * so it must take what it gives.
   */
  readonly args: z.ZodType<A>;
  /** Tells this job from others of its name: two requests with the same id are one job. */
  readonly id: (args: A) => string;
  /** What else is wrong with a request that somebody sends, whatever its form: only then, and not of what is stored. */
  readonly faultsIn?: (args: A) => Promise<readonly ArgsFault[]>;
  /** How often it may fail, or take its process down, before it is dead. */
  readonly maxAttempts: number;
  /** `normal` where nothing is said. */
  readonly priority?: Priority;
  /** How long it may be put off in all; a day where nothing is said. */
  readonly postponeForMs?: number;
  /** The longest wait after the first failure, doubled after each further one up to `maxBackoffMs`. */
  readonly backoffMs?: number;
  readonly maxBackoffMs?: number;
  /** Answers a result that JSON can hold. Whatever it did before it was cut off, it must be able to do again. */
  readonly run: (ctx: C, run: JobRun<A>) => Promise<unknown>;
}

/** A job that the queue can take and run; the type of its arguments stays inside. `C` are the services it needs. */
export interface JobDefinition<C> {
  readonly name: string;
  readonly maxAttempts: number;
  readonly priority: Priority;
  readonly postponeForMs: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** What a request is checked by. */
  readonly args: z.ZodType;
  /** Checks a request; throws a `validation-failed` problem. */
  readonly read: (args: unknown) => Promise<{ readonly id: string; readonly args: JobArgs }>;
  /** Throws a `validation-failed` problem for what only who sends a request has to hear. */
  readonly admit: (args: unknown) => Promise<void>;
  readonly run: (ctx: C, run: JobRun<JobArgs>) => Promise<unknown>;
}

/** Any job, to those who do not run it. */
export type AnyJob = JobDefinition<never>;

const NAME = /^[a-z][a-z0-9-]*$/;
const SLOT = /^[\w.:-]+$/;
const HOUR_MS = 3_600_000;

export function defineJob<C, A extends JobArgs>(options: JobOptions<C, A>): JobDefinition<C> {
  const {
    name,
    maxAttempts,
    priority = "normal",
    postponeForMs = 24 * HOUR_MS,
    backoffMs = 10_000,
    maxBackoffMs = HOUR_MS,
  } = options;
  if (!NAME.test(name)) throw new TypeError(`"${name}" names no job: use lower-case letters, digits and hyphens`);

  async function read(asked: unknown) {
    const read = await options.args.safeParseAsync(asked);
    if (!read.success) throw invalidArgs(read.error);
    const slot = options.id(read.data);
    const id = jobId(name, slot);
    if (!SLOT.test(slot) || id.length > MAX_ID_CHARS) {
      throw new TypeError(`"${id}" is no job id: use letters, digits and .:-_, ${MAX_ID_CHARS} characters at most`);
    }
    const chars = JSON.stringify(read.data).length;
    if (chars > MAX_ARGS_CHARS) {
      const detail = `These are ${chars} characters; a job takes ${MAX_ARGS_CHARS} at most`;
      throw invalid([{ pointer: pointer("args"), detail }]);
    }
    return { id, args: jsonCopy(read.data) as JobArgs };
  }

  async function admit(asked: unknown): Promise<void> {
    const read = await options.args.safeParseAsync(asked);
    const faults = read.success ? await options.faultsIn?.(read.data) ?? [] : [];
    if (faults.length === 0) return;
    throw invalid(faults.map(({ path, message }) => ({ pointer: pointer("args", ...path), detail: message })));
  }

  async function run(ctx: C, stored: JobRun<JobArgs>): Promise<unknown> {
    const read = await options.args.safeParseAsync(stored.args);
    if (!read.success) throw new Final(`Its arguments are not understood: ${invalidArgs(read.error).detail}`);
    return await options.run(ctx, { ...stored, args: read.data });
  }

  return { name, args: options.args, maxAttempts, priority, postponeForMs, backoffMs, maxBackoffMs, read, admit, run };
}

const invalidArgs = (error: z.ZodError): Problem =>
  invalid(error.issues.flatMap((issue) => valueErrorsOf(issue, (path) => ({ pointer: pointer("args", ...path) }))));
