/**
 * A browser that has signed in. It holds a secret, of which the digest is stored.
 *
 * @module
 */
import type { ActorContext, Context } from "../context.ts";
import { DAY_MS } from "../day.ts";
import { assertMatches, etagOf, type IfMatch } from "../precondition.ts";
import { Problem } from "../problem.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { alone, type Settle } from "../store/settle.ts";
import type { Session } from "../store/sessions.ts";
import { type Actor, userAsking } from "./actor.ts";
import { digestOf, newId, newSecret } from "./secret.ts";
import { forgetUses, type Uses } from "./uses.ts";

/** A session ends when it was not used for so long, and at its age in any case. */
export const MAX_IDLE_MS = 7 * DAY_MS;
export const MAX_AGE_MS = 30 * DAY_MS;
/** The oldest make room for new ones. */
const MAX_SESSIONS = 5;
/** Of those that were opened at the same moment there may be more; an atomic operation checks ten entries in all. */
const MAX_ENDED_AT_ONCE = 2;
const MAX_USER_AGENT = 200;

export interface NewSession {
  readonly userId: string;
  readonly userAgent: string;
  readonly keyId?: string | null;
  /** Where it is to end before it is of age. */
  readonly expiresAtMs?: number;
}

/** Stages a new session of a user; the secret is for the browser alone. */
export async function openSession(
  ctx: Context,
  change: Change,
  { userId, userAgent, keyId = null, expiresAtMs = Infinity }: NewSession,
): Promise<string> {
  const secret = newSecret();
  const at = ctx.now();
  const sessions = await Array.fromAsync(ctx.sessions.each({ by: "user", value: [userId] }));
  const byAge = sessions.toSorted((a, b) => b.value.createdAt.localeCompare(a.value.createdAt));
  for (const old of byAge.slice(MAX_SESSIONS - 1).slice(-MAX_ENDED_AT_ONCE)) stageEnd(ctx, change, old);
  ctx.sessions.insert(change, {
    ...{ id: newId("ses"), digest: digestOf(secret), userId, userAgent: userAgent.slice(0, MAX_USER_AGENT) },
    createdAt: at.toISOString(),
    expiresAt: new Date(Math.min(at.getTime() + MAX_AGE_MS, expiresAtMs)).toISOString(),
    keyId,
  });
  return secret;
}

/** Stages the end of the session that a secret opens, if it still does: none outlives a sign-in from the same browser. */
export async function stageEndOf(ctx: Context, change: Change, secret: string | null): Promise<void> {
  if (secret === null) return;
  const [id] = await ctx.sessions.idsBy("digest", [[digestOf(secret)]]);
  const session = id === undefined ? undefined : await ctx.sessions.getFresh(id);
  if (session !== undefined) stageEnd(ctx, change, session);
}

export const stageEnd = (ctx: Context, change: Change, session: Versioned<Session>): Change =>
  forgetUses(ctx.sessions.remove(change, session), session.value.id);

export interface ListedSession {
  readonly session: Session;
  readonly lastUsedAt: string;
  readonly isCurrent: boolean;
}

/** Those that still open something, the newest first. */
export async function listSessions(ctx: ActorContext & { uses: Uses }): Promise<ListedSession[]> {
  const { id, by } = userAsking(ctx.actor, "Listing sessions");
  const sessions = (await Array.fromAsync(ctx.sessions.each({ by: "user", value: [id] }))).map(({ value }) => value);
  const uses = await ctx.uses.lastOf(sessions.map((session) => session.id));
  const nowMs = ctx.now().getTime();
  return sessions.map((session, i) => ({
    session,
    lastUsedAt: uses[i] ?? session.createdAt,
    isCurrent: by.type === "session" && by.id === session.id,
  })).filter(({ session, lastUsedAt }) =>
    nowMs < Math.min(Date.parse(session.expiresAt), Date.parse(lastUsedAt) + MAX_IDLE_MS)
  ).toSorted((a, b) => b.session.createdAt.localeCompare(a.session.createdAt));
}

export async function endSession(ctx: ActorContext, id: string, ifMatch: IfMatch): Promise<void> {
  const user = userAsking(ctx.actor, "Ending a session");
  const session = await ctx.sessions.getFresh(id);
  if (session?.value.userId !== user.id) throw noSession(id);
  assertMatches(ifMatch, etagOf(session));
  // Nothing changes a session: whoever was faster has ended it.
  if (await stageEnd(ctx, ctx.store.change(), session).commit() === undefined) throw noSession(id);
}

const noSession = (id: string): Problem => new Problem("not-found", `There is no session ${id}`);

/** Ends the session by which somebody asks, if it is one. */
export async function signOut(
  ctx: Context & { readonly actor: Actor },
  settle: Settle<true> = alone,
): Promise<true> {
  if (ctx.actor.type !== "user" || ctx.actor.by.type !== "session") return true;
  const session = await ctx.sessions.getFresh(ctx.actor.by.id);
  if (session !== undefined) await settle(stageEnd(ctx, ctx.store.change(), session), () => true);
  return true;
}
