/**
 * Who has an account, and what they may be.
 *
 * @module
 */
import { stageAudit } from "../audit.ts";
import type { ActorContext } from "../context.ts";
import { assertMatches, etagOf, type IfMatch } from "../precondition.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import { FILTER, type Page, type Versioned } from "../store/collection.ts";
import { type Role, SYSTEM_USER_ID, type User } from "../store/users.ts";
import { unauthorized, userAsking } from "./actor.ts";
import { stageOneAdministratorLess } from "./administrators.ts";

const MAX_CONFLICTS = 50;

/** What stands for whoever holds `ADMIN_API_KEY`: a user that is stored nowhere. */
const SYSTEM_USER: Versioned<User> = {
  value: {
    ...{ id: SYSTEM_USER_ID, email: null, name: "System", role: "administrator", leavingSince: null },
    ...{ createdAt: "1970-01-01T00:00:00.000Z", updatedAt: "1970-01-01T00:00:00.000Z" },
  },
  versionstamp: "system",
};

/** The user who asks. */
export async function readMe(ctx: ActorContext): Promise<Versioned<User>> {
  const { id } = userAsking(ctx.actor, "An account");
  const user = id === SYSTEM_USER_ID ? SYSTEM_USER : await ctx.users.get(id);
  if (user === undefined) throw unauthorized("The user is gone");
  return user;
}

export async function patchMe(
  ctx: ActorContext,
  { name }: { name: string },
  ifMatch: IfMatch,
): Promise<Versioned<User>> {
  const { id } = userAsking(ctx.actor, "An account");
  if (id === SYSTEM_USER_ID) throw new Problem("forbidden", `${id} belongs to the configuration`);
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await freshUser(ctx, id);
    assertMatches(ifMatch, etagOf(before));
    if (name === before.value.name) return before;
    const value = { ...before.value, name, updatedAt: ctx.now().toISOString() };
    const versionstamp = await ctx.users.replace(ctx.store.change(), before, value).commit();
    if (versionstamp !== undefined) return { value, versionstamp };
  }
  throw tooManyConflicts();
}

export interface ListUsers {
  readonly role: Role | undefined;
  /** How the e-mail address begins, in either case. */
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export async function listUsers(ctx: ActorContext, { role, q, ...page }: ListUsers): Promise<Page<Versioned<User>>> {
  if (q !== undefined) {
    const where = (user: User) => role === undefined || user.role === role;
    return await ctx.users.list({ by: "email", startsWith: q.toLowerCase(), where, ...FILTER, ...page });
  }
  return await ctx.users.list(role === undefined ? page : { by: "role", value: [role], ...page });
}

export async function readUser(ctx: ActorContext, id: string): Promise<Versioned<User>> {
  return await ctx.users.get(id) ?? noSuchUser(id);
}

/** The last administrator stays one. */
export async function changeRole(
  ctx: ActorContext,
  id: string,
  role: Role,
  ifMatch: IfMatch,
): Promise<Versioned<User>> {
  const actor = userAsking(ctx.actor, "Changing a role");
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await freshUser(ctx, id);
    assertMatches(ifMatch, etagOf(before));
    if (role === before.value.role) return before;
    const value = { ...before.value, role, updatedAt: ctx.now().toISOString() };
    const change = ctx.users.replace(ctx.store.change(), before, value);
    await stageOneAdministratorLess(ctx, change, before.value);
    stageAudit(ctx, change, actor, {
      ...{ action: "change role", userId: id, target: `/users/${id}` },
      ...{ before: { role: before.value.role }, after: { role } },
    });
    const versionstamp = await change.commit();
    if (versionstamp !== undefined) return { value, versionstamp };
  }
  throw tooManyConflicts();
}

async function freshUser(ctx: ActorContext, id: string): Promise<Versioned<User>> {
  const user = await ctx.users.getFresh(id);
  return user === undefined || user.value.leavingSince !== null ? noSuchUser(id) : user;
}

function noSuchUser(id: string): never {
  throw new Problem("not-found", `There is no user ${id}`);
}
