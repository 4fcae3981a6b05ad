/**
 * The verifier as a job: what it found is the job's result, kept until it is run again.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { maskedKey } from "../inspect/masks.ts";
import { defineJob, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import type { FaultKind } from "./check.ts";
import { keyText, verify } from "./mod.ts";

export const VERIFY = "verify";
export const VERIFY_JOB_ID = `${VERIFY}:store`;

const MAX_LISTED = 20;
/** So that twenty of them fit in a result. */
const MAX_CHARS = 120;

export const verifyStore: JobDefinition<Context> = defineJob<Context, Record<string, never>>({
  name: VERIFY,
  args: z.strictObject({}),
  id: () => "store",
  priority: "background",
  maxAttempts: 3,
  run,
});

export interface VerifierReport {
  /** How much was looked at, by what it is. */
  readonly looked_at: Readonly<Record<string, number>>;
  readonly faults: number;
  /** The first of them. */
  readonly listed: readonly { readonly kind: FaultKind; readonly key: string; readonly what: string }[];
}

async function run(ctx: Context, { signal, keep }: JobRun<unknown>): Promise<VerifierReport> {
  const counts = new Map<string, number>();
  const listed: VerifierReport["listed"][number][] = [];
  let faults = 0;
  const report = () => ({ looked_at: Object.fromEntries(counts), faults, listed });
  const count = (what: string, more: number) => {
    signal.throwIfAborted();
    counts.set(what, (counts.get(what) ?? 0) + more);
    keep(report());
  };
  for await (const { kind, key, what } of verify(ctx, count)) {
    signal.throwIfAborted();
    faults += 1;
    if (listed.length < MAX_LISTED) listed.push({ kind, key: short(keyText(maskedKey(key))), what: short(what) });
  }
  return report();
}

const short = (text: string): string => text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS - 1)}…`;
