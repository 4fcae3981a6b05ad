import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { problems } from "./problem_response.ts";
import { json, NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";
import { Problem } from "../lib/problem.ts";

const HealthSchema = z.object({ status: z.literal("ok") }).openapi("Health");

const tags = ["Health"];
const headers = { "cache-control": "no-store" };

const live = createRoute({
  method: "get",
  path: "/livez",
  operationId: "readLiveness",
  summary: "Whether the process answers",
  description: "Restart it where it does not.",
  tags,
  ...requires({ who: "anyone" }),
  request: { query: NoQuerySchema },
  responses: { 200: json(HealthSchema, "It does"), ...NOT_MODIFIED, ...problems("unauthorized", "validation-failed") },
});

const ready = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "readReadiness",
  summary: "Whether the store answers too",
  description: "Send no requests to a process where it does not.",
  tags,
  ...requires({ who: "anyone" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(HealthSchema, "It does"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed", "unavailable"),
  },
});

const handleLive: RouteHandler<typeof live, AppEnv> = (c) => answer(c, { status: "ok" }, 200, { headers });

const handleReady: RouteHandler<typeof ready, AppEnv> = async (c) => {
  try {
    await c.env.services.store.get(["versions", "market"]);
  } catch (cause) {
    throw new Problem("unavailable", "The store does not answer", { cause, headers: { "retry-after": "5" } });
  }
  return answer(c, { status: "ok" }, 200, { headers });
};

export const healthRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(live, handleLive).openapi(ready, handleReady);
