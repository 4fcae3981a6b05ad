import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { addDays, dayNumber, newestDay } from "../lib/day.ts";
import { findGaps, GAP_REASONS, type Gaps } from "../lib/market/gaps.ts";
import { invalid } from "../lib/problem.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import { DaySchema, json, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";

const MAX_DAYS = 366;
const DEFAULT_DAYS = 30;

const GapsSchema = z.object({
  from: DaySchema,
  to: DaySchema,
  expected: z.int().openapi({ description: "Bars that there should be: of each active asset on each session" }),
  present: z.int(),
  completeness: z.number().nullable().openapi({
    description: "Present over expected; null where nothing is",
    example: 0.998,
  }),
  days: z.array(z.object({
    date: DaySchema,
    expected: z.int(),
    present: z.int(),
    gaps: z.array(z.object({ asset: SymbolSchema, reason: z.enum(GAP_REASONS) })),
  })).openapi({ description: "The sessions on which something is missing" }),
  assets: z.array(z.object({ asset: SymbolSchema, missing: z.int() }))
    .openapi({ description: "The assets of which something is missing, the worst first" }),
}).openapi("MarketGaps");

const gaps = createRoute({
  method: "get",
  path: "/market/gaps",
  operationId: "readMarketGaps",
  summary: "What is missing, and why",
  description:
    `By day and by asset, of the sessions that are over. ${DEFAULT_DAYS} days where nothing is said, ${MAX_DAYS} at most.`,
  tags: ["Market data"],
  ...requires("anyone"),
  request: { query: z.strictObject({ from: DaySchema.optional(), to: DaySchema.optional() }) },
  responses: { 200: json(GapsSchema, "The gaps"), ...NOT_MODIFIED, ...problems("unauthorized", "validation-failed") },
});

const handleGaps: RouteHandler<typeof gaps, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const query = c.req.valid("query");
  const to = query.to ?? newestDay(ctx.now(), ctx.marketTimeZone);
  const from = query.from ?? addDays(to, 1 - DEFAULT_DAYS);
  const days = dayNumber(to) - dayNumber(from) + 1;
  if (days < 1) throw invalid([{ parameter: "to", detail: "must not be before from" }]);
  if (days > MAX_DAYS) throw invalid([{ parameter: "from", detail: `must be ${MAX_DAYS} days before to, or fewer` }]);
  return answer(c, gapsView(await findGaps(ctx, { from, to })), 200);
};

function gapsView({ span, expected, present, days }: Gaps): z.input<typeof GapsSchema> {
  const missing = new Map<string, number>();
  for (const { asset, reason } of days.flatMap((day) => day.gaps)) {
    // What was not there yet is not missing either.
    if (reason !== "not_listed_yet") missing.set(asset, (missing.get(asset) ?? 0) + 1);
  }
  return {
    ...span,
    expected,
    present,
    completeness: expected === 0 ? null : present / expected,
    days: days.map((day) => ({ ...day, gaps: [...day.gaps] })),
    assets: [...missing].map(([asset, count]) => ({ asset, missing: count }))
      .sort((a, b) => b.missing - a.missing || (a.asset < b.asset ? -1 : 1)),
  };
}

export const gapRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(gaps, handleGaps);
