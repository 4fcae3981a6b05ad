import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { acceptQuarantined, rejectQuarantined } from "../lib/market/quarantine_decisions.ts";
import { listQuarantine, readQuarantined, type ShownEntry } from "../lib/market/quarantine_entries.ts";
import type { Context } from "hono";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { made } from "./idempotency.ts";
import { problems } from "./problem_response.ts";
import {
  AcceptanceSchema,
  correctionOf,
  entryView,
  QuarantineEntrySchema,
  QuarantineQuerySchema,
} from "./quarantine_schemas.ts";
import { DEFAULT_LIMIT, json, NoQuerySchema, NOT_MODIFIED, pageAnswer, pageSchema } from "./schemas.ts";

const EntryIdSchema = z.strictObject({
  entry_id: z.string().max(200).openapi({ example: "2024-03-08:3:bar:9f86d081884c" }),
});

const tags = ["Market data"];

const list = createRoute({
  method: "get",
  path: "/market/quarantine",
  operationId: "listQuarantine",
  summary: "What waits for a decision, and what was decided",
  description: "Bars, splits and dividends that failed a check or are doubtful; newest date first.",
  tags,
  ...requires({ who: "viewer" }),
  request: { query: QuarantineQuerySchema },
  responses: {
    200: json(pageSchema(QuarantineEntrySchema, "QuarantinePage"), "A page of entries"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const read = createRoute({
  method: "get",
  path: "/market/quarantine/{entry_id}",
  operationId: "readQuarantined",
  summary: "Read an entry",
  description: "With what was sent, why it is there, and who decided what. An entry that is in order now is gone.",
  tags,
  ...requires({ who: "viewer" }),
  request: { params: EntryIdSchema, query: NoQuerySchema },
  responses: {
    200: json(QuarantineEntrySchema, "The entry"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const accept = createRoute({
  method: "post",
  path: "/market/quarantine/{entry_id}/accept",
  operationId: "acceptQuarantined",
  summary: "Store it after all",
  description:
    "As it was sent, or with corrected values: a row that fails a check of its values can be accepted only so. The same row is not quarantined again; bars of the asset that waited because of this one are looked at again. A decision stands: what is stored can be changed by hand.",
  tags,
  ...requires({ who: "administrator" }, { isOptional: true }),
  request: {
    params: EntryIdSchema,
    query: NoQuerySchema,
    body: { required: false, content: { "application/json": { schema: AcceptanceSchema } } },
  },
  responses: {
    200: json(QuarantineEntrySchema, "The entry, accepted"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "conflict", "payload-too-large"),
    ...problems("unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const reject = createRoute({
  method: "post",
  path: "/market/quarantine/{entry_id}/reject",
  operationId: "rejectQuarantined",
  summary: "Leave it out for good",
  description: "The same row is left out whenever it is sent again; a different one is judged anew.",
  tags,
  ...requires({ who: "administrator" }),
  request: { params: EntryIdSchema, query: NoQuerySchema },
  responses: {
    200: json(QuarantineEntrySchema, "The entry, rejected"),
    ...problems("unauthorized", "forbidden", "not-found", "conflict", "validation-failed", "unavailable"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor, state, kind, asset, date, market } = c.req.valid("query");
  const page = await listQuarantine(contextOf(c), { limit, cursor, state, kind, asset, date, market });
  const { body, headers } = pageAnswer(page, entryView, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) =>
  answer(c, entryView(await readQuarantined(contextOf(c), c.req.valid("param").entry_id)), 200);

const handleAccept: RouteHandler<typeof accept, AppEnv> = (c) => {
  const [{ entry_id }, correction] = [c.req.valid("param"), correctionOf(c.req.valid("json"))];
  return made(c, (settle) => acceptQuarantined(contextOf(c), entry_id, correction, settle), decided(c));
};

const handleReject: RouteHandler<typeof reject, AppEnv> = (c) =>
  made(c, (settle) => rejectQuarantined(contextOf(c), c.req.valid("param").entry_id, settle), decided(c));

const decided = (c: Context<AppEnv>) => (shown: ShownEntry) => answer(c, entryView(shown), 200);

export const quarantineRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(read, handleRead).openapi(accept, handleAccept).openapi(reject, handleReject);
