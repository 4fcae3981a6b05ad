import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { removeInvestment, replaceInvestments, setInvestment } from "../lib/portfolios/investments.ts";
import { etagOf } from "../lib/precondition.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import {
  AmountSchema,
  InvestmentsInputSchema,
  PortfolioIdSchema,
  PortfolioSchema,
  portfolioView,
} from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { IfMatchHeaderSchema, json, jsonBody, NoQuerySchema, SymbolSchema } from "./schemas.ts";

const InvestmentIdSchema = PortfolioIdSchema.extend({ symbol: SymbolSchema });

const InvestmentsSchema = z.strictObject({ investments: InvestmentsInputSchema }).openapi("Investments", {
  example: { investments: [{ asset: "AAPL", amount: "10" }, { asset: "GS", amount: "-2.5" }] },
});

const InvestmentAmountSchema = z.strictObject({ amount: AmountSchema }).openapi("InvestmentAmount");

const tags = ["Portfolios"];

const replaceAll = createRoute({
  method: "put",
  path: "/portfolios/{portfolio_id}/investments",
  operationId: "replaceInvestments",
  summary: "Replace all investments",
  description: "What the portfolio holds is afterwards what was sent, and nothing else.",
  tags,
  ...requires("signed_in", {}),
  request: {
    params: PortfolioIdSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    ...jsonBody(InvestmentsSchema),
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
  ...requires("signed_in", {}),
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
  ...requires("signed_in"),
  request: { params: InvestmentIdSchema, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: {
    200: json(PortfolioSchema, "The portfolio as it is now"),
    ...problems("unauthorized", "forbidden", "not-found", "version-mismatch", "validation-failed", "unavailable"),
  },
});

const handleReplaceAll: RouteHandler<typeof replaceAll, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const { investments } = c.req.valid("json");
  const portfolio = await replaceInvestments(ctx, c.req.valid("param").portfolio_id, investments, ifMatch);
  return answer(c, await portfolioView(ctx, portfolio), 200, { etag: etagOf(portfolio) });
};

const handleSet: RouteHandler<typeof set, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const { portfolio_id, symbol } = c.req.valid("param");
  const portfolio = await setInvestment(ctx, portfolio_id, { asset: symbol, ...c.req.valid("json") }, ifMatch);
  return answer(c, await portfolioView(ctx, portfolio), 200, { etag: etagOf(portfolio) });
};

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const { portfolio_id, symbol } = c.req.valid("param");
  const portfolio = await removeInvestment(ctx, portfolio_id, symbol, ifMatch);
  return answer(c, await portfolioView(ctx, portfolio), 200, { etag: etagOf(portfolio) });
};

export const investmentRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(replaceAll, handleReplaceAll).openapi(set, handleSet).openapi(remove, handleRemove);
