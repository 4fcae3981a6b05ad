import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { DIVIDENDS, SPLITS, type Unrecorded } from "../lib/history/corporate_actions.ts";
import {
  deleteAction,
  listActions,
  MAX_ACTIONS,
  putActions,
  type SentAction,
} from "../lib/market/corporate_actions.ts";
import { invalid, pointer } from "../lib/problem.ts";
import { requires } from "./access.ts";
import { answer, answerText, noContent } from "./answer.ts";
import { SymbolParamSchema } from "./assets.ts";
import {
  type ActionCsv,
  ActionPutResultSchema,
  DIVIDEND_CSV,
  dividendOf,
  DividendsInputSchema,
  DividendsSchema,
  dividendView,
  putResultView,
  SPLIT_CSV,
  splitOf,
  SplitsInputSchema,
  SplitsSchema,
  splitView,
} from "./corporate_action_schemas.ts";
import { CSV, isCsv, prefersCsv, readCsv, writeCsv } from "./csv.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { csvTag, ifMatchOf } from "./etag.ts";
import { problems } from "./problem_response.ts";
import { DaySchema, IfMatchHeaderSchema, json, NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";

const DatedParamSchema = SymbolParamSchema.extend({ date: DaySchema });

const SplitsCsvSchema = z.string().openapi({
  description: `A header line, then a line a split. Columns: ${SPLIT_CSV.columns.join(", ")}`,
  example: "execution_date,split_from,split_to\r\n2020-08-31,1,4\r\n",
});

const DividendsCsvSchema = z.string().openapi({
  description: `A header line, then a line a dividend. Columns: ${DIVIDEND_CSV.columns.join(", ")}`,
  example: "ex_dividend_date,cash_amount\r\n2021-02-05,0.205\r\n",
});

const tags = ["Market data"];
const PUT_DESCRIPTION =
  `Up to ${MAX_ACTIONS} rows, each in the place of what was known of its date, all in one step; safe to send again. A date may lie in the future: it counts from that day on. Rows that fail a check are not stored, and named with the reason.`;

const readSplits = createRoute({
  method: "get",
  path: "/assets/{symbol}/splits",
  operationId: "readSplits",
  summary: "An asset's splits",
  description: "By rising date, those to come included; as JSON, or as CSV where `Accept` prefers it.",
  tags,
  ...requires({ who: "anyone" }),
  request: { params: SymbolParamSchema, query: NoQuerySchema },
  responses: {
    200: {
      description: "The splits that are known",
      content: { "application/json": { schema: SplitsSchema }, [CSV]: { schema: SplitsCsvSchema } },
    },
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const readDividends = createRoute({
  method: "get",
  path: "/assets/{symbol}/dividends",
  operationId: "readDividends",
  summary: "An asset's dividends",
  description: "By rising date, those to come included; as JSON, or as CSV where `Accept` prefers it.",
  tags,
  ...requires({ who: "anyone" }),
  request: { params: SymbolParamSchema, query: NoQuerySchema },
  responses: {
    200: {
      description: "The dividends that are known",
      content: { "application/json": { schema: DividendsSchema }, [CSV]: { schema: DividendsCsvSchema } },
    },
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const putSplits = createRoute({
  method: "put",
  path: "/assets/{symbol}/splits",
  operationId: "putSplits",
  summary: "Store splits",
  description: PUT_DESCRIPTION,
  tags,
  ...requires({ who: "administrator" }, { mediaTypes: ["application/json", CSV] }),
  request: {
    params: SymbolParamSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    // Not `required` here: that would have the JSON validator look at CSV too. `readBody` asks for a body.
    body: { content: { "application/json": { schema: SplitsInputSchema }, [CSV]: { schema: SplitsCsvSchema } } },
  },
  responses: {
    200: json(ActionPutResultSchema, "What became of the rows"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const putDividends = createRoute({
  method: "put",
  path: "/assets/{symbol}/dividends",
  operationId: "putDividends",
  summary: "Store dividends",
  description: PUT_DESCRIPTION,
  tags,
  ...requires({ who: "administrator" }, { mediaTypes: ["application/json", CSV] }),
  request: {
    params: SymbolParamSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    body: { content: { "application/json": { schema: DividendsInputSchema }, [CSV]: { schema: DividendsCsvSchema } } },
  },
  responses: putSplits.responses,
});

const removeSplit = createRoute({
  method: "delete",
  path: "/assets/{symbol}/splits/{date}",
  operationId: "deleteSplit",
  summary: "Delete a split",
  description: "By its execution date. Bars are not touched: they were never changed for it.",
  tags,
  ...requires({ who: "administrator" }),
  request: { params: DatedParamSchema, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: {
    204: { description: "It is gone" },
    ...problems("unauthorized", "forbidden", "not-found", "version-mismatch", "validation-failed", "unavailable"),
  },
});

const removeDividend = createRoute({
  method: "delete",
  path: "/assets/{symbol}/dividends/{date}",
  operationId: "deleteDividend",
  summary: "Delete a dividend",
  description: "By its ex-dividend date. Bars are not touched: they were never changed for it.",
  tags,
  ...requires({ who: "administrator" }),
  request: { params: DatedParamSchema, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: removeSplit.responses,
});

const handleReadSplits: RouteHandler<typeof readSplits, AppEnv> = async (c) => {
  const { items, etag } = await listActions(contextOf(c), SPLITS, c.req.valid("param").symbol);
  return listAnswer(c, items.map(splitView), etag, SPLIT_CSV);
};

const handleReadDividends: RouteHandler<typeof readDividends, AppEnv> = async (c) => {
  const { items, etag } = await listActions(contextOf(c), DIVIDENDS, c.req.valid("param").symbol);
  return listAnswer(c, items.map(dividendView), etag, DIVIDEND_CSV);
};

const handlePutSplits: RouteHandler<typeof putSplits, AppEnv> = async (c) => {
  const rows = isCsv(c.req.header("content-type"))
    ? rowsOfCsv(await c.req.text(), SPLIT_CSV)
    : rowsOfJson(c.req.valid("json"), splitOf);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const result = await putActions(contextOf(c), SPLITS, c.req.valid("param").symbol, rows, ifMatch);
  return answer(c, putResultView(result), 200, { etag: result.etag });
};

const handlePutDividends: RouteHandler<typeof putDividends, AppEnv> = async (c) => {
  const rows = isCsv(c.req.header("content-type"))
    ? rowsOfCsv(await c.req.text(), DIVIDEND_CSV)
    : rowsOfJson(c.req.valid("json"), dividendOf);
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const result = await putActions(contextOf(c), DIVIDENDS, c.req.valid("param").symbol, rows, ifMatch);
  return answer(c, putResultView(result), 200, { etag: result.etag });
};

const handleRemoveSplit: RouteHandler<typeof removeSplit, AppEnv> = async (c) => {
  const { symbol, date } = c.req.valid("param");
  await deleteAction(contextOf(c), SPLITS, symbol, date, ifMatchOf(c.req.valid("header")["if-match"]));
  return noContent(c);
};

const handleRemoveDividend: RouteHandler<typeof removeDividend, AppEnv> = async (c) => {
  const { symbol, date } = c.req.valid("param");
  await deleteAction(contextOf(c), DIVIDENDS, symbol, date, ifMatchOf(c.req.valid("header")["if-match"]));
  return noContent(c);
};

function listAnswer<V extends object>(
  c: Context<AppEnv>,
  items: V[],
  etag: string,
  { columns }: { columns: readonly string[] },
) {
  const headers = { vary: "Accept" };
  if (!prefersCsv(c.req.header("accept"))) return answer(c, { items }, 200, { etag, headers });
  const type = "text/csv; charset=utf-8; header=present";
  return answerText(c, writeCsv(columns, items), type, { etag: csvTag(etag), headers });
}

/** The validated body is typed as either of the two media types; CSV does not come this way. */
const rowsOfJson = <S, T>(sent: { items: S[] } | string, actionOf: (row: S) => Unrecorded<T>): SentAction<T>[] =>
  typeof sent === "string" ? [] : sent.items.map((row) => ({ action: actionOf(row) }));

function rowsOfCsv<T>(text: string, { columns, required, read }: ActionCsv<T>): SentAction<T>[] {
  const lines = readCsv(text, { required, known: columns });
  if (lines.length > MAX_ACTIONS) {
    throw invalid([{ pointer: pointer(), detail: `must have ${MAX_ACTIONS} rows at most` }]);
  }
  return lines.map((line) => line === undefined ? { date: null, fault: "unreadable" } : read(line));
}

export const corporateActionRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(readSplits, handleReadSplits).openapi(putSplits, handlePutSplits).openapi(removeSplit, handleRemoveSplit)
    .openapi(readDividends, handleReadDividends).openapi(putDividends, handlePutDividends)
    .openapi(removeDividend, handleRemoveDividend);
