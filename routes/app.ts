/**
 * All routes, and the one thin layer around them.
 *
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { Problem } from "../lib/problem.ts";
import { actionCorrectionRoutes } from "./action_corrections.ts";
import { adminRoutes } from "./admin/mod.ts";
import { answerText } from "./answer.ts";
import { analysisRoutes } from "./analysis.ts";
import { apiKeyRoutes } from "./api_keys.ts";
import { assetRoutes } from "./assets.ts";
import { auditRoutes } from "./audit.ts";
import { backfillPlanRoutes } from "./backfill_plan.ts";
import { corporateActionRoutes } from "./corporate_actions.ts";
import type { AppEnv } from "./env.ts";
import { gapRoutes } from "./gaps.ts";
import { healthRoutes } from "./health.ts";
import { historicValueRoutes } from "./historic_values.ts";
import { inspectorRoutes } from "./inspector.ts";
import { investmentRoutes } from "./investments.ts";
import { jobLogRoutes } from "./job_log.ts";
import { jobRoutes } from "./jobs.ts";
import { lookupRoutes } from "./lookup.ts";
import { marketRoutes } from "./market.ts";
import { marketCalendarRoutes } from "./market_calendar.ts";
import { marketDayRoutes } from "./market_days.ts";
import { meRoutes } from "./me.ts";
import { metricsRoutes } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { nothingThere } from "./page_answers.ts";
import { portfolioRoutes } from "./portfolios.ts";
import { problemOf } from "./problem_response.ts";
import { quarantineRoutes } from "./quarantine.ts";
import { queueRoutes } from "./queue.ts";
import { rememberingRouter } from "./router.ts";
import { scheduleRoutes } from "./schedules.ts";
import { reportRoutes } from "./report.tsx";
import { riskRoutes } from "./risk.ts";
import { correlationPictureRoutes } from "./correlation_picture.ts";
import { correlationRoutes } from "./correlations.ts";
import { performanceRoutes } from "./performance.ts";
import { riskBacktestRoutes } from "./risk_backtest.ts";
import { riskContributionRoutes } from "./risk_contributions.ts";
import { scenarioRoutes } from "./scenarios.ts";
import { sectorPictureRoutes } from "./sector_picture.ts";
import { sectorRoutes } from "./sectors.ts";
import { seriesPictureRoutes } from "./series_pictures.ts";
import { sessionRoutes } from "./sessions.ts";
import { setUpRoutes } from "./set_up.ts";
import { signInRoutes } from "./sign_in.ts";
import { siteRoutes } from "./site.ts";
import { userCredentialRoutes } from "./user_credentials.ts";
import { userRoutes } from "./users.ts";
import { valuationRoutes } from "./valuations.ts";
import { siteFiles } from "./site_files.ts";
import { refuseInvalid } from "./validation.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

export interface AppOptions {
  /** Told of every error that is answered as `internal`, with the request id that the client was given. */
  readonly onInternalError: (error: unknown, requestId: string) => void;
}

export function createApp({ onInternalError }: AppOptions): OpenAPIHono<AppEnv> {
  // Not strict: a trailing slash is answered the same.
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid, strict: false, router: rememberingRouter() });
  for (
    const mount of [
      portfolioRoutes,
      investmentRoutes,
      sectorRoutes,
      sectorPictureRoutes,
      valuationRoutes,
      performanceRoutes,
      riskRoutes,
      riskContributionRoutes,
      riskBacktestRoutes,
      scenarioRoutes,
      correlationRoutes,
      seriesPictureRoutes,
      correlationPictureRoutes,
      reportRoutes,
      analysisRoutes,
      assetRoutes,
      lookupRoutes,
      historicValueRoutes,
      corporateActionRoutes,
      actionCorrectionRoutes,
      marketRoutes,
      marketDayRoutes,
      marketCalendarRoutes,
      gapRoutes,
      quarantineRoutes,
      backfillPlanRoutes,
      jobRoutes,
      jobLogRoutes,
      signInRoutes,
      setUpRoutes,
      meRoutes,
      sessionRoutes,
      apiKeyRoutes,
      userRoutes,
      userCredentialRoutes,
      auditRoutes,
      queueRoutes,
      scheduleRoutes,
      inspectorRoutes,
      healthRoutes,
      metricsRoutes,
    ]
  ) mount(app);
  let document: string | undefined;
  app.get("/openapi.json", (c) => {
    document ??= JSON.stringify(openApiDocument(app));
    return answerText(c, document, "application/json");
  });
  const files = siteFiles();
  for (const { path, handler } of siteRoutes(files)) app.get(path, handler);
  adminRoutes(app, files, onInternalError);

  app.notFound((c) => {
    const allowed = methodsAt(app, c.req.path);
    if (allowed.length === 0) return nothingThere(c, files);
    const allow = allowed.join(", ");
    const detail = `${c.req.method} is not allowed here; use ${allow}`;
    return problemOf(c, new Problem("method-not-allowed", detail, { headers: { allow } }));
  });
  app.onError((error, c) => {
    const response = problemOf(c, error);
    if (response.status === 500) onInternalError(error, c.env.requestId);
    return response;
  });
  return app;
}

/** The methods that some route takes at a path. */
export function methodsAt(app: OpenAPIHono<AppEnv>, path: string): string[] {
  const methods = METHODS.filter((method) => app.router.match(method, path)[0].length > 0);
  if (methods.length === 0) return [];
  return [...(methods.includes("GET") ? ["GET", "HEAD", ...methods.slice(1)] : methods), "OPTIONS"];
}
