import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { endSession, listSessions } from "../lib/identity/sessions.ts";
import { requires } from "./access.ts";
import { answer, noContent } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import { problems } from "./problem_response.ts";
import { IfMatchHeaderSchema, json, NoQuerySchema, NOT_MODIFIED, pageSchema } from "./schemas.ts";
import { SessionSchema, sessionView } from "./session_schemas.ts";

const tags = ["Account"];

const list = createRoute({
  method: "get",
  path: "/me/sessions",
  operationId: "listSessions",
  summary: "Where one is signed in",
  description: "The newest first. A user has a handful of sessions at most: the oldest makes room for a new one.",
  tags,
  ...requires({ who: "account" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(pageSchema(SessionSchema, "SessionPage"), "All sessions that have not ended"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/me/sessions/{session_id}",
  operationId: "endSession",
  summary: "End a session",
  description: "It opens nothing any more, at once and everywhere.",
  tags,
  ...requires({ who: "account" }),
  request: {
    params: z.strictObject({ session_id: z.string().max(100).openapi({ example: "ses_6b1f0e1c9d2a4b3c5d6e7f80" }) }),
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
  },
  responses: {
    204: { description: "It has ended" },
    ...problems("unauthorized", "forbidden", "not-found", "version-mismatch", "validation-failed", "unavailable"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) =>
  answer(c, { items: (await listSessions(contextOf(c))).map(sessionView) }, 200);

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  await endSession(contextOf(c), c.req.valid("param").session_id, ifMatchOf(c.req.valid("header")["if-match"]));
  return noContent(c);
};

export const sessionRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(list, handleList).openapi(remove, handleRemove);
