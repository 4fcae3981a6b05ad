/**
 * Who may call a route, as data on the route: checked before the body is looked at, and shown in the OpenAPI document.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { type Actor, scopesOf, unauthorized, type UserActor } from "../lib/identity/actor.ts";
import { Problem } from "../lib/problem.ts";
import type { Scope } from "../lib/store/api_keys.ts";
import { type BodyOptions, readBody } from "./body.ts";
import type { AppEnv } from "./env.ts";
import { answeredOnce } from "./idempotency.ts";

/**
 * From the widest to the narrowest. `account`: somebody for whom the account is their own, and so not a key that was given away;
 * `viewer`: viewers and administrators.
 */
export const WHO = ["anyone", "signed_in", "account", "viewer", "administrator"] as const;
export type Who = typeof WHO[number];

export interface AccessRule {
  readonly who: Who;
  /** A key needs one of them; without any, every key will do. */
  readonly scopes?: readonly Scope[];
}

/** The scopes of a rule that names none. */
const SCOPES_FOR: Readonly<Record<Who, readonly Scope[]>> = {
  anyone: [],
  signed_in: [],
  account: ["admin"],
  viewer: ["admin"],
  administrator: ["admin"],
};

/** Names of the schemes in the OpenAPI document. */
export const [BEARER_SCHEME, COOKIE_SCHEME] = ["bearer", "cookie"];

/** The part of a route that says who may call it and what body it takes. */
export function requires({ who, scopes = SCOPES_FOR[who] }: AccessRule, body?: BodyOptions) {
  const middleware: MiddlewareHandler<AppEnv>[] = [
    guard({ who, scopes }),
    ...(body === undefined ? [] : [readBody(body)]),
    // What a stranger may post makes nothing.
    ...(who === "anyone" ? [] : [answeredOnce]),
  ];
  return { "x-access": who, security: securityOf(who, scopes), middleware };
}

/** Alternatives, as OpenAPI says them: any one is enough. */
function securityOf(who: Who, scopes: readonly Scope[]): Record<string, string[]>[] {
  const keys = scopes.length === 0 ? [{ [BEARER_SCHEME]: [] }] : scopes.map((scope) => ({ [BEARER_SCHEME]: [scope] }));
  return [...(who === "anyone" ? [{}] : []), ...keys, { [COOKIE_SCHEME]: [] }];
}

function guard(rule: AccessRule): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    assertAllowed(rule, c.env.actor);
    return next();
  };
}

/** Throws `unauthorized` for a stranger whom it takes a key, `forbidden` for others whom the rule leaves out. */
export function assertAllowed({ who, scopes = SCOPES_FOR[who] }: AccessRule, actor: Actor): void {
  if (actor.type === "stranger") {
    if (who === "anyone") return;
    throw unauthorized("This needs a key, sent as `Authorization: Bearer KEY`, or a session");
  }
  const has = scopesOf(actor);
  if (scopes.length > 0 && !scopes.some((scope) => has.includes(scope))) {
    throw new Problem("forbidden", `This needs a key with the scope ${scopes.join(" or ")}`);
  }
  if (!isMadeForMetrics(scopes, actor)) assertRole(who, scopes, actor);
}

/** A key of those who may read metrics that is good for nothing else, and so makes its bearer nothing else. */
const isMadeForMetrics = (scopes: readonly Scope[], { by }: UserActor): boolean =>
  by.type === "api_key" && scopes.includes("metrics:read") && by.scopes.includes("metrics:read");

function assertRole(who: Who, scopes: readonly Scope[], { role }: UserActor): void {
  if (who === "administrator" && role !== "administrator") throw new Problem("forbidden", "This is for administrators");
  if (who === "viewer" && role === "user") throw new Problem("forbidden", "This is for administrators and viewers");
  if (role === "viewer" && scopes.includes("portfolios:write")) {
    throw new Problem("forbidden", "A viewer reads everything and changes nothing");
  }
}
