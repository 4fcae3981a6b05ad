import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { ActionCorrection } from "../lib/history/action_versions.ts";
import { DIVIDENDS, SPLITS } from "../lib/history/corporate_actions.ts";
import { listActionCorrections } from "../lib/market/action_corrections.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { SymbolParamSchema } from "./assets.ts";
import { DividendSchema, dividendView, SplitSchema, splitView } from "./corporate_action_schemas.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import { DEFAULT_LIMIT, InstantSchema, json, listQuery, NOT_MODIFIED, pageAnswer, pageSchema } from "./schemas.ts";

const recordedAt = InstantSchema.openapi({ description: "Since when it was known" });
const RecordedSplitSchema = SplitSchema.extend({ recorded_at: recordedAt }).openapi("RecordedSplit");
const RecordedDividendSchema = DividendSchema.extend({ recorded_at: recordedAt }).openapi("RecordedDividend");

const correctionOf = <T extends z.ZodType>(recorded: T) =>
  z.object({
    old: recorded,
    new: z.union([recorded, z.null()]).openapi({ description: "What took its place; null where it was withdrawn" }),
    replaced_at: InstantSchema,
  });
const SplitCorrectionSchema = correctionOf(RecordedSplitSchema).openapi("SplitCorrection");
const DividendCorrectionSchema = correctionOf(RecordedDividendSchema).openapi("DividendCorrection");

const tags = ["Market data"];
const request = { params: SymbolParamSchema, query: listQuery({}) };
const description =
  "By rising date, and then as they came: what was known of a date with what took its place, whoever sent it. Analyses with `known_at` count what was known then.";

const splitCorrections = createRoute({
  method: "get",
  path: "/assets/{symbol}/splits/corrections",
  operationId: "listSplitCorrections",
  summary: "What was said otherwise of an asset's splits before",
  description,
  tags,
  ...requires({ who: "anyone" }),
  request,
  responses: {
    200: json(pageSchema(SplitCorrectionSchema, "SplitCorrectionPage"), "A page of corrections"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const dividendCorrections = createRoute({
  method: "get",
  path: "/assets/{symbol}/dividends/corrections",
  operationId: "listDividendCorrections",
  summary: "What was said otherwise of an asset's dividends before",
  description,
  tags,
  ...requires({ who: "anyone" }),
  request,
  responses: {
    200: json(pageSchema(DividendCorrectionSchema, "DividendCorrectionPage"), "A page of corrections"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const handleSplits: RouteHandler<typeof splitCorrections, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
  const asked = { ...c.req.valid("param"), limit, cursor };
  const page = await listActionCorrections(contextOf(c), SPLITS, asked);
  const { body, headers } = pageAnswer(page, correctionView(splitView), c.req.url);
  return answer(c, body, 200, { headers });
};

const handleDividends: RouteHandler<typeof dividendCorrections, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
  const asked = { ...c.req.valid("param"), limit, cursor };
  const page = await listActionCorrections(contextOf(c), DIVIDENDS, asked);
  const { body, headers } = pageAnswer(page, correctionView(dividendView), c.req.url);
  return answer(c, body, 200, { headers });
};

const correctionView =
  <T extends { readonly recordedAt: string }, V extends object>(view: (action: T) => V) =>
  ({ before, after, until }: ActionCorrection<T>) => ({
    old: { ...view(before), recorded_at: before.recordedAt },
    new: after === undefined ? null : { ...view(after), recorded_at: after.recordedAt },
    replaced_at: until,
  });

export const actionCorrectionRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(splitCorrections, handleSplits).openapi(dividendCorrections, handleDividends);
