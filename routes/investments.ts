import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import {
  type InvestmentInput,
  removeInvestment,
  replaceInvestments,
  setInvestment,
} from "../lib/portfolios/investments.ts";
import { readPortfolio } from "../lib/portfolios/portfolios.ts";
import { etagOf } from "../lib/precondition.ts";
import { requires } from "./access.ts";
import { answer, answerText } from "./answer.ts";
import { CSV, isCsv, prefersCsv } from "./csv.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import { fromInvestmentsCsv, investmentsCsv, InvestmentsCsvSchema } from "./investments_csv.ts";
import {
  AmountSchema,
  HeldInvestmentsSchema,
  InvestmentsSchema,
  PortfolioIdSchema,
  PortfolioSchema,
  portfolioView,
} from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { IfMatchHeaderSchema, json, jsonBody, NoQuerySchema, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";
import { sharedCaching } from "./shared_caching.ts";

const InvestmentIdSchema = PortfolioIdSchema.extend({ symbol: SymbolSchema });

const InvestmentAmountSchema = z.strictObject({ amount: AmountSchema })
  .openapi("InvestmentAmount", { example: { amount: "3" } });

const tags = ["Portfolios"];

const list = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/investments",
  operationId: "readInvestments",
  summary: "What a portfolio holds",
  description:
    "In the order in which it was given, as JSON, or as CSV where `Accept` prefers it. What is answered can be sent back, with its `ETag` as `If-Match`.",
  tags,
  ...requires({ who: "anyone", scopes: ["portfolios:read"] }),
  request: { params: PortfolioIdSchema, query: NoQuerySchema },
  responses: {
    200: {
      description: "All investments",
      content: { "application/json": { schema: HeldInvestmentsSchema }, [CSV]: { schema: InvestmentsCsvSchema } },
    },
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const replaceAll = createRoute({
  method: "put",
  path: "/portfolios/{portfolio_id}/investments",
  operationId: "replaceInvestments",
  summary: "Replace all investments",
  description:
    "What the portfolio holds is afterwards what was sent, as JSON or as CSV, and nothing else. If anything in it is wrong, nothing is stored; of CSV, `errors` name the line beside the pointer.",
  tags,
  ...requires({ who: "signed_in", scopes: ["portfolios:write"] }, { mediaTypes: ["application/json", CSV] }),
  request: {
    params: PortfolioIdSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    // Not `required` here: that would have the JSON validator look at CSV too. `readBody` asks for a body.
    body: { content: { "application/json": { schema: InvestmentsSchema }, [CSV]: { schema: InvestmentsCsvSchema } } },
  },
  responses: {
    200: json(PortfolioSchema, "The portfolio as it is now"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const set = createRoute({
  method: "put",
  path: "/portfolios/{portfolio_id}/investments/{symbol}",
  operationId: "setInvestment",
  summary: "Add an investment, or change its amount",
  description: "An asset that the portfolio does not hold yet is added at the end.",
  tags,
  ...requires({ who: "signed_in", scopes: ["portfolios:write"] }, {}),
  request: {
    params: InvestmentIdSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    ...jsonBody(InvestmentAmountSchema),
  },
  responses: replaceAll.responses,
});

const remove = createRoute({
  method: "delete",
  path: "/portfolios/{portfolio_id}/investments/{symbol}",
  operationId: "removeInvestment",
  summary: "Remove an investment",
  description: "Answers the portfolio without it.",
  tags,
  ...requires({ who: "signed_in", scopes: ["portfolios:write"] }),
  request: { params: InvestmentIdSchema, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: {
    200: json(PortfolioSchema, "The portfolio as it is now"),
    ...problems("unauthorized", "forbidden", "not-found", "version-mismatch", "validation-failed", "unavailable"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const portfolio = await readPortfolio(ctx, c.req.valid("param").portfolio_id);
  const { investments } = await portfolioView(ctx, portfolio);
  const headers = sharedCaching(ctx.actor, portfolio.value, "Accept");
  if (!prefersCsv(c.req.header("accept"))) {
    return answer(c, { investments }, 200, { version: etagOf(portfolio), headers });
  }
  const text = investmentsCsv(investments);
  return answerText(c, text, "text/csv; charset=utf-8; header=present", { version: etagOf(portfolio), headers });
};

const handleReplaceAll: RouteHandler<typeof replaceAll, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const { portfolio_id } = c.req.valid("param");
  const replace = (inputs: readonly InvestmentInput[]) => replaceInvestments(ctx, portfolio_id, inputs, ifMatch);
  const sent = isCsv(c.req.header("content-type")) ? await c.req.text() : c.req.valid("json");
  const portfolio = typeof sent === "string"
    ? await fromInvestmentsCsv(sent, replace)
    : await replace(sent.investments);
  return answer(c, await portfolioView(ctx, portfolio), 200, { version: etagOf(portfolio) });
};

const handleSet: RouteHandler<typeof set, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const { portfolio_id, symbol } = c.req.valid("param");
  const portfolio = await setInvestment(ctx, portfolio_id, { asset: symbol, ...c.req.valid("json") }, ifMatch);
  return answer(c, await portfolioView(ctx, portfolio), 200, { version: etagOf(portfolio) });
};

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const { portfolio_id, symbol } = c.req.valid("param");
  const portfolio = await removeInvestment(ctx, portfolio_id, symbol, ifMatch);
  return answer(c, await portfolioView(ctx, portfolio), 200, { version: etagOf(portfolio) });
};

export const investmentRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(replaceAll, handleReplaceAll).openapi(set, handleSet).openapi(
    remove,
    handleRemove,
  );
