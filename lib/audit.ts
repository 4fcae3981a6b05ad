/**
 * What administrators do to what is not theirs is written down, in the same atomic operation: to what is somebody else's, and to the
 * market's data, which is everybody's.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import type { ActorContext, Context } from "./context.ts";
import { type Actor, isAdministrator, type UserActor } from "./identity/actor.ts";
import { pointer, Problem } from "./problem.ts";
import type { AuditEntry } from "./store/audit.ts";
import type { Change } from "./store/change.ts";
import { FILTER, type Page, type Versioned } from "./store/collection.ts";
import { alone, type Settle } from "./store/settle.ts";
import { SYSTEM_USER_ID } from "./store/users.ts";

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
export const stageAudit = (ctx: Context, change: Change, actor: UserActor, act: Act): Change =>
  ctx.audit.insert(change, entryOf(ctx, actor, act));

function entryOf(ctx: Context, actor: UserActor, act: Act): AuditEntry {
  const at = ctx.now().toISOString();
  const changes = differences(act.before ?? {}, act.after ?? {});
  return {
    id: `${at}-${randomBytes(6).toString("hex")}`,
    ...{ at, actorId: actor.id, by: "id" in actor.by ? actor.by.id : actor.by.type },
    ...{ action: act.action, userId: act.userId, target: act.target },
    ...{ changes: changes.slice(0, MAX_CHANGES), omitted: Math.max(0, changes.length - MAX_CHANGES) },
  };
}

export interface ListAudit {
  /** Who did it. */
  readonly actor?: string | undefined;
  /** The path of what was changed. */
  readonly target?: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** A context in which nobody may be asking: what the service does by itself is not written down here. */
export type MaybeAsked = Context & { readonly actor?: Actor };

/** What belongs to everybody is nobody's. */
export type ActOnMarket = Omit<Act, "userId">;

/** Settles a change together with its entry, which says nothing of versions: there is none yet. */
export const audited =
  <T>(ctx: MaybeAsked, actOf: (made: T) => ActOnMarket, settle: Settle<T> = alone): Settle<T> => (change, made) =>
    settle(stageMarketAudit(ctx, change, actOf(made("none yet"))), made);

/** Stages an entry about what belongs to everybody, where an administrator asks for the change. */
export function stageMarketAudit(ctx: MaybeAsked, change: Change, act: ActOnMarket): Change {
  const entry = marketEntryOf(ctx, act);
  return entry === undefined ? change : ctx.audit.insert(change, entry);
}

/** Of a change that takes several operations: stages the entry in the first of them that is committed. */
export function marketAuditOnce(ctx: MaybeAsked, act: ActOnMarket): (change: Change) => Promise<void> {
  const entry = marketEntryOf(ctx, act);
  return async (change) => {
    if (entry !== undefined && await ctx.audit.getFresh(entry.id) === undefined) ctx.audit.insert(change, entry);
  };
}

const marketEntryOf = (ctx: MaybeAsked, act: ActOnMarket): AuditEntry | undefined =>
  ctx.actor?.type === "user" && isAdministrator(ctx.actor)
    ? entryOf(ctx, ctx.actor, { ...act, userId: SYSTEM_USER_ID })
    : undefined;

/** The newest first. */
export async function listAudit(
  ctx: ActorContext,
  { actor, target, ...page }: ListAudit,
): Promise<Page<Versioned<AuditEntry>>> {
  const newest = { ...page, reverse: true };
  if (target !== undefined) {
    const where = (entry: AuditEntry) => actor === undefined || entry.actorId === actor;
    return await ctx.audit.list({ by: "target", value: [target], where, ...FILTER, ...newest });
  }
  return await ctx.audit.list(actor === undefined ? newest : { by: "actor", value: [actor], ...newest });
}

export async function readAudit(ctx: ActorContext, id: string): Promise<Versioned<AuditEntry>> {
  const entry = await ctx.audit.get(id);
  if (entry === undefined) throw new Problem("not-found", `There is no entry ${id}`);
  return entry;
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
