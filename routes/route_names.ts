/**
 * The names of routes, as the OpenAPI document has them: `/portfolios/{portfolio_id}`.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./env.ts";

/** Where nothing was found, whatever was asked for. */
export const NO_ROUTE = "none";

const PARAMETER = /:(\w+)(\{[^}]*\})?/g;

/** Tells the pattern that a path is answered by. */
export function routeNames(app: OpenAPIHono<AppEnv>): (method: string, path: string) => string {
  const names = new Map(app.routes.map(({ path }) => [path, path.replaceAll(PARAMETER, "{$1}")]));
  return (method, path) => {
    const found = app.router.match(method, path)[0][0]?.[0][1].path;
    return found === undefined ? NO_ROUTE : names.get(found) ?? found;
  };
}
