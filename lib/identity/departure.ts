/**
 * A user leaves, and everything of theirs goes: in as many atomic operations as it takes. From the first on they are let in no
 * more; what a crash cuts short, the next start finishes.
 *
 * @module
 */
import { stageAudit } from "../audit.ts";
import type { ActorContext, Context } from "../context.ts";
import type { Log } from "../log.ts";
import { assertMatches, etagOf, type IfMatch } from "../precondition.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import type { Change } from "../store/change.ts";
import type { Collection, Versioned } from "../store/collection.ts";
import { COUNTED, countKey } from "../store/count.ts";
import { unlessLeft, unlessUnreadable, type UnreadableEntry } from "../store/unreadable.ts";
import { untilGone } from "../store/until_gone.ts";
import { SYSTEM_USER_ID, type User } from "../store/users.ts";
import { userAsking } from "./actor.ts";
import { stageOneAdministratorLess } from "./administrators.ts";
import { stageEnd } from "./sessions.ts";
import { forgetUses } from "./uses.ts";

const MAX_CONFLICTS = 50;

/** The last administrator cannot leave. */
export async function leave(ctx: ActorContext, ifMatch: IfMatch): Promise<void> {
  const { id } = userAsking(ctx.actor, "Leaving");
  await depart(ctx, id, ifMatch, () => {});
}

/** The same to somebody else, by an administrator. */
export async function removeUser(ctx: ActorContext, id: string, ifMatch: IfMatch): Promise<void> {
  const actor = userAsking(ctx.actor, "Deleting a user");
  if (await ctx.users.getFresh(id) === undefined) throw new Problem("not-found", `There is no user ${id}`);
  await depart(ctx, id, ifMatch, (change, { role }) => {
    const act = { action: "delete user", userId: id, target: `/users/${id}`, before: { role } };
    if (actor.id !== id) stageAudit(ctx, change, actor, act);
  });
}

async function depart(
  ctx: ActorContext,
  id: string,
  ifMatch: IfMatch,
  note: (change: Change, user: User) => void,
): Promise<void> {
  if (id === SYSTEM_USER_ID) throw new Problem("forbidden", `${id} belongs to the configuration`);
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await ctx.users.getFresh(id);
    if (before === undefined) return;
    assertMatches(ifMatch, etagOf(before));
    const change = ctx.store.change();
    await stageOneAdministratorLess(ctx, change, before.value);
    note(change, before.value);
    ctx.users.replace(change, before, { ...before.value, role: "user", leavingSince: ctx.now().toISOString() });
    if (await change.commit() === undefined) continue;
    return void await removeEverythingOf(ctx, id);
  }
  throw tooManyConflicts();
}

/** Finishes what was begun. */
export async function finishDepartures(ctx: Context & { readonly log: Pick<Log, "error"> }): Promise<void> {
  for (const id of await ctx.users.idsUnder("leaving")) {
    await unlessUnreadable(ctx.log, async () => {
      for (const error of await removeEverythingOf(ctx, id)) ctx.log.error("Not removed", { userId: id, error });
    });
  }
}

/** Answers what could not be read: for that, the user stays, who is let in no more, until another start. */
async function removeEverythingOf(ctx: Context, userId: string): Promise<readonly UnreadableEntry[]> {
  const left: UnreadableEntry[] = [];
  const removeAll: RemoveAll = (from, by, stage) => removeEach(ctx, from, [by, userId], stage, left);
  await removeAll(ctx.sessions, "user", (change, session) => stageEnd(ctx, change, session));
  await removeAll(ctx.apiKeys, "user", (change, key) => forgetUses(ctx.apiKeys.remove(change, key), key.value.id));
  await removeAll(ctx.identities, "user", ctx.identities.remove);
  await removeAll(ctx.portfolios, "owner", ctx.portfolios.remove);
  const user = await ctx.users.getFresh(userId);
  if (user === undefined || left.length > 0) return left;
  const change = ctx.users.remove(ctx.store.change(), user);
  for (const what of COUNTED) change.delete(countKey(what, userId));
  await change.commit();
  return left;
}

type Stage<T> = (change: Change, entity: Versioned<T>) => Change;
type RemoveAll = <T, I extends string | number>(from: Collection<T, I>, by: string, stage: Stage<T>) => Promise<void>;

/** One at a time: each with all of its index entries fits into an atomic operation. */
async function removeEach<T, I extends string | number>(
  { store }: Context,
  from: Collection<T, I>,
  [by, userId]: readonly [by: string, userId: string],
  stage: Stage<T>,
  left: UnreadableEntry[],
): Promise<void> {
  for (const id of await from.idsUnder(by, [userId])) {
    const remove = async (entity: Versioned<T>) => await stage(store.change(), entity).commit() !== undefined;
    await untilGone(() => from.getFresh(id), remove).catch(unlessLeft(left));
  }
}
