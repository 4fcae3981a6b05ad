import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { readAsset } from "../lib/market/assets.ts";
import { planBackfill, STRATEGIES } from "../lib/market/backfill_plan.ts";
import { planView } from "../lib/market/backfill_view.ts";
import { invalid } from "../lib/problem.ts";
import { MARKETS } from "../lib/store/market_days.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import { DaySchema, json, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";

const counts = {
  calls: z.int().openapi({ description: "Of the provider, for bars" }),
  sessions: z.int().openapi({ description: "On which something is missing" }),
  assets: z.int().openapi({ description: "Of which something is missing" }),
};

const BackfillPlanSchema = z.object({
  from: DaySchema,
  to: DaySchema,
  clipped: z.string().nullable().openapi({ description: "Why it begins later than was asked" }),
  disabled_because: z.string().nullable().openapi({ description: "Why nobody can be asked" }),
  strategy: z.enum([...STRATEGIES, "mixed"]).openapi({
    description: "By date: a call a session brings all assets; by asset: a call an asset brings all sessions",
    example: "by_asset",
  }),
  ...counts,
  action_calls: z.int().openapi({
    description: "For the splits and dividends of new assets: of each, or a month of all of them",
  }),
  symbol_calls: z.int().openapi({
    description:
      "For what new assets are, and since when their symbols are their own; what is learned may spare others",
  }),
  expected_seconds: z.int().openapi({ description: "At the provider's pace, if nothing more urgent comes" }),
  bars: z.object({ expected: z.int(), missing: z.int() }),
  markets: z.array(z.object({
    market: z.enum(MARKETS),
    strategy: z.enum(STRATEGIES),
    ...counts,
    refused_up_to: DaySchema.nullable().openapi({ description: "The newest day that was refused as too old" }),
    not_entitled: z.string().nullable().openapi({ description: "Why nothing is asked for" }),
  })),
}).openapi("BackfillPlan");

const plan = createRoute({
  method: "get",
  path: "/market/backfill-plan",
  operationId: "readBackfillPlan",
  summary: "What a backfill would ask for",
  description:
    "Of all assets, or of one; of the history that the provider's plan includes where no days are named. What is stored, or was asked for before, is not asked for again. Nobody is called for this answer: a `backfill` job with the same arguments does what it says.",
  tags: ["Market data"],
  ...requires({ who: "viewer" }),
  request: {
    query: z.strictObject({
      from: DaySchema.optional(),
      to: DaySchema.optional(),
      asset: SymbolSchema.optional(),
    }),
  },
  responses: {
    200: json(BackfillPlanSchema, "The plan"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handlePlan: RouteHandler<typeof plan, AppEnv> = async (c) => {
  const { from, to, asset: symbol } = c.req.valid("query");
  if (from !== undefined && to !== undefined && from > to) {
    throw invalid([{ parameter: "to", detail: "must not be before from" }]);
  }
  const asset = symbol === undefined ? undefined : (await readAsset(contextOf(c), symbol)).value;
  return answer(c, planView(await planBackfill(contextOf(c), c.env.services.provider, { from, to, asset })), 200);
};

export const backfillPlanRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(plan, handlePlan);
