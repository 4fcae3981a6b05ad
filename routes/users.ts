import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { removeUser } from "../lib/identity/departure.ts";
import { changeRole, listUsers, readUser } from "../lib/identity/users.ts";
import { etagOf } from "../lib/precondition.ts";
import { requires } from "./access.ts";
import { answer, noContent } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
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
import { RoleSchema, UserSchema, userView } from "./user_schemas.ts";

const UserIdSchema = z.strictObject({
  user_id: z.string().max(100).openapi({ example: "usr_6b1f0e1c9d2a4b3c5d6e7f80" }),
});

export const RolePatchSchema = z.strictObject({ role: RoleSchema }).openapi("RolePatch", {
  example: { role: "viewer" },
});

const EmailPrefixSchema = z.string().min(1).max(254).optional()
  .openapi({ description: "How the e-mail address begins, in either case", example: "ada@" });

const tags = ["Administration"];

const list = createRoute({
  method: "get",
  path: "/users",
  operationId: "listUsers",
  summary: "List users",
  description: "Everybody who has an account.",
  tags,
  ...requires({ who: "viewer" }),
  request: { query: listQuery({ role: RoleSchema.optional(), q: EmailPrefixSchema }) },
  responses: {
    200: json(pageSchema(UserSchema, "UserPage"), "A page of users"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const read = createRoute({
  method: "get",
  path: "/users/{user_id}",
  operationId: "readUser",
  summary: "Read a user",
  description: "As users see themselves.",
  tags,
  ...requires({ who: "viewer" }),
  request: { params: UserIdSchema, query: NoQuerySchema },
  responses: {
    200: json(UserSchema, "The user"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const patch = createRoute({
  method: "patch",
  path: "/users/{user_id}",
  operationId: "patchUser",
  summary: "Change what a user may be",
  description: "From their next request on. The last administrator stays one.",
  tags,
  ...requires({ who: "administrator" }, {}),
  request: {
    params: UserIdSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    ...jsonBody(RolePatchSchema),
  },
  responses: {
    200: json(UserSchema, "The user as it is now"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "conflict", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/users/{user_id}",
  operationId: "deleteUser",
  summary: "Delete a user",
  description: "With their portfolios, keys, sessions and sign-ins. The last administrator stays.",
  tags,
  ...requires({ who: "administrator" }),
  request: { params: UserIdSchema, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: {
    204: { description: "Everything of theirs is gone" },
    ...problems("unauthorized", "forbidden", "not-found", "conflict", "version-mismatch"),
    ...problems("validation-failed", "unavailable"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor, role, q } = c.req.valid("query");
  const page = await listUsers(contextOf(c), { role, q, limit, cursor });
  const { body, headers } = pageAnswer(page, ({ value }) => userView(value), c.req.url);
  return answer(c, body, 200, { headers });
};

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const user = await readUser(contextOf(c), c.req.valid("param").user_id);
  return answer(c, userView(user.value), 200, { version: etagOf(user) });
};

const handlePatch: RouteHandler<typeof patch, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const { role } = c.req.valid("json");
  const user = await changeRole(contextOf(c), c.req.valid("param").user_id, role, ifMatch);
  return answer(c, userView(user.value), 200, { version: etagOf(user) });
};

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  await removeUser(contextOf(c), c.req.valid("param").user_id, ifMatch);
  return noContent(c);
};

export const userRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(read, handleRead).openapi(patch, handlePatch)
    .openapi(remove, handleRemove);
