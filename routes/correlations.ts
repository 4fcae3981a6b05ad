import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { type Correlations, correlationsOf, type PortfolioCorrelations } from "../lib/portfolios/correlations.ts";
import { requires } from "./access.ts";
import { answerAnalysis } from "./analysis_answer.ts";
import { ANALYSIS_ACCESS, analysisQuery, FRAME, frameView } from "./analysis_frame.ts";
import { wholeParameter } from "./analysis_parameters.ts";
import type { AppEnv } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { json, NOT_MODIFIED, SectorSchema, SymbolSchema } from "./schemas.ts";

const MAX_ASSETS = 200;
const DEFAULT_ASSETS = 50;

const matrixSchema = <T extends z.ZodType>(label: T) =>
  z.object({
    labels: z.array(label),
    total: z.int().openapi({ description: "How many there are; `limit` may leave the smaller ones out", example: 12 }),
    values: z.array(z.array(z.number().nullable())).openapi({
      description:
        "Row after row, in the order of the labels; null where there are fewer than two common returns, or one of the two does not vary",
    }),
    counts: z.array(z.array(z.int())).openapi({ description: "On how many common returns each is told" }),
  });

const CorrelationsSchema = z.object({
  ...FRAME,
  observations: z.int().openapi({ description: "Returns: one fewer than there are sessions", example: 252 }),
  method: z.literal("pearson"),
  assets: matrixSchema(SymbolSchema).openapi({ description: "The largest by gross value, up to `limit`" }),
  sectors: matrixSchema(SectorSchema),
}).openapi("Correlations");

const correlations = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/correlations",
  operationId: "readCorrelations",
  summary: "How the parts of a portfolio move together",
  description:
    "Pearson's correlation of the daily returns of each two assets, on the days on which both have prices of their own, and of each two sectors.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: {
    params: PortfolioIdSchema,
    query: analysisQuery({
      limit: wholeParameter(1, MAX_ASSETS).optional().openapi({
        type: "integer",
        minimum: 1,
        maximum: MAX_ASSETS,
        description: "Assets at most",
        default: DEFAULT_ASSETS,
        example: DEFAULT_ASSETS,
      }),
    }),
  },
  responses: {
    200: json(CorrelationsSchema, "The two matrices"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleCorrelations: RouteHandler<typeof correlations, AppEnv> = (c) => {
  const query = c.req.valid("query");
  const { limit = DEFAULT_ASSETS, ...question } = query;
  return answerAnalysis(c, {
    ...{ name: "correlations", portfolioId: c.req.valid("param").portfolio_id, query, view: correlationsView },
    compute: (ctx, portfolio) => correlationsOf(ctx, portfolio, question, limit),
  });
};

const correlationsView = (analysis: Analysis<PortfolioCorrelations>): z.input<typeof CorrelationsSchema> => ({
  ...frameView(analysis),
  observations: analysis.result.observations,
  method: "pearson",
  assets: matrixView(analysis.result.assets),
  sectors: matrixView(analysis.result.sectors) as z.input<typeof CorrelationsSchema>["sectors"],
});

const matrixView = ({ labels, total, values, counts }: Correlations) => ({
  labels: [...labels],
  total,
  values: values.map((row) => [...row]),
  counts: counts.map((row) => [...row]),
});

export const correlationRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(correlations, handleCorrelations);
