import { createRoute, type OpenAPIHono, type RouteHandler } from "@hono/zod-openapi";
import { historicalEs } from "../lib/analysis/expected_shortfall.ts";
import { historicalVar } from "../lib/analysis/value_at_risk.ts";
import { drawdownArea } from "../lib/charts/drawdown_area.tsx";
import { type LossMark, returnHistogram, type ReturnPicture } from "../lib/charts/return_histogram.tsx";
import { type DatedSeries, valueLine } from "../lib/charts/value_line.tsx";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { returnsIn } from "../lib/portfolios/portfolio_series.ts";
import { type ValuePath, valuePathOf } from "../lib/portfolios/value_path.ts";
import { requires } from "./access.ts";
import { ANALYSIS_ACCESS } from "./analysis_frame.ts";
import type { AppEnv } from "./env.ts";
import { answerPicture, picture, pictureQuery, questionOf } from "./picture.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { NOT_MODIFIED } from "./schemas.ts";

const tags = ["Analysis"];
const request = { params: PortfolioIdSchema, query: pictureQuery(300) };
const responsesWith = (description: string) => ({
  200: picture(description),
  ...NOT_MODIFIED,
  ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
});

const value = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/value.svg",
  operationId: "drawValue",
  summary: "What a portfolio was worth day by day, as a picture",
  description: "What `/valuations` says of the whole, as a line.",
  tags,
  ...requires(ANALYSIS_ACCESS),
  request,
  responses: responsesWith("The value over time"),
});

const drawdown = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/drawdown.svg",
  operationId: "drawDrawdown",
  summary: "How far a portfolio was below its peak, as a picture",
  description: "Of each session of the window, what is missing to the highest value before it in the window.",
  tags,
  ...requires(ANALYSIS_ACCESS),
  request,
  responses: responsesWith("The drawdown over time"),
});

const returns = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/returns.svg",
  operationId: "drawReturns",
  summary: "How a portfolio's daily returns are spread, as a picture",
  description:
    "A histogram, with lines at the historical value at risk of 95 % and 99 % and the historical expected shortfall of 97.5 %, as far as the window is long enough for them.",
  tags,
  ...requires(ANALYSIS_ACCESS),
  request,
  responses: responsesWith("The returns by size"),
});

const handleValue: RouteHandler<typeof value, AppEnv> = (c) => {
  const query = c.req.valid("query");
  return answerPicture(c, {
    ...{ name: "value.svg", portfolioId: c.req.valid("param").portfolio_id, query },
    compute: (ctx, portfolio) => valuePathOf(ctx, portfolio, questionOf(query)),
    draw: (analysis, size) => valueLine(seriesOf(analysis), size),
  });
};

const handleDrawdown: RouteHandler<typeof drawdown, AppEnv> = (c) => {
  const query = c.req.valid("query");
  return answerPicture(c, {
    ...{ name: "drawdown.svg", portfolioId: c.req.valid("param").portfolio_id, query },
    compute: (ctx, portfolio) => valuePathOf(ctx, portfolio, questionOf(query)),
    draw: (analysis, size) => drawdownArea(seriesOf(analysis), size),
  });
};

const handleReturns: RouteHandler<typeof returns, AppEnv> = (c) => {
  const query = c.req.valid("query");
  return answerPicture(c, {
    ...{ name: "returns.svg", portfolioId: c.req.valid("param").portfolio_id, query },
    compute: (ctx, portfolio) => valuePathOf(ctx, portfolio, questionOf(query)),
    draw: (analysis, size) => returnHistogram(returnPicture(analysis), size),
  });
};

const seriesOf = ({ portfolio, result: { days, values } }: Analysis<ValuePath>): DatedSeries => ({
  ...{ name: portfolio.name, currency: portfolio.currency, days, values: [...values] },
});

function returnPicture({ portfolio, window, result: { values } }: Analysis<ValuePath>): ReturnPicture {
  const returns = returnsIn(values);
  const told = returns instanceof Float64Array ? returns : new Float64Array();
  return { name: portfolio.name, ...window, returns: [...told], marks: marksOf(told) };
}

const marksOf = (returns: Float64Array): LossMark[] =>
  [
    { label: "VaR 95 %", loss: historicalVar(returns, 0.95).value },
    { label: "VaR 99 %", loss: historicalVar(returns, 0.99).value },
    { label: "ES 97.5 %", loss: historicalEs(returns, 0.975).value },
  ].flatMap(({ label, loss }) => loss === null ? [] : [{ label, loss }]);

export const seriesPictureRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(value, handleValue).openapi(drawdown, handleDrawdown).openapi(returns, handleReturns);
