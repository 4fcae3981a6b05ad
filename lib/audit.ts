/**
 * What administrators do to what is not theirs is written down, in the same atomic operation.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import type { ActorContext, Context } from "./context.ts";
import type { UserActor } from "./identity/actor.ts";
import { pointer } from "./problem.ts";
import type { AuditEntry } from "./store/audit.ts";
import type { Change } from "./store/change.ts";
import type { Page, Versioned } from "./store/collection.ts";

/** What is compared: values by name, and records of values. */
export interface Facts {
  readonly [name: string]: string | number | boolean | null | Facts;
}

export interface Act {
  readonly action: string;
  /** Whose it is. */
  readonly userId: string;
  /** The path of what was changed. */
  readonly target: string;
  /** Nothing where it did not exist, or does not any more. */
  readonly before?: Facts;
  readonly after?: Facts;
}

type Difference = AuditEntry["changes"][number];

/** An entry has to fit into a value of KV. */
const MAX_CHANGES = 100;

/** Stages the entry. */
export function stageAudit(ctx: Context, change: Change, actor: UserActor, act: Act): Change {
  const at = ctx.now().toISOString();
  const changes = differences(act.before ?? {}, act.after ?? {});
  return ctx.audit.insert(change, {
    id: `${at}-${randomBytes(6).toString("hex")}`,
    ...{ at, actorId: actor.id, by: "id" in actor.by ? actor.by.id : actor.by.type },
    ...{ action: act.action, userId: act.userId, target: act.target },
    ...{ changes: changes.slice(0, MAX_CHANGES), omitted: Math.max(0, changes.length - MAX_CHANGES) },
  });
}

/** The newest first. */
export async function listAudit(
  ctx: ActorContext,
  query: { readonly limit: number; readonly cursor: string | undefined },
): Promise<Page<Versioned<AuditEntry>>> {
  return await ctx.audit.list({ ...query, reverse: true });
}

/** Every value that is not the same on both sides, in the order of names. */
export function differences(before: Facts, after: Facts, at: readonly string[] = []): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) => {
    const [from, to] = [before[name] ?? null, after[name] ?? null];
    if (isFacts(from) || isFacts(to)) {
      return differences(isFacts(from) ? from : {}, isFacts(to) ? to : {}, [...at, name]);
    }
    return from === to ? [] : [{ pointer: pointer(...at, name), from, to }];
  });
}

const isFacts = (value: Facts[string]): value is Facts => typeof value === "object" && value !== null;
