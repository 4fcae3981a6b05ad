import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { assetEtag } from "../lib/market/assets.ts";
import { type LookedUp, lookUpAsset, type LookupContext, searchAssets } from "../lib/market/lookup.ts";
import { ASSET_KINDS } from "../lib/store/assets.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { AssetSchema, assetView } from "./asset_schemas.ts";
import type { AppEnv } from "./env.ts";
import { made } from "./idempotency.ts";
import { problems } from "./problem_response.ts";
import { json, jsonBody, LOCATED, NoQuerySchema, NOT_MODIFIED, SymbolSchema } from "./schemas.ts";

const LookupSchema = z.strictObject({ symbol: SymbolSchema }).openapi("Lookup", { example: { symbol: "MSFT" } });

const FoundAssetsSchema = z.object({
  items: z.array(z.object({
    symbol: z.string(),
    name: z.string(),
    kind: z.enum(ASSET_KINDS),
    currency: z.string().nullable(),
    known: z.boolean().openapi({ description: "Whether a portfolio can hold it; if not, look it up first" }),
  })),
}).openapi("FoundAssets");

const MAX_FOUND = 20;
const tags = ["Assets"];

const lookup = createRoute({
  method: "post",
  path: "/assets/lookup",
  operationId: "lookUpAsset",
  summary: "Have an asset looked up and added",
  description:
    "For who wants to hold what Foliolens does not know yet: the provider is asked, in its pace, so an answer may take seconds. Its sector is approximate until an administrator says otherwise.",
  tags,
  ...requires({ who: "signed_in", scopes: ["portfolios:write"] }, {}),
  request: { query: NoQuerySchema, ...jsonBody(LookupSchema) },
  responses: {
    200: json(AssetSchema, "The asset was known already"),
    201: { ...json(AssetSchema, "The asset was added; `Location` says where it is"), ...LOCATED },
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "conflict", "payload-too-large"),
    ...problems("unsupported-media-type", "validation-failed", "rate-limited", "unavailable"),
  },
});

const search = createRoute({
  method: "get",
  path: "/market/assets",
  operationId: "searchAssets",
  summary: "Find an asset by symbol or name",
  description: "Among the known ones; for who may write portfolios, among those that the provider knows too.",
  tags,
  ...requires({ who: "anyone" }),
  request: {
    query: z.strictObject({
      q: z.string().min(1).max(100).openapi({ description: "Symbol or name", example: "apple" }),
    }),
  },
  responses: {
    200: json(FoundAssetsSchema, `Up to ${MAX_FOUND} assets, the known ones first`),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed", "rate-limited", "unavailable"),
  },
});

const handleLookup: RouteHandler<typeof lookup, AppEnv> = (c) =>
  made(
    c,
    (settle) => lookUpAsset(lookupContextOf(c), c.req.valid("json").symbol, settle),
    ({ asset, isNew }: LookedUp) => {
      if (!isNew) return answer(c, assetView(asset), 200, { version: assetEtag(asset) });
      const headers = { location: `/assets/${asset.value.symbol}` };
      return answer(c, assetView(asset), 201, { version: assetEtag(asset), headers });
    },
  );

const handleSearch: RouteHandler<typeof search, AppEnv> = async (c) => {
  const found = await searchAssets(lookupContextOf(c), c.req.valid("query").q, MAX_FOUND);
  const items = found.map(({ symbol, name, kind, currency, isKnown }) => ({
    symbol,
    name,
    kind,
    currency,
    known: isKnown,
  }));
  return answer(c, { items }, 200);
};

const lookupContextOf = ({ env }: { env: AppEnv["Bindings"] }): LookupContext => ({
  ...env.services,
  actor: env.actor,
});

export const lookupRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(lookup, handleLookup).openapi(search, handleSearch);
