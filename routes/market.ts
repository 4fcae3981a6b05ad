import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { PROVIDER_STANDINGS } from "../lib/market/provider_health.ts";
import { type MarketStatus, marketStatus } from "../lib/market/status.ts";
import { MARKETS } from "../lib/store/market_days.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { problems } from "./problem_response.ts";
import { DaySchema, InstantSchema, json, NoQuerySchema, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";

const PROVIDER_STATES = ["not_configured", ...PROVIDER_STANDINGS] as const;

const MarketStatusSchema = z.object({
  time_zone: z.string().openapi({ example: "America/New_York" }),
  market_version: z.string().openapi({ description: "Rises with every change of market data" }),
  expected_session: DaySchema.openapi({ description: "The newest session whose day is over" }),
  last_session: DaySchema.nullable().openapi({ description: "The newest session that was pulled completely" }),
  up_to_date: z.boolean().openapi({ description: "Whether the last session is the expected one" }),
  markets: z.array(
    z.object({
      market: z.enum(MARKETS),
      expected_session: DaySchema,
      last_session: DaySchema.nullable(),
      up_to_date: z.boolean(),
    }),
  ).openapi({
    description: "The same of each market whose assets are held; the sessions above are those of stocks",
  }),
  provider: z.object({
    name: z.string().nullable().openapi({ example: "polygon" }),
    state: z.enum(PROVIDER_STATES).openapi({
      description:
        "`failing`: its last answer was of no use; `unwell`: too many were, so it is only probed now and then; `bad_key`: nothing is asked before there is another key, or an administrator has a job tried",
    }),
    unwell_until: InstantSchema.nullable().openapi({ description: "When an unwell provider is probed next" }),
    reason: z.string().nullable().openapi({ description: "What the provider said when it last failed" }),
    last_outcome: z.string().nullable().openapi({ example: "ok" }),
    last_called_at: InstantSchema.nullable(),
    last_answered_at: InstantSchema.nullable(),
    calls_per_minute: z.int().nullable().openapi({ description: "How many may go out in a minute" }),
    calls_in_last_minute: z.int().nullable().openapi({ description: "How many went out, to a second" }),
    next_slot_at: InstantSchema.nullable().openapi({ description: "Before then no call goes out" }),
  }),
  nightly_pull: z.object({
    at: z.string().openapi({ example: "03:00" }),
    time_zone: z.string(),
    next_due_at: InstantSchema,
    last_due_at: InstantSchema.nullable(),
    last_job_id: z.string().nullable(),
    disabled_because: z.string().nullable(),
  }),
  last_pull: z.object({
    job_id: z.string(),
    state: z.string(),
    error: z.string().nullable(),
    finished_at: InstantSchema.nullable(),
  }).nullable(),
  quarantine_waiting: z.int().openapi({
    description: "Bars, splits and dividends that wait for a decision, or for prices",
  }),
  symbol_doubts: z.array(
    z.object({ asset: SymbolSchema, issuer: z.enum(["another", "doubtful"]), since: InstantSchema }),
  )
    .openapi({
      description:
        "Assets whose symbol is another issuer's by now, or perhaps: nothing more is taken over of it before an administrator has renamed the asset, or made it active",
    }),
}).openapi("MarketStatus");

const tags = ["Market data"];

const status = createRoute({
  method: "get",
  path: "/market/status",
  operationId: "readMarketStatus",
  summary: "How far market data has come",
  description: "The last session, the next pull, and how the provider has been answering.",
  tags,
  ...requires({ who: "anyone" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(MarketStatusSchema, "The status"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed"),
  },
});

const handleStatus: RouteHandler<typeof status, AppEnv> = async (c) =>
  answer(c, statusView(await marketStatus(c.env.services)), 200);

const statusView = (found: MarketStatus): z.input<typeof MarketStatusSchema> => ({
  time_zone: found.timeZone,
  market_version: found.marketVersion,
  expected_session: found.expectedSession,
  last_session: found.lastSession,
  up_to_date: isUpToDate(found),
  markets: found.markets.map((of) => ({
    market: of.market,
    expected_session: of.expectedSession,
    last_session: of.lastSession,
    up_to_date: isUpToDate(of),
  })),
  provider: providerView(found),
  nightly_pull: {
    at: found.nightlyPull.at,
    time_zone: found.nightlyPull.time_zone,
    next_due_at: found.nightlyPull.next_due_at,
    last_due_at: found.nightlyPull.last_slot,
    last_job_id: found.nightlyPull.last_job_id,
    disabled_because: found.nightlyPull.disabled_because,
  },
  last_pull: found.lastPull && {
    job_id: found.lastPull.id,
    state: found.lastPull.state,
    error: found.lastPull.error,
    finished_at: found.lastPull.finished_at,
  },
  quarantine_waiting: found.quarantineWaiting,
  symbol_doubts: found.symbolDoubts.flatMap(({ symbol: asset, symbolDoubt }) =>
    symbolDoubt === null ? [] : [{ asset, ...symbolDoubt }]
  ),
});

const isUpToDate = ({ lastSession, expectedSession }: Pick<MarketStatus, "lastSession" | "expectedSession">) =>
  lastSession === expectedSession;

const providerView = ({ provider }: MarketStatus): z.input<typeof MarketStatusSchema>["provider"] => ({
  name: provider?.name ?? null,
  state: provider?.standing ?? "not_configured",
  unwell_until: provider?.state?.unwell?.nextProbeAt ?? null,
  reason: provider?.state?.reason ?? null,
  last_outcome: provider?.state?.outcome ?? null,
  last_called_at: provider?.state?.calledAt ?? null,
  last_answered_at: provider?.state?.answeredAt ?? null,
  calls_per_minute: provider?.callsPerMinute ?? null,
  calls_in_last_minute: provider?.callsInLastMinute ?? null,
  next_slot_at: provider?.nextSlotAt ?? null,
});

export const marketRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(status, handleStatus);
