import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { reportOf } from "../lib/portfolios/report.ts";
import { requires } from "./access.ts";
import { ANALYSIS_ACCESS, analysisQuery } from "./analysis_frame.ts";
import { BenchmarkParameter } from "./analysis_parameters.ts";
import { respondWith } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { answerOf } from "./portfolio_answer.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { ReportPage } from "./report/page.tsx";
import { NOT_MODIFIED } from "./schemas.ts";
import { pageHeaders, pagePolicy } from "./security_headers.ts";
import { type SiteFiles, siteFiles } from "./site_files.ts";

const HTML = "text/html";

const report = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/report",
  operationId: "readReport",
  summary: "All of it on one page, for a reader",
  description:
    "What a portfolio holds, how it did and what it risks, with tables and pictures, for light and dark screens and for paper. Without scripts.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: {
    params: PortfolioIdSchema,
    query: analysisQuery({ benchmark: BenchmarkParameter.optional() }).omit({ explain: true }),
  },
  responses: {
    200: { description: "The page", content: { [HTML]: { schema: z.string() } } },
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleReportWith = (files: SiteFiles): RouteHandler<typeof report, AppEnv> => async (c) => {
  const { benchmark, ...question } = c.req.valid("query");
  const styles = [await files.href("site.css"), await files.href("report.css")];
  const { benchmark: _, ...query } = c.req.query();
  const always = { ...pageHeaders(c.env.headers), ...pagePolicy() };
  return await answerOf(c, {
    ...{ name: "report", portfolioId: c.req.valid("param").portfolio_id, query: { ...question, benchmark, styles } },
    compute: (ctx, portfolio) => reportOf(ctx, portfolio, question, benchmark),
  }, {
    always,
    respond: async (made, etag, headers) => {
      const text = `<!doctype html>${await <ReportPage report={made} styles={styles} query={query} />}\n`;
      return respondWith({ text, type: `${HTML}; charset=utf-8`, etag, headers }, c.req.raw, always);
    },
  });
};

export function reportRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(report, handleReportWith(siteFiles()));
}
