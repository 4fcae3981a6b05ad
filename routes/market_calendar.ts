import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { dayNumber } from "../lib/day.ts";
import { DAY_STATES, dayStates } from "../lib/market/day_states.ts";
import { invalid } from "../lib/problem.ts";
import { MARKETS } from "../lib/store/market_days.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import { CountedDaySchema, DaySchema, json, NOT_MODIFIED } from "./schemas.ts";

const MAX_DAYS = 366;

const CalendarSchema = z.object({
  market: z.enum(MARKETS),
  days: z.array(z.object({
    date: DaySchema,
    state: z.enum(DAY_STATES).openapi({
      description:
        "`corrected`: complete, and changed since; `gap`: bars are missing that can be had or wait for a decision; `unasked`: nobody asked for it, and nothing is missing; `closed`: no session; `to_come`: not over",
    }),
    revision: z.int().nullable(),
    missing: z.int().openapi({ description: "Bars, without those of assets that did not trade" }),
    holiday: z.string().nullable().openapi({ description: "Its name, of a day that closes early too" }),
  })),
}).openapi("MarketCalendar");

const calendar = createRoute({
  method: "get",
  path: "/market/calendar",
  operationId: "readMarketCalendar",
  summary: "What became of each day",
  description: `Every day of a market from \`from\` to \`to\`, ${MAX_DAYS} at most.`,
  tags: ["Market data"],
  ...requires({ who: "anyone" }),
  request: {
    query: z.strictObject({ market: z.enum(MARKETS).default("stocks"), from: CountedDaySchema, to: CountedDaySchema }),
  },
  responses: {
    200: json(CalendarSchema, "The days, by rising date"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed"),
  },
});

const handleCalendar: RouteHandler<typeof calendar, AppEnv> = async (c) => {
  const { market, ...span } = c.req.valid("query");
  const days = dayNumber(span.to) - dayNumber(span.from) + 1;
  if (days < 1) throw invalid([{ parameter: "to", detail: "must not be before from" }]);
  if (days > MAX_DAYS) throw invalid([{ parameter: "from", detail: `must be ${MAX_DAYS} days before to, or fewer` }]);
  const ctx = { ...contextOf(c), provider: c.env.services.provider };
  return answer(c, { market, days: await dayStates(ctx, market, span) }, 200);
};

export const marketCalendarRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(calendar, handleCalendar);
