import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { addDays, dayNumber, newestDay } from "../lib/day.ts";
import { findGaps, GAP_REASONS, type GapCounts, type GapReason, type Gaps } from "../lib/market/gaps.ts";
import { invalid } from "../lib/problem.ts";
import { MARKETS } from "../lib/store/market_days.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import { CountedDaySchema, DaySchema, json, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";

const MAX_DAYS = 366;
const DEFAULT_DAYS = 30;
const MAX_ASSETS = 200;

const ReasonsSchema = z.object(Object.fromEntries(GAP_REASONS.map((reason) => [reason, z.int()])) as Record<
  GapReason,
  z.ZodInt
>).openapi("GapReasons", {
  example: { not_listed_yet: 0, did_not_trade: 2, quarantined: 0, failed: 0, not_there_yet: 0 },
});

const GapsSchema = z.object({
  from: DaySchema,
  to: DaySchema,
  expected: z.int().openapi({
    description: "Bars that there should be: of each asset that a market prices, on each session of its market",
  }),
  present: z.int(),
  completeness: z.number().nullable().openapi({
    description: "Present over expected; null where nothing is",
    example: 0.998,
  }),
  days: z.array(
    z.object({
      market: z.enum(MARKETS),
      date: DaySchema,
      expected: z.int(),
      present: z.int(),
      reasons: ReasonsSchema,
    }),
  )
    .openapi({ description: "The sessions on which something is missing, and of how many assets for which reason" }),
  assets: z.array(z.object({ asset: SymbolSchema, missing: z.int(), reasons: ReasonsSchema }))
    .openapi({ description: `The assets of which something is missing: the ${MAX_ASSETS} worst` }),
  assets_with_gaps: z.int().openapi({ description: "How many there are in all" }),
}).openapi("MarketGaps");

const gaps = createRoute({
  method: "get",
  path: "/market/gaps",
  operationId: "readMarketGaps",
  summary: "What is missing, and why",
  description:
    `By day and by asset, of the sessions that are over: of all markets, of one with \`market\`, of one asset with \`asset\`. ${DEFAULT_DAYS} days where nothing is said, ${MAX_DAYS} at most. What a call of the provider can still bring is asked for every night.`,
  tags: ["Market data"],
  ...requires({ who: "anyone" }),
  request: {
    query: z.strictObject({
      from: CountedDaySchema.optional(),
      to: CountedDaySchema.optional(),
      market: z.enum(MARKETS).optional(),
      asset: SymbolSchema.optional(),
    }),
  },
  responses: {
    200: json(GapsSchema, "The gaps"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const handleGaps: RouteHandler<typeof gaps, AppEnv> = async (c) => {
  const ctx = { ...contextOf(c), provider: c.env.services.provider };
  const query = c.req.valid("query");
  const to = query.to ?? newestDay(ctx.now(), ctx.marketTimeZone);
  const from = query.from ?? addDays(to, 1 - DEFAULT_DAYS);
  const days = dayNumber(to) - dayNumber(from) + 1;
  if (days < 1) throw invalid([{ parameter: "to", detail: "must not be before from" }]);
  if (days > MAX_DAYS) throw invalid([{ parameter: "from", detail: `must be ${MAX_DAYS} days before to, or fewer` }]);
  return answer(c, gapsView(await findGaps(ctx, { ...query, from, to })), 200);
};

function gapsView({ span, expected, present, days, assets }: Gaps): z.input<typeof GapsSchema> {
  const missing = assets.map(({ asset, reasons }) => ({ asset, missing: missingOf(reasons), reasons }))
    .filter((one) => one.missing > 0)
    .sort((a, b) => b.missing - a.missing || (a.asset < b.asset ? -1 : 1));
  return {
    ...span,
    expected,
    present,
    completeness: expected === 0 ? null : present / expected,
    days: [...days],
    assets: missing.slice(0, MAX_ASSETS),
    assets_with_gaps: missing.length,
  };
}

/** What was not there yet is not missing either. */
const missingOf = ({ not_listed_yet: _, ...missing }: GapCounts): number =>
  Object.values(missing).reduce((sum, count) => sum + count, 0);

export const gapRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(gaps, handleGaps);
