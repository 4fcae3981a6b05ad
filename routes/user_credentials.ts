import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import {
  API_KEYS,
  endCredential,
  listCredentials,
  readCredential,
  SESSIONS,
  type Used,
} from "../lib/identity/others_credentials.ts";
import type { Actor } from "../lib/identity/actor.ts";
import { etagOf } from "../lib/precondition.ts";
import type { ApiKey } from "../lib/store/api_keys.ts";
import type { Session } from "../lib/store/sessions.ts";
import { requires } from "./access.ts";
import { answer, noContent } from "./answer.ts";
import { ApiKeySchema, apiKeyView } from "./api_key_schemas.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import { problems } from "./problem_response.ts";
import {
  DEFAULT_LIMIT,
  IfMatchHeaderSchema,
  json,
  listQuery,
  NoQuerySchema,
  NOT_MODIFIED,
  pageAnswer,
  pageSchema,
} from "./schemas.ts";
import { SessionSchema, sessionView } from "./session_schemas.ts";

const user = z.string().openapi({ description: "Whose it is", example: "usr_6b1f0e1c9d2a4b3c5d6e7f80" });
const UserApiKeySchema = ApiKeySchema.extend({ user }).openapi("UserApiKey");
const UserSessionSchema = SessionSchema.extend({ user }).openapi("UserSession");

const query = listQuery({ user: z.string().min(1).max(100).optional().openapi({ description: "Whose" }) });
const keyParams = z.strictObject({ key_id: z.string().max(100).openapi({ example: "key_6b1f0e1c9d2a4b3c5d6e7f80" }) });
const sessionParams = z.strictObject({
  session_id: z.string().max(100).openapi({ example: "ses_6b1f0e1c9d2a4b3c5d6e7f80" }),
});

const tags = ["Administration"];
const forViewers = requires({ who: "viewer" });
const forAdministrators = requires({ who: "administrator" });

const READ_PROBLEMS = problems("unauthorized", "forbidden", "not-found", "validation-failed");
const ENDED = {
  204: { description: "It opens nothing any more" },
  ...problems("unauthorized", "forbidden", "not-found", "version-mismatch", "validation-failed", "unavailable"),
};

const listKeys = createRoute({
  method: "get",
  path: "/user-api-keys",
  operationId: "listUserApiKeys",
  summary: "List everybody's API keys",
  description: "Without the keys themselves, which are stored nowhere.",
  tags,
  ...forViewers,
  request: { query },
  responses: {
    200: json(pageSchema(UserApiKeySchema, "UserApiKeyPage"), "A page of keys"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const readKey = createRoute({
  method: "get",
  path: "/user-api-keys/{key_id}",
  operationId: "readUserApiKey",
  summary: "Read about a user's API key",
  description: "How it begins, what it may, when it was used last.",
  tags,
  ...forViewers,
  request: { params: keyParams, query: NoQuerySchema },
  responses: { 200: json(UserApiKeySchema, "The key"), ...NOT_MODIFIED, ...READ_PROBLEMS },
});

const removeKey = createRoute({
  method: "delete",
  path: "/user-api-keys/{key_id}",
  operationId: "deleteUserApiKey",
  summary: "Revoke a user's API key",
  description: "At once and everywhere.",
  tags,
  ...forAdministrators,
  request: { params: keyParams, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: ENDED,
});

const listAllSessions = createRoute({
  method: "get",
  path: "/user-sessions",
  operationId: "listUserSessions",
  summary: "List everybody's sessions",
  description: "Those included that have expired, until their user signs in again.",
  tags,
  ...forViewers,
  request: { query },
  responses: {
    200: json(pageSchema(UserSessionSchema, "UserSessionPage"), "A page of sessions"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const readSession = createRoute({
  method: "get",
  path: "/user-sessions/{session_id}",
  operationId: "readUserSession",
  summary: "Read about a user's session",
  description: "What its browser said of itself, when it was used last.",
  tags,
  ...forViewers,
  request: { params: sessionParams, query: NoQuerySchema },
  responses: { 200: json(UserSessionSchema, "The session"), ...NOT_MODIFIED, ...READ_PROBLEMS },
});

const removeSession = createRoute({
  method: "delete",
  path: "/user-sessions/{session_id}",
  operationId: "endUserSession",
  summary: "End a user's session",
  description: "At once and everywhere.",
  tags,
  ...forAdministrators,
  request: { params: sessionParams, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: ENDED,
});

const handleListKeys: RouteHandler<typeof listKeys, AppEnv> = async (c) => {
  const { user, limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
  const page = await listCredentials(contextOf(c), API_KEYS, { user, limit, cursor });
  const { body, headers } = pageAnswer(page, keyView, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleReadKey: RouteHandler<typeof readKey, AppEnv> = async (c) => {
  const key = await readCredential(contextOf(c), API_KEYS, c.req.valid("param").key_id);
  return answer(c, keyView(key), 200, { version: etagOf(key) });
};

const handleRemoveKey: RouteHandler<typeof removeKey, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  await endCredential(contextOf(c), API_KEYS, c.req.valid("param").key_id, ifMatch);
  return noContent(c);
};

const handleListSessions: RouteHandler<typeof listAllSessions, AppEnv> = async (c) => {
  const { user, limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
  const page = await listCredentials(contextOf(c), SESSIONS, { user, limit, cursor });
  const { body, headers } = pageAnswer(page, (session) => userSessionView(c.env.actor, session), c.req.url);
  return answer(c, body, 200, { headers });
};

const handleReadSession: RouteHandler<typeof readSession, AppEnv> = async (c) => {
  const session = await readCredential(contextOf(c), SESSIONS, c.req.valid("param").session_id);
  return answer(c, userSessionView(c.env.actor, session), 200, { version: etagOf(session) });
};

const handleRemoveSession: RouteHandler<typeof removeSession, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  await endCredential(contextOf(c), SESSIONS, c.req.valid("param").session_id, ifMatch);
  return noContent(c);
};

const keyView = ({ value: apiKey, lastUsedAt }: Used<ApiKey>): z.input<typeof UserApiKeySchema> => ({
  ...apiKeyView({ apiKey, lastUsedAt }),
  user: apiKey.userId,
});

function userSessionView(
  actor: Actor,
  { value: session, lastUsedAt }: Used<Session>,
): z.input<typeof UserSessionSchema> {
  const isCurrent = actor.type === "user" && actor.by.type === "session" && actor.by.id === session.id;
  return {
    ...sessionView({ session, lastUsedAt: lastUsedAt ?? session.createdAt, isCurrent }),
    user: session.userId,
  };
}

export const userCredentialRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(listKeys, handleListKeys).openapi(readKey, handleReadKey).openapi(removeKey, handleRemoveKey)
    .openapi(listAllSessions, handleListSessions).openapi(readSession, handleReadSession)
    .openapi(removeSession, handleRemoveSession);
