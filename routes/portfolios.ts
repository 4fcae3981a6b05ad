import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import {
  createPortfolio,
  deletePortfolio,
  listPortfolios,
  patchPortfolio,
  readPortfolio,
  SCOPES,
} from "../lib/portfolios/portfolios.ts";
import { etagOf } from "../lib/precondition.ts";
import type { Versioned } from "../lib/store/collection.ts";
import type { Portfolio } from "../lib/store/portfolios.ts";
import { requires } from "./access.ts";
import { answer, noContent } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import { made } from "./idempotency.ts";
import {
  InvestmentsInputSchema,
  PortfolioIdSchema,
  PortfolioNameSchema,
  PortfolioSchema,
  portfolioView,
  StatusSchema,
  VisibilitySchema,
} from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import {
  CurrencySchema,
  DEFAULT_LIMIT,
  IfMatchHeaderSchema,
  json,
  jsonBody,
  listQuery,
  LOCATED,
  NoQuerySchema,
  NOT_MODIFIED,
  OrderSchema,
  pageAnswer,
  pageSchema,
} from "./schemas.ts";
import { sharedCaching } from "./shared_caching.ts";

export const NewPortfolioSchema = z.strictObject({
  name: PortfolioNameSchema,
  currency: CurrencySchema.default("USD"),
  visibility: VisibilitySchema.default("private"),
  status: StatusSchema.default("active"),
  investments: InvestmentsInputSchema,
}).openapi("NewPortfolio", {
  example: { name: "Growth", currency: "USD", visibility: "private", investments: [{ asset: "AAPL", amount: "10" }] },
});

export const PortfolioPatchSchema = z.strictObject({
  name: PortfolioNameSchema.optional(),
  visibility: VisibilitySchema.optional(),
  status: StatusSchema.optional(),
}).openapi("PortfolioPatch", { example: { visibility: "public" } });

const tags = ["Portfolios"];

const list = createRoute({
  method: "get",
  path: "/portfolios",
  operationId: "listPortfolios",
  summary: "List portfolios",
  description:
    "The public ones for who has no key, else one's own. `scope=all` is for administrators. Inactive ones are listed with `status=inactive`.",
  tags,
  ...requires({ who: "anyone", scopes: ["portfolios:read"] }),
  request: {
    query: listQuery({
      scope: z.enum(SCOPES).optional(),
      status: StatusSchema.default("active"),
      owner: z.string().min(1).max(100).optional().openapi({ description: "With `scope=all`: whose" }),
      q: z.string().min(1).max(100).optional()
        .openapi({ description: "With `scope=all`: how the name begins, in either case; listed by name, then" }),
      order: OrderSchema,
    }),
  },
  responses: {
    200: json(pageSchema(PortfolioSchema, "PortfolioPage"), "A page of portfolios, by rising id"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const create = createRoute({
  method: "post",
  path: "/portfolios",
  operationId: "createPortfolio",
  summary: "Create a portfolio",
  description: "A name is unique among an owner's portfolios; an asset stands once in a portfolio.",
  tags,
  ...requires({ who: "signed_in", scopes: ["portfolios:write"] }, {}),
  request: { query: NoQuerySchema, ...jsonBody(NewPortfolioSchema) },
  responses: {
    201: { ...json(PortfolioSchema, "The portfolio, and in `Location` where it is"), ...LOCATED },
    ...problems("malformed-request", "unauthorized", "forbidden", "conflict", "payload-too-large"),
    ...problems("unsupported-media-type"),
    ...problems("validation-failed", "unavailable"),
  },
});

const read = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}",
  operationId: "readPortfolio",
  summary: "Read a portfolio",
  description: "A portfolio that is private to somebody else is not found.",
  tags,
  ...requires({ who: "anyone", scopes: ["portfolios:read"] }),
  request: { params: PortfolioIdSchema, query: NoQuerySchema },
  responses: {
    200: json(PortfolioSchema, "The portfolio"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const patch = createRoute({
  method: "patch",
  path: "/portfolios/{portfolio_id}",
  operationId: "patchPortfolio",
  summary: "Change a portfolio's name, visibility or status",
  description: "What is not given stays as it is.",
  tags,
  ...requires({ who: "signed_in", scopes: ["portfolios:write"] }, {}),
  request: {
    params: PortfolioIdSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    ...jsonBody(PortfolioPatchSchema),
  },
  responses: {
    200: json(PortfolioSchema, "The portfolio as it is now"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "conflict", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/portfolios/{portfolio_id}",
  operationId: "deletePortfolio",
  summary: "Delete a portfolio",
  description: "With its investments. Its id is never used again.",
  tags,
  ...requires({ who: "signed_in", scopes: ["portfolios:write"] }),
  request: { params: PortfolioIdSchema, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: {
    204: { description: "It is gone" },
    ...problems("unauthorized", "forbidden", "not-found", "version-mismatch", "validation-failed", "unavailable"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { order, limit = DEFAULT_LIMIT, ...query } = c.req.valid("query");
  const ctx = contextOf(c);
  const { scope, status, owner, q, cursor } = query;
  const page = await listPortfolios(ctx, { scope, status, owner, q, limit, cursor, isReversed: order === "desc" });
  const views = await Promise.all(page.items.map((portfolio) => portfolioView(ctx, portfolio)));
  const { body, headers } = pageAnswer({ ...page, items: views }, (view) => view, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleCreate: RouteHandler<typeof create, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  return await made(
    c,
    (settle) => createPortfolio(ctx, c.req.valid("json"), settle),
    async (created: Versioned<Portfolio>) => {
      const headers = { location: `/portfolios/${created.value.id}` };
      return answer(c, await portfolioView(ctx, created), 201, { version: etagOf(created), headers });
    },
  );
};

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const portfolio = await readPortfolio(ctx, c.req.valid("param").portfolio_id);
  const headers = sharedCaching(ctx.actor, portfolio.value);
  return answer(c, await portfolioView(ctx, portfolio), 200, { version: etagOf(portfolio), headers, isReusable: true });
};

const handlePatch: RouteHandler<typeof patch, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const patched = await patchPortfolio(ctx, c.req.valid("param").portfolio_id, c.req.valid("json"), ifMatch);
  return answer(c, await portfolioView(ctx, patched), 200, { version: etagOf(patched) });
};

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  await deletePortfolio(contextOf(c), c.req.valid("param").portfolio_id, ifMatch);
  return noContent(c);
};

export const portfolioRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(create, handleCreate).openapi(read, handleRead).openapi(patch, handlePatch)
    .openapi(remove, handleRemove);
