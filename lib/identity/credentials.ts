/**
 * What is stored of a key or a session, as whoever sends its secret is known by it.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { ApiKey, Scope } from "../store/api_keys.ts";
import { type Role, SYSTEM_USER_ID } from "../store/users.ts";
import { isFor, SYSTEM, type UserActor } from "./actor.ts";
import { MAX_IDLE_MS } from "./sessions.ts";
import type { Uses } from "./uses.ts";

export type IdentifyContext = Context & { readonly uses: Uses };

export interface Known {
  readonly id: string;
  readonly actor: UserActor;
  readonly expiresAtMs: number;
  /** It ends when it was not used for so long. */
  readonly maxIdleMs: number;
  /** Web pages that may use it; any, where none is named. */
  readonly allowedOrigins: readonly string[];
  lastUsedAtMs: number;
}

export async function findApiKey(ctx: IdentifyContext, digest: string): Promise<Known | undefined> {
  const [id] = await ctx.apiKeys.idsBy("digest", [[digest]]);
  const key = id === undefined ? undefined : (await ctx.apiKeys.getFresh(id))?.value;
  const role = key && await roleOf(ctx, key.userId);
  if (key === undefined || role === undefined) return undefined;
  const { userId, allowedOrigins, expiresAt } = key;
  return {
    id: key.id,
    actor: {
      ...{ type: "user", id: userId, role: roleWith(key, role) },
      by: { type: "api_key", id: key.id, scopes: scopesWith(key, role) },
    },
    expiresAtMs: expiresAt === null ? Infinity : Date.parse(expiresAt),
    maxIdleMs: Infinity,
    allowedOrigins,
    lastUsedAtMs: 0,
  };
}

export async function findSession(ctx: IdentifyContext, digest: string): Promise<Known | undefined> {
  const [id] = await ctx.sessions.idsBy("digest", [[digest]]);
  const session = id === undefined ? undefined : (await ctx.sessions.getFresh(id))?.value;
  // One that was opened while its key was deleted ends with it all the same.
  if (session?.keyId && await ctx.apiKeys.getFresh(session.keyId) === undefined) return undefined;
  const role = session && await roleOf(ctx, session.userId);
  if (session === undefined || role === undefined) return undefined;
  const [lastUsedAt = session.createdAt] = await ctx.uses.lastOf([session.id]);
  return {
    id: session.id,
    actor: { type: "user", id: session.userId, role, by: { type: "session", id: session.id } },
    expiresAtMs: Date.parse(session.expiresAt),
    maxIdleMs: MAX_IDLE_MS,
    allowedOrigins: [],
    lastUsedAtMs: Date.parse(lastUsedAt),
  };
}

/** `undefined` for who is not let in. */
async function roleOf(ctx: Context, userId: string): Promise<Role | undefined> {
  if (userId === SYSTEM_USER_ID) return SYSTEM.role;
  const user = (await ctx.users.getFresh(userId))?.value;
  return user === undefined || user.leavingSince !== null ? undefined : user.role;
}

/** An administrator's key does an administrator's things only where it was made for that. */
const roleWith = ({ scopes }: ApiKey, role: Role): Role =>
  role === "administrator" && !scopes.includes("admin") ? "user" : role;

/** A user who is no administrator any more has no key that is for administrators. With `admin` the metrics are read too. */
function scopesWith({ scopes }: ApiKey, role: Role): readonly Scope[] {
  if (role === "administrator" && scopes.includes("admin")) return [...new Set<Scope>([...scopes, "metrics:read"])];
  return scopes.filter((scope) => isFor(role, scope));
}
