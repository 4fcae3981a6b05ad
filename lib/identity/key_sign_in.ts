/**
 * Signing in with a key, for administrators: the way in where nobody is configured who could vouch for them. The browser gives the key
 * for a session of half a day, which ends with the key.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import { SCOPES } from "../store/api_keys.ts";
import type { Change } from "../store/change.ts";
import { watchUser } from "../store/users.ts";
import { type Actor, isAdministrator, scopesOf, unauthorized, type UserActor } from "./actor.ts";
import { openSession, stageEndOf } from "./sessions.ts";

export interface KeySignIn {
  /** Whom the key makes of its bearer. */
  readonly actor: Actor;
  /** The secret of the browser's session so far, which ends. */
  readonly session: string | null;
  readonly userAgent: string;
}

export interface KeySession {
  /** For the browser. */
  readonly secret: string;
  readonly maxAgeMs: number;
}

const MAX_CONFLICTS = 50;
const MAX_AGE_MS = 12 * 3_600_000;

/** Throws `forbidden` for a key that may less than a session of its user's would. */
export async function signInWithKey(ctx: Context, { actor, session, userAgent }: KeySignIn): Promise<KeySession> {
  const user = assertMayAll(actor);
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const ifStillThere = await watchUser(ctx.users, user.id);
    if (ifStillThere === undefined) throw unauthorized("The user is gone");
    const change = ifStillThere(ctx.store.change());
    const nowMs = ctx.now().getTime();
    const key = await stageKeyIsThere(ctx, change, user);
    const expiresAtMs = Math.min(nowMs + MAX_AGE_MS, key.expiresAtMs);
    await stageEndOf(ctx, change, session);
    const secret = await openSession(ctx, change, { userId: user.id, userAgent, keyId: key.id, expiresAtMs });
    if (await change.commit() !== undefined) return { secret, maxAgeMs: expiresAtMs - nowMs };
  }
  throw tooManyConflicts();
}

/** A session may all that its user may: nobody gets by a key what the key does not give. */
function assertMayAll(actor: Actor): UserActor {
  if (actor.type === "user" && isAdministrator(actor)) {
    const scopes = scopesOf(actor);
    if (SCOPES.every((scope) => scopes.includes(scope))) return actor;
  }
  throw new Problem("forbidden", "Signing in takes an administrator's key that has every scope");
}

async function stageKeyIsThere(
  ctx: Context,
  change: Change,
  { by }: UserActor,
): Promise<{ readonly id: string | null; readonly expiresAtMs: number }> {
  if (by.type !== "api_key") return { id: null, expiresAtMs: Infinity };
  const key = await ctx.apiKeys.getFresh(by.id);
  if (key === undefined) throw unauthorized("The key is not known");
  change.check(["api_keys", by.id], key.versionstamp);
  const { expiresAt } = key.value;
  return { id: by.id, expiresAtMs: expiresAt === null ? Infinity : Date.parse(expiresAt) };
}
