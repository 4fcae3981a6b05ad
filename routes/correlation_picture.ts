import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { correlationHeatmap, type CorrelationPicture } from "../lib/charts/correlation_heatmap.tsx";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { correlationsOf, type PortfolioCorrelations } from "../lib/portfolios/correlations.ts";
import { requires } from "./access.ts";
import { ANALYSIS_ACCESS } from "./analysis_frame.ts";
import { wholeParameter } from "./analysis_parameters.ts";
import type { AppEnv } from "./env.ts";
import { answerPicture, picture, pictureQuery, questionOf } from "./picture.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { NOT_MODIFIED } from "./schemas.ts";
import { sectorName } from "./sectors.ts";

const MAX_ASSETS = 60;
const DEFAULT_ASSETS = 20;

const correlationsPicture = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/correlations.svg",
  operationId: "drawCorrelations",
  summary: "How the parts of a portfolio move together, as a picture",
  description:
    "What `/correlations` says of its assets or sectors: a cell for each two. As many are shown as can be named at the asked size, the largest assets first; the heading says of how many.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: {
    params: PortfolioIdSchema,
    query: pictureQuery(520).extend({
      by: z.enum(["assets", "sectors"]).default("assets").openapi({ description: "Whose correlations" }),
      limit: wholeParameter(1, MAX_ASSETS).optional().openapi({
        ...{ type: "integer", minimum: 1, maximum: MAX_ASSETS, default: DEFAULT_ASSETS, example: DEFAULT_ASSETS },
        description: "Assets at most, the largest by gross value; fewer where the size leaves no room for their names",
      }),
    }),
  },
  responses: {
    200: picture("The correlations"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleCorrelationsPicture: RouteHandler<typeof correlationsPicture, AppEnv> = (c) => {
  const query = c.req.valid("query");
  const { by, limit = DEFAULT_ASSETS, ...question } = questionOf(query);
  return answerPicture(c, {
    ...{ name: "correlations.svg", portfolioId: c.req.valid("param").portfolio_id, query },
    compute: (ctx, portfolio) => correlationsOf(ctx, portfolio, question, limit),
    draw: (analysis, size) => correlationHeatmap(correlationPicture(analysis, by), size),
  });
};

function correlationPicture(
  { portfolio, window, result }: Analysis<PortfolioCorrelations>,
  by: "assets" | "sectors",
): CorrelationPicture {
  const { labels, total, values } = result[by];
  return {
    name: portfolio.name,
    detail: window.from === null
      ? "No session has a price"
      : `${result.observations} returns, ${window.from} to ${window.to}`,
    labels: by === "sectors" ? labels.map(sectorName) : labels,
    values: values.flat(),
    kind: by,
    total,
  };
}

export const correlationPictureRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(correlationsPicture, handleCorrelationsPicture);
