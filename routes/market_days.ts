import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { RecordedBar } from "../lib/history/block.ts";
import { type Correction, correctionsOf } from "../lib/market/corrections.ts";
import { getMarketDay, listMarketDays } from "../lib/market/market_days.ts";
import { MARKET_DAY_STATUSES, type MarketDay, MARKETS } from "../lib/store/market_days.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { BarSchema, barView } from "./bar_schemas.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import {
  DaySchema,
  DEFAULT_LIMIT,
  InstantSchema,
  json,
  listQuery,
  NOT_MODIFIED,
  pageAnswer,
  pageSchema,
  SymbolSchema,
} from "./schemas.ts";

const MarketSchema = z.enum(MARKETS).openapi("Market", { examples: ["stocks"] });

/** Stocks, where no market is named. */
const market = MarketSchema.default("stocks");

const MarketDaySchema = z.object({
  market: MarketSchema,
  date: DaySchema,
  status: z.enum(MARKET_DAY_STATUSES),
  rows: z.int().openapi({ description: "Bars of known assets" }),
  quarantined: z.int().openapi({ description: "Rows of known assets that failed a check, and wait in quarantine" }),
  revision: z.int().openapi({ description: "Raised each time that the provider changes a complete day" }),
  source: z.string().openapi({ example: "polygon" }),
  fetched_at: InstantSchema,
  reason: z.string().nullable(),
}).openapi("MarketDay");

const RecordedBarSchema = BarSchema.extend({
  recorded_at: InstantSchema.openapi({ description: "By whole seconds", example: "2021-11-06T07:00:12Z" }),
}).openapi("RecordedBar");

const CorrectionSchema = z.object({
  asset: SymbolSchema,
  old: RecordedBarSchema,
  new: RecordedBarSchema,
  replaced_at: InstantSchema,
}).openapi("Correction");

const DayWithCorrectionsSchema = MarketDaySchema.extend({
  corrections_count: z.int(),
  corrections: z.array(CorrectionSchema).openapi({
    description: `The first ${DEFAULT_LIMIT}; all are listed under \`/market/days/{date}/corrections\``,
  }),
}).openapi("MarketDayWithCorrections");

const tags = ["Market data"];
const params = z.strictObject({ date: DaySchema });

const days = createRoute({
  method: "get",
  path: "/market/days",
  operationId: "listMarketDays",
  summary: "The days that were pulled",
  description: "Of a market, newest first.",
  tags,
  ...requires({ who: "anyone" }),
  request: { query: listQuery({ market }) },
  responses: {
    200: json(pageSchema(MarketDaySchema, "MarketDayPage"), "A page of days"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed"),
  },
});

const day = createRoute({
  method: "get",
  path: "/market/days/{date}",
  operationId: "readPulledDay",
  summary: "How a day was pulled",
  description: "A session of the stock market; a day of UTC for crypto assets and currencies.",
  tags,
  ...requires({ who: "anyone" }),
  request: { params, query: z.strictObject({ market }) },
  responses: {
    200: json(DayWithCorrectionsSchema, "The day"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const corrections = createRoute({
  method: "get",
  path: "/market/days/{date}/corrections",
  operationId: "listCorrections",
  summary: "What was said otherwise of a day before",
  description:
    "By asset, and then as they came: each bar that was replaced with the one that took its place, whoever wrote it.",
  tags,
  ...requires({ who: "anyone" }),
  request: { params, query: listQuery({ market }) },
  responses: {
    200: json(pageSchema(CorrectionSchema, "CorrectionPage"), "A page of corrections"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const handleDays: RouteHandler<typeof days, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor, market } = c.req.valid("query");
  const page = await listMarketDays(contextOf(c), { market, limit, cursor });
  const { body, headers } = pageAnswer(page, dayView, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleDay: RouteHandler<typeof day, AppEnv> = async (c) => {
  const asked = { ...c.req.valid("query"), ...c.req.valid("param") };
  const found = await getMarketDay(contextOf(c), asked);
  const { count, items } = await correctionsOf(contextOf(c), { ...asked, limit: DEFAULT_LIMIT, cursor: undefined });
  const corrections = { corrections_count: count, corrections: items.map(correctionView) };
  return answer(c, { ...dayView(found), ...corrections }, 200);
};

const handleCorrections: RouteHandler<typeof corrections, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor, market } = c.req.valid("query");
  const page = await correctionsOf(contextOf(c), { ...c.req.valid("param"), market, limit, cursor });
  const { body, headers } = pageAnswer(page, correctionView, c.req.url);
  return answer(c, body, 200, { headers });
};

const dayView = ({ fetchedAt, assetsUpTo: _, ...day }: MarketDay): z.input<typeof MarketDaySchema> => ({
  ...day,
  fetched_at: fetchedAt,
});

const correctionView = ({ asset, before, after }: Correction): z.input<typeof CorrectionSchema> => ({
  asset: asset.symbol,
  old: recordedView(before),
  new: recordedView(after),
  replaced_at: instantOf(after),
});

const recordedView = (bar: RecordedBar) => ({ ...barView(bar), recorded_at: instantOf(bar) });

const instantOf = ({ recordedAtSeconds }: RecordedBar): string => new Date(recordedAtSeconds * 1_000).toISOString();

export const marketDayRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(days, handleDays).openapi(day, handleDay).openapi(corrections, handleCorrections);
