import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { createApiKey, deleteApiKey, listApiKeys, type MadeApiKey } from "../lib/identity/api_keys.ts";
import { etagOf } from "../lib/precondition.ts";
import { requires } from "./access.ts";
import { answer, noContent } from "./answer.ts";
import { ApiKeySchema, apiKeyView, MadeApiKeySchema, NewApiKeySchema } from "./api_key_schemas.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import { made } from "./idempotency.ts";
import { problems } from "./problem_response.ts";
import {
  DEFAULT_LIMIT,
  IfMatchHeaderSchema,
  json,
  jsonBody,
  listQuery,
  NoQuerySchema,
  NOT_MODIFIED,
  pageAnswer,
  pageSchema,
} from "./schemas.ts";

const tags = ["Account"];

const list = createRoute({
  method: "get",
  path: "/api-keys",
  operationId: "listApiKeys",
  summary: "List one's API keys",
  description: "Without the keys themselves: those are shown once, when they are made.",
  tags,
  ...requires({ who: "account" }),
  request: { query: listQuery({}) },
  responses: {
    200: json(pageSchema(ApiKeySchema, "ApiKeyPage"), "A page of keys"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const create = createRoute({
  method: "post",
  path: "/api-keys",
  operationId: "createApiKey",
  summary: "Create an API key",
  description:
    "The answer has the key, which is stored nowhere and never shown again. A key has no scope that whoever makes it has not; `admin` is for administrators.",
  tags,
  ...requires({ who: "account" }, {}),
  request: { query: NoQuerySchema, ...jsonBody(NewApiKeySchema) },
  responses: {
    201: json(MadeApiKeySchema, "The key"),
    ...problems("malformed-request", "unauthorized", "forbidden", "conflict", "payload-too-large"),
    ...problems("unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api-keys/{key_id}",
  operationId: "deleteApiKey",
  summary: "Revoke an API key",
  description: "It opens nothing any more, at once and everywhere.",
  tags,
  ...requires({ who: "account" }),
  request: {
    params: z.strictObject({ key_id: z.string().max(100).openapi({ example: "key_6b1f0e1c9d2a4b3c5d6e7f80" }) }),
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
  },
  responses: {
    204: { description: "It is revoked" },
    ...problems("unauthorized", "forbidden", "not-found", "version-mismatch", "validation-failed", "unavailable"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
  const { body, headers } = pageAnswer(await listApiKeys(contextOf(c), { limit, cursor }), apiKeyView, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleCreate: RouteHandler<typeof create, AppEnv> = async (c) => {
  const { expires_at: expiresAt, allowed_origins: allowedOrigins, ...input } = c.req.valid("json");
  const given = { ...input, expiresAt, allowedOrigins };
  return await made(c, (settle) => createApiKey(contextOf(c), given, settle), ({ key, apiKey }: MadeApiKey) => {
    const { id, ...view } = apiKeyView({ apiKey: apiKey.value, lastUsedAt: null });
    return answer(c, { id, key, ...view }, 201, { etag: etagOf(apiKey), headers: { "cache-control": "no-store" } });
  });
};

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  await deleteApiKey(contextOf(c), c.req.valid("param").key_id, ifMatchOf(c.req.valid("header")["if-match"]));
  return noContent(c);
};

export const apiKeyRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(create, handleCreate).openapi(remove, handleRemove);
