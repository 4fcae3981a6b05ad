import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { leave } from "../lib/identity/departure.ts";
import { exportOf } from "../lib/identity/export.ts";
import { patchMe, readMe } from "../lib/identity/users.ts";
import { etagOf } from "../lib/precondition.ts";
import { requires } from "./access.ts";
import { answer, noContent } from "./answer.ts";
import { ApiKeySchema, apiKeyView } from "./api_key_schemas.ts";
import { cookiesFor } from "./cookies.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import { PortfolioSchema, portfolioView } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { IfMatchHeaderSchema, InstantSchema, json, jsonBody, NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";
import { SessionSchema, sessionView } from "./session_schemas.ts";
import { UserNameSchema, UserSchema, userView } from "./user_schemas.ts";

const UserPatchSchema = z.strictObject({ name: UserNameSchema })
  .openapi("UserPatch", { example: { name: "Ada Lovelace" } });

const ExportSchema = z.object({
  user: UserSchema,
  identities: z.array(z.object({ issuer: z.string(), subject: z.string(), created_at: InstantSchema })),
  sessions: z.array(SessionSchema),
  api_keys: z.array(ApiKeySchema),
  portfolios: z.array(PortfolioSchema),
}).openapi("Export");

const tags = ["Account"];

const read = createRoute({
  method: "get",
  path: "/me",
  operationId: "readMe",
  summary: "Who is asking",
  description: "The user whose key or session the request brings.",
  tags,
  ...requires({ who: "signed_in" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(UserSchema, "The user"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed"),
  },
});

const patch = createRoute({
  method: "patch",
  path: "/me",
  operationId: "patchMe",
  summary: "Change one's name",
  description: "The e-mail address is the one that the sign-in's provider vouches for.",
  tags,
  ...requires({ who: "account" }, {}),
  request: { query: NoQuerySchema, headers: IfMatchHeaderSchema, ...jsonBody(UserPatchSchema) },
  responses: {
    200: json(UserSchema, "The user as it is now"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/me",
  operationId: "deleteMe",
  summary: "Leave, and have everything of one's own removed",
  description:
    "Portfolios, keys, sessions and the account itself. The last administrator cannot leave. What administrators did stays in the audit.",
  tags,
  ...requires({ who: "account" }),
  request: { query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: {
    204: { description: "It is gone" },
    ...problems("unauthorized", "forbidden", "conflict", "version-mismatch", "validation-failed", "unavailable"),
  },
});

const exportAll = createRoute({
  method: "get",
  path: "/me/export",
  operationId: "exportMe",
  summary: "Everything of one's own",
  description: "The account, its sign-ins, sessions and keys, and every portfolio; of secrets nothing is kept to give.",
  tags,
  ...requires({ who: "account" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(ExportSchema, "All of it"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const user = await readMe(contextOf(c));
  return answer(c, userView(user.value), 200, { version: etagOf(user) });
};

const handlePatch: RouteHandler<typeof patch, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const user = await patchMe(contextOf(c), c.req.valid("json"), ifMatch);
  return answer(c, userView(user.value), 200, { version: etagOf(user) });
};

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  await leave(ctx, ifMatchOf(c.req.valid("header")["if-match"]));
  return noContent(c, { "set-cookie": cookiesFor(ctx.publicUrl).session.clear() });
};

const handleExport: RouteHandler<typeof exportAll, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const { user, identities, sessions, apiKeys, portfolios } = await exportOf(ctx);
  const body = {
    user: userView(user.value),
    identities: identities.map(({ issuer, subject, createdAt }) => ({ issuer, subject, created_at: createdAt })),
    sessions: sessions.map(sessionView),
    api_keys: apiKeys.map(apiKeyView),
    portfolios: await Promise.all(portfolios.map((portfolio) => portfolioView(ctx, portfolio))),
  };
  return answer(c, body, 200);
};

export const meRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(read, handleRead).openapi(patch, handlePatch).openapi(remove, handleRemove)
    .openapi(exportAll, handleExport);
