import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { addAsset, type AddedAsset } from "../lib/market/add_asset.ts";
import { assetEtag, deleteAsset, listAssets, patchAsset, readAsset } from "../lib/market/assets.ts";
import { renameAsset } from "../lib/market/rename_asset.ts";
import { ASSET_KINDS, ASSET_STATUSES } from "../lib/store/assets.ts";
import { requires } from "./access.ts";
import { answer, noContent } from "./answer.ts";
import {
  AssetPatchSchema,
  AssetRenameSchema,
  AssetSchema,
  assetView,
  NewAssetSchema,
  newFacts,
  patchFacts,
} from "./asset_schemas.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { ifMatchOf } from "./etag.ts";
import { made } from "./idempotency.ts";
import { problems } from "./problem_response.ts";
import {
  DEFAULT_LIMIT,
  IfMatchHeaderSchema,
  json,
  jsonBody,
  listQuery,
  LOCATED,
  NoQuerySchema,
  NOT_MODIFIED,
  OrderSchema,
  pageAnswer,
  pageSchema,
  SectorSchema,
  SymbolSchema,
} from "./schemas.ts";

export const SymbolParamSchema = z.strictObject({ symbol: SymbolSchema });

const tags = ["Assets"];

const list = createRoute({
  method: "get",
  path: "/assets",
  operationId: "listAssets",
  summary: "List assets",
  description: "By symbol. An asset with sector weights is listed under each of its sectors.",
  tags,
  ...requires({ who: "anyone" }),
  request: {
    query: listQuery({
      sector: SectorSchema.optional(),
      kind: z.enum(ASSET_KINDS).optional(),
      status: z.enum(ASSET_STATUSES).optional(),
      order: OrderSchema,
      q: z.string().min(1).max(100).optional()
        .openapi({ description: "The beginning of a symbol, or any part of a name", example: "apple" }),
    }),
  },
  responses: {
    200: json(pageSchema(AssetSchema, "AssetPage"), "A page of assets"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "validation-failed"),
  },
});

const HISTORY_JOB = {
  description: 'The job that brings its history, as `rel="status"`, where there is a provider',
  schema: { type: "string" as const },
};

const create = createRoute({
  method: "post",
  path: "/assets",
  operationId: "createAsset",
  summary: "Create an asset",
  description:
    "With a sector, or with weights of several; what the weights leave counts as unclassified. Where there is a provider, it is asked in the background for the asset's history, and for what is left out of name, kind, currency and sector; its sector is approximate.",
  tags,
  ...requires({ who: "administrator" }, {}),
  request: { query: NoQuerySchema, ...jsonBody(NewAssetSchema) },
  responses: {
    201: {
      ...json(AssetSchema, "The asset"),
      headers: { ...LOCATED.headers, Link: HISTORY_JOB },
    },
    ...problems("malformed-request", "unauthorized", "forbidden", "conflict", "payload-too-large"),
    ...problems("unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const read = createRoute({
  method: "get",
  path: "/assets/{symbol}",
  operationId: "readAsset",
  summary: "Read an asset",
  description: "With its newest price, and how far its history reaches.",
  tags,
  ...requires({ who: "anyone" }),
  request: { params: SymbolParamSchema, query: NoQuerySchema },
  responses: {
    200: json(AssetSchema, "The asset"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "not-found", "validation-failed"),
  },
});

const patch = createRoute({
  method: "patch",
  path: "/assets/{symbol}",
  operationId: "patchAsset",
  summary: "Change an asset",
  description: "What is not given stays as it is; a sector takes the place of weights, and weights that of a sector.",
  tags,
  ...requires({ who: "administrator" }, {}),
  request: {
    params: SymbolParamSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    ...jsonBody(AssetPatchSchema),
  },
  responses: {
    200: json(AssetSchema, "The asset as it is now"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/assets/{symbol}",
  operationId: "deleteAsset",
  summary: "Delete an asset",
  description: "With its history; refused while a portfolio holds it.",
  tags,
  ...requires({ who: "administrator" }),
  request: { params: SymbolParamSchema, query: NoQuerySchema, headers: IfMatchHeaderSchema },
  responses: {
    204: { description: "It is gone" },
    ...problems("unauthorized", "forbidden", "not-found", "conflict", "version-mismatch"),
    ...problems("validation-failed", "unavailable"),
  },
});

const rename = createRoute({
  method: "post",
  path: "/assets/{symbol}/rename",
  operationId: "renameAsset",
  summary: "Give an asset another symbol",
  description:
    "It keeps its history and its places in portfolios. Rows of the days before `since` go on being read under the symbol that it had then; the old symbol is free for another issuer, who does not inherit anything. Refused where another asset has the new symbol: delete that one, or rename it, first.",
  tags,
  ...requires({ who: "administrator" }, {}),
  request: {
    params: SymbolParamSchema,
    query: NoQuerySchema,
    headers: IfMatchHeaderSchema,
    ...jsonBody(AssetRenameSchema),
  },
  responses: {
    200: json(AssetSchema, "The asset under its new symbol; `Content-Location` says where it is"),
    ...problems("malformed-request", "unauthorized", "forbidden", "not-found", "conflict", "version-mismatch"),
    ...problems("payload-too-large", "unsupported-media-type", "validation-failed", "unavailable"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { order, limit = DEFAULT_LIMIT, ...query } = c.req.valid("query");
  const page = await listAssets(contextOf(c), {
    ...{ sector: query.sector, kind: query.kind, status: query.status, q: query.q, cursor: query.cursor },
    ...{ limit, isReversed: order === "desc" },
  });
  const { body, headers } = pageAnswer(page, assetView, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleCreate: RouteHandler<typeof create, AppEnv> = async (c) => {
  const added = newFacts(c.req.valid("json"));
  return await made(
    c,
    (settle) => addAsset(contextOf(c), added, "manual", settle),
    ({ asset, backfill }: AddedAsset) => {
      const link = backfill && { link: `</jobs/${backfill.id}>; rel="status"` };
      const headers = { location: `/assets/${asset.value.symbol}`, ...link };
      return answer(c, assetView(asset), 201, { version: assetEtag(asset), headers });
    },
  );
};

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const asset = await readAsset(contextOf(c), c.req.valid("param").symbol);
  return answer(c, assetView(asset), 200, { version: assetEtag(asset), isReusable: true });
};

const handlePatch: RouteHandler<typeof patch, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const facts = patchFacts(c.req.valid("json"));
  const patched = await patchAsset(contextOf(c), c.req.valid("param").symbol, facts, ifMatch);
  return answer(c, assetView(patched), 200, { version: assetEtag(patched) });
};

const handleRename: RouteHandler<typeof rename, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  const renamed = await renameAsset(contextOf(c), c.req.valid("param").symbol, c.req.valid("json"), ifMatch);
  const headers = { "content-location": `/assets/${renamed.value.symbol}` };
  return answer(c, assetView(renamed), 200, { version: assetEtag(renamed), headers });
};

const handleRemove: RouteHandler<typeof remove, AppEnv> = async (c) => {
  const ifMatch = ifMatchOf(c.req.valid("header")["if-match"]);
  await deleteAsset(contextOf(c), c.req.valid("param").symbol, ifMatch);
  return noContent(c);
};

export const assetRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(create, handleCreate).openapi(read, handleRead).openapi(patch, handlePatch)
    .openapi(remove, handleRemove).openapi(rename, handleRename);
