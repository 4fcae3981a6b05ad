import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { type Concern, CONCERN_CODES, marketConcerns } from "../lib/market/status.ts";
import { Problem } from "../lib/problem.ts";
import type { Services } from "../lib/services.ts";
import { UnreadableEntry } from "../lib/store/unreadable.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { problems } from "./problem_response.ts";
import { json, NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";

const HealthSchema = z.object({ status: z.literal("ok") }).openapi("Health");

const ReadinessSchema = z.object({
  status: z.enum(["ok", "degraded"]),
  reasons: z.array(z.object({ code: z.enum(CONCERN_CODES), detail: z.string() })).optional()
    .openapi({ description: "What is wrong although it answers: prices do not go on, or nothing can be changed" }),
}).openapi("Readiness", { example: { status: "ok" } });

/** A store that takes longer is of no use to a request either. */
const MAX_STORE_MS = 2_000;

const tags = ["Health"];
const headers = { "cache-control": "no-store" };

const live = createRoute({
  method: "get",
  path: "/livez",
  operationId: "readLiveness",
  summary: "Whether the process answers",
  description: "Restart it where it does not.",
  tags,
  ...requires({ who: "anyone" }),
  request: { query: NoQuerySchema },
  responses: { 200: json(HealthSchema, "It does"), ...NOT_MODIFIED, ...problems("unauthorized", "validation-failed") },
});

const ready = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "readReadiness",
  summary: "Whether the store answers too",
  description:
    "Send no requests to a process where it does not. Where it does, requests are answered, even if the provider of prices is out of order: then `reasons` say so.",
  tags,
  ...requires({ who: "anyone" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(ReadinessSchema, "It does"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed", "unavailable"),
  },
});

const handleLive: RouteHandler<typeof live, AppEnv> = (c) => answer(c, { status: "ok" }, 200, { headers });

const handleReady: RouteHandler<typeof ready, AppEnv> = async (c) => {
  const { services } = c.env;
  const concerns = marketConcerns(services).catch(unreadableConcern);
  const reading = [services.store.get(["versions", "market"]), concerns] as const;
  const [, market] = await answered(services, Promise.all(reading));
  const reasons = [...storeConcerns(services), ...market];
  return answer(c, reasons.length === 0 ? { status: "ok" } : { status: "degraded", reasons }, 200, { headers });
};

/** A full disk is read as before; the log says more than anyone may know. */
const storeConcerns = ({ store }: Pick<Services, "store">): Concern[] =>
  store.refusal() === undefined
    ? []
    : [{ code: "store_refuses_writes", detail: "The last change could not be written; what is stored is answered" }];

/** The store answers, and the provider may be well or not: what is known of it cannot be read. */
function unreadableConcern(error: unknown): Concern[] {
  if (!(error instanceof UnreadableEntry)) throw error;
  return [{ code: "store_unreadable_entry", detail: "What is known of the provider cannot be read" }];
}

/** What was read from the store, if it answers in time. */
async function answered<T>({ sleep }: Pick<Services, "sleep">, reading: Promise<T>): Promise<T> {
  const read = new AbortController();
  const late = sleep(MAX_STORE_MS, read.signal).then(() => Promise.reject(new Error(`nothing in ${MAX_STORE_MS} ms`)));
  try {
    return await Promise.race([reading, late]);
  } catch (cause) {
    throw new Problem("unavailable", "The store does not answer", { cause, headers: { "retry-after": "5" } });
  } finally {
    read.abort();
    late.catch(() => {});
  }
}

export const healthRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(live, handleLive).openapi(ready, handleReady);
