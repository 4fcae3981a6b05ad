import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { listAudit, readAudit } from "../lib/audit.ts";
import type { AuditEntry } from "../lib/store/audit.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import {
  DEFAULT_LIMIT,
  InstantSchema,
  json,
  listQuery,
  NoQuerySchema,
  NOT_MODIFIED,
  pageAnswer,
  pageSchema,
} from "./schemas.ts";

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
  request: {
    query: listQuery({
      actor: z.string().min(1).max(100).optional().openapi({ description: "Who did it", example: "usr_system" }),
      target: z.string().min(1).max(300).optional()
        .openapi({ description: "The path of what was changed: `/portfolios/2`", example: "/portfolios/2" }),
    }),
  },
  responses: {
    200: json(pageSchema(AuditEntrySchema, "AuditPage"), "A page of entries"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const read = createRoute({
  method: "get",
  path: "/audit/{audit_id}",
  operationId: "readAudit",
  summary: "Read an entry of the audit",
  description: "Who, when, and what changed.",
  tags: ["Administration"],
  ...requires({ who: "viewer" }),
  request: {
    params: z.strictObject({
      audit_id: z.string().max(100).openapi({ example: "2021-11-06T12:00:00.000Z-0123456789ab" }),
    }),
    query: NoQuerySchema,
  },
  responses: {
    200: json(AuditEntrySchema, "The entry"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor, actor, target } = c.req.valid("query");
  const page = await listAudit(contextOf(c), { actor, target, limit, cursor });
  const { body, headers } = pageAnswer(page, view, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) =>
  answer(c, view(await readAudit(contextOf(c), c.req.valid("param").audit_id)), 200);

const view = ({ value }: { value: AuditEntry }): z.input<typeof AuditEntrySchema> => ({
  ...{ id: value.id, at: value.at, actor: value.actorId, by: value.by, action: value.action, owner: value.userId },
  ...{ target: value.target, changes: value.changes, omitted: value.omitted },
});

export const auditRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(list, handleList).openapi(read, handleRead);
