import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { analysed, type Analysis } from "../lib/portfolios/analysis.ts";
import { type DayValue, valuationsIn } from "../lib/portfolios/valuations.ts";
import { requires } from "./access.ts";
import { answerAnalysis } from "./analysis_answer.ts";
import { ANALYSIS_ACCESS, analysisQuery, FRAME, frameView } from "./analysis_frame.ts";
import { CSV, writeCsv } from "./csv.ts";
import { decimalOutput } from "./decimal_schema.ts";
import type { AppEnv } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { DaySchema, NOT_MODIFIED, SectorSchema } from "./schemas.ts";

const ValuationsSchema = z.object({
  ...FRAME,
  observations: z.int().openapi({ description: "Sessions that were valued", example: 253 }),
  items: z.array(z.object({
    date: DaySchema,
    market_value: decimalOutput("The sum of the sectors, exactly", "247767.2"),
    sectors: z.partialRecord(SectorSchema, decimalOutput("What stands in the sector, exactly", "81416")),
  })).openapi({ description: "By rising date" }),
}).openapi("Valuations");

const CsvSchema = z.string().openapi({
  description: "A header line, then a line a session: `date`, `market_value`, and a column for each sector",
  example: "date,market_value,financials,utilities\r\n2021-11-05,145466,81416,64050\r\n",
});

const valuations = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/valuations",
  operationId: "readValuations",
  summary: "What a portfolio was worth, day by day and by sector",
  description:
    "Today's amounts at the prices of each session of the window, as JSON, or as CSV where `Accept` prefers it. On every day where all investments have a price, the values are those of `/sectors?as_of=` of that day, to the last digit. A price that is missing is the last one before it; of a portfolio in several currencies, each price is converted at the rate of its own day.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: { params: PortfolioIdSchema, query: analysisQuery({}) },
  responses: {
    200: {
      description: "The portfolio's value over time",
      content: { "application/json": { schema: ValuationsSchema }, [CSV]: { schema: CsvSchema } },
    },
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleValuations: RouteHandler<typeof valuations, AppEnv> = (c) => {
  const query = c.req.valid("query");
  return answerAnalysis(c, {
    ...{ name: "valuations", portfolioId: c.req.valid("param").portfolio_id, query, view: valuationsView },
    compute: (ctx, portfolio) =>
      analysed(ctx, portfolio, query, { name: "valuations", compute: (timeline) => valuationsIn(ctx, timeline) }),
    csv: valuationsCsv,
  });
};

const valuationsView = (analysis: Analysis<DayValue[]>): z.input<typeof ValuationsSchema> => ({
  ...frameView(analysis),
  observations: analysis.sessions,
  items: analysis.result.map(({ date, marketValue, sectors }) => ({ date, market_value: marketValue, sectors })),
});

function valuationsCsv({ result }: Analysis<DayValue[]>): string {
  const sectors = Object.keys(result[0]?.sectors ?? {});
  const rows = result.map(({ date, marketValue, sectors }) => ({ date, market_value: marketValue, ...sectors }));
  return writeCsv(["date", "market_value", ...sectors], rows);
}

export const valuationRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(valuations, handleValuations);
