import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { Analysis } from "../lib/portfolios/analysis.ts";
import { type Part, type Scenario, scenariosOf, type Shock, type Untold } from "../lib/portfolios/scenarios.ts";
import { requires } from "./access.ts";
import { answerAnalysis } from "./analysis_answer.ts";
import {
  ANALYSIS_ACCESS,
  analysisQuery,
  FRAME,
  frameView,
  InputSchema,
  leftOutView,
  MissingSchema,
  spanInputs,
} from "./analysis_frame.ts";
import { MissingReasonSchema } from "./analysis_schemas.ts";
import { decimalOutput } from "./decimal_schema.ts";
import type { AppEnv } from "./env.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { DaySchema, json, NOT_MODIFIED, SectorSchema, SymbolSchema } from "./schemas.ts";

const MAX_SHOCKS = 100;
const SHOCK = /^[A-Za-z0-9.:_-]{1,40}:[+-]?(?:\d{1,4}(?:\.\d{1,12})?|\.\d{1,12})$/;
const FORM = "must be a sector or a symbol, a colon and a fraction of -1 or above, such as energy:-0.2";

const ShocksSchema = z.union([z.string(), z.array(z.string())])
  .transform((sent) => typeof sent === "string" ? [sent] : sent)
  .refine((sent) => sent.length <= MAX_SHOCKS && sent.every((shock) => SHOCK.test(shock)), FORM)
  .transform((sent) => sent.map(shockOf))
  .refine((shocks) => shocks.every(({ change }) => change >= -1), FORM)
  .refine((shocks) => new Set(shocks.map(({ target }) => target)).size === shocks.length, "must name each target once")
  .openapi({
    type: "array",
    items: { type: "string", pattern: SHOCK.source },
    maxItems: MAX_SHOCKS,
    description:
      "A sector or a symbol, a colon and by how much: `energy:-0.2`. May be repeated. An asset's own shock counts before its sector's; what has several sectors is shocked by its shares of them",
    example: ["energy:-0.2", "AAPL:-0.1"],
  });

/** Symbols may have colons in them. */
function shockOf(text: string): Shock {
  const colon = text.lastIndexOf(":");
  return { target: text.slice(0, colon), change: Number(text.slice(colon + 1)) };
}

const { as_of, basis, adjust, known_at, explain } = analysisQuery({}).shape;
const ScenariosQuerySchema = z.strictObject({
  ...{ as_of, basis, adjust, known_at, explain },
  shock: ShocksSchema.optional(),
  from: DaySchema.optional().openapi({ description: "The first day of a span to replay", example: "2020-02-19" }),
  to: DaySchema.optional().openapi({ description: "Its last day", example: "2020-03-23" }),
  missing: MissingSchema.default("proxy_sector").openapi({ default: "proxy_sector" }),
}).refine(({ from, to }) => (from === undefined) === (to === undefined), {
  message: "must be given together with from",
  path: ["to"],
}).refine(({ from, to }) => !from || !to || from < to, { message: "must be after from", path: ["to"] });

const PART = {
  fraction: z.number().openapi({ description: "The change as a fraction; of the portfolio, of its absolute value" }),
  market_value: decimalOutput("As of the day, exactly", "81416"),
  change: decimalOutput("In the portfolio's currency, of each asset rounded half-even to 8 places", "-8141.6"),
};

const ScenarioSchema = z.object({
  name: z.string(),
  replay: z.object({ from: DaySchema, to: DaySchema }).optional()
    .openapi({ description: "Of a replay, the sessions from whose closes to whose it goes" }),
  result: z.union([
    z.object({
      ...PART,
      assets: z.array(z.object({ asset: SymbolSchema, ...PART })).openapi({ description: "By rising change" }),
      sectors: z.array(z.object({ sector: SectorSchema, change: PART.change }))
        .openapi({ description: "By rising change; they add up to the portfolio's, exactly" }),
      left_out: FRAME.left_out,
    }),
    z.null(),
  ]),
  reason: MissingReasonSchema.optional().openapi({ description: "Why there is no result" }),
  inputs: z.array(InputSchema).optional()
    .openapi({
      description:
        "With `explain=true`: of a replay, the first and last price of each investment, and those of the days that an estimate goes back from",
    }),
}).openapi("Scenario");

const ScenariosSchema = z.object({
  ...FRAME,
  observations: z.int().openapi({ description: "Sessions that holdings were valued on: that of `as_of`", example: 1 }),
  scenarios: z.array(ScenarioSchema),
}).openapi("Scenarios");

const scenarios = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/risk/scenarios",
  operationId: "readScenarios",
  summary: "What if: shocks, and falls of the past over again",
  description:
    "What the portfolio would gain or lose if sectors or assets moved by so much (`shock`), or if each asset moved as it did in a span of the past (`from`, `to`). Asked for neither, it replays well-known falls of the market.",
  tags: ["Analysis"],
  ...requires(ANALYSIS_ACCESS),
  request: { params: PortfolioIdSchema, query: ScenariosQuerySchema },
  responses: {
    200: json(ScenariosSchema, "What each scenario comes to"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleScenarios: RouteHandler<typeof scenarios, AppEnv> = (c) => {
  const query = c.req.valid("query");
  const { shock: shocks = [], from, to, ...question } = query;
  const replay = from === undefined || to === undefined ? undefined : { from, to };
  return answerAnalysis(c, {
    ...{ name: "scenarios", portfolioId: c.req.valid("param").portfolio_id, query, view: scenariosView },
    compute: (ctx, portfolio) => scenariosOf(ctx, portfolio, question, { shocks, replay }),
  });
};

const scenariosView = (analysis: Analysis<(Scenario | Untold)[]>): z.input<typeof ScenariosSchema> => ({
  ...frameView(analysis),
  observations: analysis.sessions,
  scenarios: analysis.result.map((told) => {
    const head = { name: told.name, ...(told.span && { replay: told.span }), ...spanInputs(analysis, told.name) };
    return "reason" in told ? { ...head, result: null, reason: told.reason } : { ...head, result: resultView(told) };
  }),
});

const resultView = ({ assets, sectors, leftOut, ...part }: Scenario) => ({
  ...partView(part),
  assets: assets.map(({ asset, ...of }) => ({ asset, ...partView(of) })),
  sectors: sectors.map(({ sector, change }) => ({ sector: sector as z.infer<typeof SectorSchema>, change })),
  left_out: leftOut.map(leftOutView),
});

const partView = ({ fraction, marketValue, change }: Part) => ({ fraction, market_value: marketValue, change });

export const scenarioRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(scenarios, handleScenarios);
