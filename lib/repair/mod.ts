/**
 * Goes through a whole store as the verifier does, and repairs what the machine may. May be cut off anywhere and begun again;
 * beside other processes on a KV server too, since each repair checks what it has read, and tells their caches.
 *
 * @module
 */
import { type Context, forgivingContext } from "../context.ts";
import type { Fault, FaultKind, Run } from "../verify/check.ts";
import { messageOf } from "../verify/check.ts";
import { verify } from "../verify/mod.ts";
import { REMEDIES } from "./remedies.ts";

/** What is as wrong as before. */
export interface Left {
  readonly fault: Fault;
  /** Why it could not be repaired, where that was tried. */
  readonly failure?: string;
}

export interface Watch {
  readonly count?: Run["count"];
  readonly onRepaired?: (fault: Fault) => void;
  readonly onLeft?: (left: Left) => void;
}

/** Once through. Answers how many faults were repaired: what came of that is seen the next time. */
export async function repairOnce(given: Context, { count, onRepaired, onLeft }: Watch = {}): Promise<number> {
  const ctx = forgivingContext(given);
  let repaired = 0;
  for await (const fault of verify(ctx, count)) {
    const outcome = await tryOn(ctx, fault);
    if (outcome === "repaired") {
      repaired += 1;
      onRepaired?.(fault);
    } else {
      onLeft?.(outcome);
    }
  }
  return repaired;
}

async function tryOn(ctx: Context, fault: Fault): Promise<Left | "repaired"> {
  const remedy = REMEDIES[fault.kind];
  if (!("repair" in remedy)) return { fault };
  try {
    return await remedy.repair(ctx, fault) ? "repaired" : { fault };
  } catch (error) {
    // What the store could not do, it says with the reason as the cause.
    return { fault, failure: messageOf(error instanceof Error ? error.cause ?? error : error) };
  }
}

/** What people have to do about a kind of fault; `undefined` where the machine repairs it. */
export function adviceOn(kind: FaultKind): string | undefined {
  const remedy = REMEDIES[kind];
  return "advice" in remedy ? remedy.advice : undefined;
}
