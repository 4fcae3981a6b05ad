import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { doubleOfFixed } from "../lib/analysis/fixed_point.ts";
import type { Allocation } from "../lib/analysis/sector_allocation.ts";
import type { ChartElement, ChartSize } from "../lib/charts/chart.tsx";
import { sectorDonut } from "../lib/charts/sector_donut.tsx";
import type { SectorPicture } from "../lib/charts/sector_shares.ts";
import { sectorTreemap } from "../lib/charts/sector_treemap.tsx";
import { holdingsOf } from "../lib/portfolios/holdings.ts";
import { type SectorReport, sectorsOf } from "../lib/portfolios/sectors.ts";
import type { Asset } from "../lib/store/assets.ts";
import { requires } from "./access.ts";
import { KnownAtSchema } from "./analysis_frame.ts";
import type { AppEnv } from "./env.ts";
import { answerPicture, picture, sizeQuery } from "./picture.ts";
import { PortfolioIdSchema } from "./portfolio_schemas.ts";
import { problems } from "./problem_response.ts";
import { NOT_MODIFIED } from "./schemas.ts";
import { AsOfSchema, sectorName, SECTORS_ACCESS } from "./sectors.ts";

const FORMS = { donut: sectorDonut, treemap: sectorTreemap } satisfies Record<
  string,
  (picture: SectorPicture, size: ChartSize) => ChartElement
>;

const sectorsPicture = createRoute({
  method: "get",
  path: "/portfolios/{portfolio_id}/sectors.svg",
  operationId: "drawSectors",
  summary: "What a portfolio is worth by sector, as a picture",
  description:
    "What `/sectors` says. Sizes are shares of gross value: where something is short, it counts by its absolute value, and is striped.",
  tags: ["Analysis"],
  ...requires(SECTORS_ACCESS),
  request: {
    params: PortfolioIdSchema,
    query: z.strictObject({
      as_of: AsOfSchema,
      known_at: KnownAtSchema.optional(),
      form: z.enum(["donut", "treemap"]).default("donut")
        .openapi({ description: "A ring of sectors, or rectangles of sectors and their holdings" }),
      ...sizeQuery(360),
    }),
  },
  responses: {
    200: picture("The portfolio by sector"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleSectorsPicture: RouteHandler<typeof sectorsPicture, AppEnv> = (c) => {
  const query = c.req.valid("query");
  return answerPicture(c, {
    ...{ name: "sectors.svg", portfolioId: c.req.valid("param").portfolio_id, query },
    compute: (ctx, portfolio): Promise<Sectors> =>
      query.known_at === undefined ? sectorsOf(ctx, portfolio, query.as_of) : asKnownThen(ctx, portfolio, query),
    draw: (report, size) => FORMS[query.form](sectorPicture(report), size),
  });
};

/** What both have that is drawn: the report of `/sectors`, and what was known then. */
interface Sectors extends Pick<SectorReport, "portfolio" | "asOf" | "marketVersion"> {
  readonly allocation: Allocation<{ readonly asset: Asset }>;
}

async function asKnownThen(...[ctx, portfolio, question]: Parameters<typeof holdingsOf>) {
  const { result, ...report } = await holdingsOf(ctx, portfolio, question);
  return { ...report, allocation: result };
}

const sectorPicture = ({ portfolio, asOf, allocation }: Sectors): SectorPicture => ({
  ...{ name: portfolio.name, currency: portfolio.currency, asOf },
  total: doubleOfFixed(allocation.marketValue),
  sectors: allocation.sectors.map(({ sector, marketValue, slices }) => ({
    ...{ sector, name: sectorName(sector), value: doubleOfFixed(marketValue) },
    holdings: slices.map(({ holding, marketValue: value }) => ({
      name: holding.asset.symbol,
      value: doubleOfFixed(value),
    })),
  })),
});

export const sectorPictureRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(sectorsPicture, handleSectorsPicture);
