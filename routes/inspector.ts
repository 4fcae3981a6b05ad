import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { families, type InspectedEntry, inspectEntries } from "../lib/inspect/entries.ts";
import { isShortEnough } from "../lib/store/key_bytes.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { problems } from "./problem_response.ts";
import { DEFAULT_LIMIT, json, listQuery, NoQuerySchema, NOT_MODIFIED, pageAnswer, pageSchema } from "./schemas.ts";

const MAX_PREFIX_CHARS = 500;

const KeySchema = z.array(z.union([z.string(), z.number(), z.boolean()]));

const isKey = (value: unknown): boolean => {
  const read = KeySchema.min(1).safeParse(value);
  return read.success && read.data.every((part) => typeof part !== "string" || part.isWellFormed()) &&
    isShortEnough(read.data);
};

const FORM = 'must be the first parts of a key, one at least, as a JSON array such as ["assets"] or ["series", 1]';

const PrefixSchema = z.string().max(MAX_PREFIX_CHARS, `must have ${MAX_PREFIX_CHARS} characters at most`)
  .transform((text, context): InspectedEntry["key"] => {
    try {
      const value: unknown = JSON.parse(text);
      if (isKey(value)) return value as InspectedEntry["key"];
    } catch {
      // Said below.
    }
    context.addIssue({ code: "custom", message: FORM });
    return z.NEVER;
  }).openapi({ type: "string", example: '["assets"]', description: "The first parts of keys, as a JSON array" });

const EntrySchema = z.object({
  key: z.array(z.any().openapi({ type: ["string", "number", "boolean"] })).openapi({ example: ["assets", 1] }),
  value: z.any().openapi({
    type: ["object", "array", "string", "number", "boolean", "null"],
    description: "What JSON has no word for stands in brackets; what is long is cut short",
  }),
  versionstamp: z.string(),
  bytes: z.int().openapi({ description: "What the value takes, serialised" }),
}).openapi("InspectedEntry");

const FamiliesSchema = z.object({
  items: z.array(z.string()).openapi({ example: ["assets", "assets_by_symbol"] }),
}).openapi("InspectedFamilies");

const tags = ["Administration"];

const listFamilies = createRoute({
  method: "get",
  path: "/inspector/families",
  operationId: "listInspectedFamilies",
  summary: "What the store holds",
  description: "The first parts of its keys.",
  tags,
  ...requires({ who: "viewer" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(FamiliesSchema, "The families"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const listEntries = createRoute({
  method: "get",
  path: "/inspector/entries",
  operationId: "listInspectedEntries",
  summary: "Look into the store",
  description:
    "The entry of a key and those under it, as they are stored. What a secret is known by is kept back: digests in keys and values, tokens, and answers that are kept for a second asking. Where keys are kept back there is one page only.",
  tags,
  ...requires({ who: "viewer" }),
  request: { query: listQuery({ prefix: PrefixSchema }) },
  responses: {
    200: json(pageSchema(EntrySchema, "InspectedEntryPage"), "A page of entries, by key"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const handleFamilies: RouteHandler<typeof listFamilies, AppEnv> = async (c) =>
  answer(c, { items: await families(contextOf(c)) }, 200);

const handleEntries: RouteHandler<typeof listEntries, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, cursor, prefix } = c.req.valid("query");
  const page = await inspectEntries(contextOf(c), { limit, cursor, prefix });
  const { body, headers } = pageAnswer(page, entryView, c.req.url);
  return answer(c, body, 200, { headers });
};

const entryView = ({ key, ...entry }: InspectedEntry): z.input<typeof EntrySchema> => ({ key: [...key], ...entry });

export const inspectorRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(listFamilies, handleFamilies).openapi(listEntries, handleEntries);
