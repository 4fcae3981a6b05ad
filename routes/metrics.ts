import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { requires } from "./access.ts";
import { answerText } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { problems } from "./problem_response.ts";
import { NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";

const read = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "readMetrics",
  summary: "What this process has done, in numbers",
  description:
    "In the text format of Prometheus, 0.0.4. Counters and durations are of this process since its start; queue, market and provider are as the store says, ten seconds ago at most, and left out where it does not answer.",
  tags: ["Health"],
  ...requires({ who: "viewer", scopes: ["metrics:read", "admin"] }),
  request: { query: NoQuerySchema },
  responses: {
    200: { description: "The metrics", content: { "text/plain": { schema: z.string() } } },
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const { contentType, text } = await c.env.services.readMetrics();
  return answerText(c, text, contentType, { headers: { "cache-control": "no-store" } });
};

export const metricsRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(read, handleRead);
