import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import {
  ADJUST,
  dayValues,
  historicValues,
  historyTag,
  putHistoricValues,
  type SentRow,
  type Series,
  seriesTag,
} from "../lib/market/historic_values.ts";
import { invalid, pointer } from "../lib/problem.ts";
import { MARKETS } from "../lib/store/market_days.ts";
import { requires } from "./access.ts";
import { answer, answerText } from "./answer.ts";
import { SymbolParamSchema } from "./assets.ts";
import {
  AssetBarSchema,
  BAR_COLUMNS,
  barOf,
  BarSchema,
  BarsInputSchema,
  barView,
  MAX_ROWS,
  PutResultSchema,
  rowOf,
} from "./bar_schemas.ts";
import { MIB } from "./body.ts";
import { CSV, isCsv, prefersCsv, readCsv, writeCsv } from "./csv.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { csvTag, ifMatchOf } from "./etag.ts";
import { problems } from "./problem_response.ts";
import {
  AssetCurrencySchema,
  DaySchema,
  DEFAULT_LIMIT,
  IfMatchHeaderSchema,
  json,
  listQuery,
  NoQuerySchema,
  NOT_MODIFIED,
  pageAnswer,
  pageSchema,
  SectorSchema,
  SymbolSchema,
} from "./schemas.ts";

const SeriesSchema = z.object({
  asset: SymbolSchema,
  currency: AssetCurrencySchema,
  adjust: z.enum(ADJUST),
  items: z.array(BarSchema),
  warnings: z.array(z.object({
    code: z.enum(["no_earlier_close", "not_below_close"]),
    ex_dividend_date: DaySchema,
    detail: z.string(),
  })).optional().openapi({ description: "Dividends that the bars are not adjusted for; absent where there are none" }),
}).openapi("Series");

const AdjustSchema = z.enum(ADJUST).openapi({
  description:
    "`none`: as traded. `splits`: prices and volumes in today's shares. `total`: prices also lowered by the dividends since, each by its share of the close before its ex-dividend date, so that returns are total returns.",
  default: "none",
  example: "splits",
});

const CsvSchema = z.string().openapi({
  description: `A header line, then a line a day. Columns: ${BAR_COLUMNS.join(", ")}`,
  example: "date,open,high,low,close\r\n2021-11-05,151.89,152.2,150.06,151.28\r\n",
});

const tags = ["Market data"];

const read = createRoute({
  method: "get",
  path: "/assets/{symbol}/historic-values",
  operationId: "readHistoricValues",
  summary: "An asset's price history",
  description:
    "By rising date, both ends included; as JSON, or as CSV where `Accept` prefers it. Bars are stored as they were traded, and adjusted when they are read, by what took effect up to today: prices rounded half-even to 8 places.",
  tags,
  ...requires({ who: "anyone" }),
  request: {
    params: SymbolParamSchema,
    query: z.strictObject({ from: DaySchema.optional(), to: DaySchema.optional(), adjust: AdjustSchema.optional() })
      .refine(({ from, to }) => !from || !to || from <= to, { message: "must not be before from", path: ["to"] }),
  },
  responses: {
    200: {
      description: "The bars that are known",
      content: { "application/json": { schema: SeriesSchema }, [CSV]: { schema: CsvSchema } },
    },
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const put = createRoute({
  method: "put",
  path: "/assets/{symbol}/historic-values",
  operationId: "putHistoricValues",
  summary: "Store bars",
  description:
    `Up to ${MAX_ROWS} rows, each in the place of what was known of its date; safe to send again. Rows that fail a check are not stored, and named with the reason.`,
  tags,
  ...requires({ who: "administrator" }, { limitBytes: 8 * MIB, mediaTypes: ["application/json", CSV] }),
  request: {
    params: SymbolParamSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    // Not `required` here: that would have the JSON validator look at CSV too. `readBody` asks for a body.
    body: { content: { "application/json": { schema: BarsInputSchema }, [CSV]: { schema: CsvSchema } } },
  },
  responses: {
    200: json(PutResultSchema, "What became of the rows"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed"),
  },
});

const readOneDay = createRoute({
  method: "get",
  path: "/historic-values",
  operationId: "readMarketDay",
  summary: "Every asset's bar of one day",
  description: "By symbol; an asset that did not trade on that day is left out.",
  tags,
  ...requires({ who: "anyone" }),
  request: {
    query: listQuery({ date: DaySchema, sector: SectorSchema.optional(), market: z.enum(MARKETS).optional() }),
  },
  responses: {
    200: json(pageSchema(AssetBarSchema, "AssetBarPage"), "A page of bars"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed"),
  },
});

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const { adjust = "none", ...range } = c.req.valid("query");
  const series = await historicValues(contextOf(c), c.req.valid("param").symbol, { adjust, ...range });
  const headers = { vary: "Accept" };
  const etag = seriesTag(series);
  if (prefersCsv(c.req.header("accept"))) {
    const text = writeCsv(BAR_COLUMNS, series.bars.map(barView));
    return answerText(c, text, "text/csv; charset=utf-8; header=present", { etag: csvTag(etag), headers });
  }
  return answer(c, seriesView(series), 200, { etag, headers });
};

const seriesView = ({ asset, adjust, bars, warnings }: Series): z.input<typeof SeriesSchema> => ({
  asset: asset.symbol,
  currency: asset.currency,
  adjust,
  items: bars.map(barView),
  ...(warnings.length > 0 && {
    warnings: warnings.map(({ code, exDividendDate, detail }) => ({ code, ex_dividend_date: exDividendDate, detail })),
  }),
});

const handlePut: RouteHandler<typeof put, AppEnv> = async (c) => {
  const rows = isCsv(c.req.header("content-type")) ? rowsOfCsv(await c.req.text()) : rowsOfJson(c.req.valid("json"));
  const [ctx, { symbol }] = [contextOf(c), c.req.valid("param")];
  const result = await putHistoricValues(ctx, symbol, rows, ifMatchOf(c.req.valid("header")["if-match"]));
  return answer(c, result, 200, { etag: await historyTag(ctx, symbol) });
};

const handleReadOneDay: RouteHandler<typeof readOneDay, AppEnv> = async (c) => {
  const { date, sector, market, limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
  const page = await dayValues(contextOf(c), { date, sector, market, limit, cursor });
  const view = ({ asset, bar }: typeof page.items[number]) => ({ asset: asset.symbol, ...barView(bar) });
  const { body, headers } = pageAnswer(page, view, c.req.url);
  return answer(c, body, 200, { headers });
};

/** The validated body is typed as either of the two media types; CSV does not come this way. */
const rowsOfJson = (sent: z.output<typeof BarsInputSchema> | string): SentRow[] =>
  typeof sent === "string" ? [] : sent.items.map((item) => ({ bar: barOf(item) }));

function rowsOfCsv(text: string): SentRow[] {
  const lines = readCsv(text, { required: ["date", "close"], known: BAR_COLUMNS });
  if (lines.length > MAX_ROWS) throw invalid([{ pointer: pointer(), detail: `must have ${MAX_ROWS} rows at most` }]);
  return lines.map((line) => line === undefined ? { date: null, fault: "unreadable" } : rowOf(line));
}

export const historicValueRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(read, handleRead).openapi(put, handlePut).openapi(readOneDay, handleReadOneDay);
