import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { listAudit } from "../lib/audit.ts";
import type { AuditEntry } from "../lib/store/audit.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import { DEFAULT_LIMIT, InstantSchema, json, listQuery, NOT_MODIFIED, pageAnswer, pageSchema } from "./schemas.ts";

const ValueSchema = z.any().openapi({ type: ["string", "number", "boolean", "null"], example: "private" });

const AuditEntrySchema = z.object({
  id: z.string(),
  at: InstantSchema,
  actor: z.string().openapi({ description: "Who did it", example: "usr_system" }),
  by: z.string().openapi({ description: "With which session or key", example: "configured_key" }),
  action: z.string().openapi({ example: "change portfolio" }),
  owner: z.string().openapi({ description: "Whose it was" }),
  target: z.string().openapi({ description: "The path of what was changed", example: "/portfolios/2" }),
  changes: z.array(z.object({
    pointer: z.string().openapi({
      description: "JSON pointer to a value; investments stand under their asset's number",
    }),
    from: ValueSchema,
    to: ValueSchema,
  })),
  omitted: z.int().openapi({ description: "How many further values changed" }),
}).openapi("AuditEntry");

const list = createRoute({
  method: "get",
  path: "/audit",
  operationId: "listAudit",
  summary: "What administrators did to what is not theirs",
  description: "The newest first: who, when, and what changed.",
  tags: ["Administration"],
  ...requires({ who: "viewer" }),
  request: { query: listQuery({}) },
  responses: {
    200: json(pageSchema(AuditEntrySchema, "AuditPage"), "A page of entries"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
  const { body, headers } = pageAnswer(await listAudit(contextOf(c), { limit, cursor }), view, c.req.url);
  return answer(c, body, 200, { headers });
};

const view = ({ value }: { value: AuditEntry }): z.input<typeof AuditEntrySchema> => ({
  ...{ id: value.id, at: value.at, actor: value.actorId, by: value.by, action: value.action, owner: value.userId },
  ...{ target: value.target, changes: value.changes, omitted: value.omitted },
});

export const auditRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(list, handleList);
