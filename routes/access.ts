/**
 * Who may call a route, as data on the route: checked before the body is looked at, and shown in the OpenAPI document.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { type Actor, isAdministrator, unauthorized } from "../lib/identity/actor.ts";
import { Problem } from "../lib/problem.ts";
import { type BodyOptions, readBody } from "./body.ts";
import type { AppEnv } from "./env.ts";

export const ACCESS = ["anyone", "signed_in", "administrator"] as const;
export type Access = typeof ACCESS[number];

/** Names the scheme in the OpenAPI document. */
export const BEARER_SCHEME = "bearer";

/** The part of a route that says who may call it and what body it takes. */
export function requires(access: Access, body?: BodyOptions) {
  const middleware: MiddlewareHandler<AppEnv>[] = [guard(access), ...(body === undefined ? [] : [readBody(body)])];
  const security = [...(access === "anyone" ? [{}] : []), { [BEARER_SCHEME]: [] }];
  return { "x-access": access, security, middleware };
}

function guard(access: Access): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    assertAllowed(access, c.env.actor);
    await next();
  };
}

function assertAllowed(access: Access, actor: Actor): void {
  if (access === "anyone") return;
  if (actor.type === "stranger") throw unauthorized("This needs a key; send it as `Authorization: Bearer KEY`");
  if (access === "administrator" && !isAdministrator(actor)) {
    throw new Problem("forbidden", "This is for administrators");
  }
}
