/**
 * Who is asking.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import { type Scope, SCOPES } from "../store/api_keys.ts";
import { type Role, SYSTEM_USER_ID } from "../store/users.ts";

export type Actor = { readonly type: "stranger" } | UserActor;

export interface UserActor {
  readonly type: "user";
  readonly id: string;
  /** What the credential lets its user be: an administrator's key without the scope `admin` acts as a plain user. */
  readonly role: Role;
  readonly by: Credential;
}

/** By what a user is known this time. Only a key has fewer scopes than its user. */
export type Credential =
  | { readonly type: "session"; readonly id: string }
  | { readonly type: "api_key"; readonly id: string; readonly scopes: readonly Scope[] }
  | { readonly type: "configured_key" };

export const STRANGER: Actor = { type: "stranger" };

/** The bearer of `ADMIN_API_KEY`, and the service itself. */
export const SYSTEM: UserActor = {
  type: "user",
  id: SYSTEM_USER_ID,
  role: "administrator",
  by: { type: "configured_key" },
};

export const isAdministrator = (actor: Actor): boolean => actor.type === "user" && actor.role === "administrator";

/** Viewers read what administrators read, and change nothing of it. */
export const seesAll = (actor: Actor): boolean => actor.type === "user" && actor.role !== "user";

/** Whether a key of somebody in that role may have the scope. */
export const isFor = (role: Role, scope: Scope): boolean =>
  scope === "admin" ? role === "administrator" : scope !== "metrics:read" || role !== "user";

export const scopesOf = ({ by }: UserActor): readonly Scope[] => by.type === "api_key" ? by.scopes : SCOPES;

/** Two actors of one audience are answered the same. */
export const audienceOf = (actor: Actor): string =>
  actor.type === "stranger" ? "" : `${actor.id} ${actor.role} ${scopesOf(actor).join()}`;

export const unauthorized = (detail: string): Problem =>
  new Problem("unauthorized", detail, { headers: { "www-authenticate": 'Bearer realm="foliolens"' } });

/** The user who asks. Throws `unauthorized` for a stranger; `what` says what it takes one for. */
export function userAsking(actor: Actor, what: string): UserActor {
  if (actor.type === "user") return actor;
  throw unauthorized(`${what} needs a key or a session`);
}
