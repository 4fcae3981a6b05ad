import { z } from "@hono/zod-openapi";
import type { ListedApiKey } from "../lib/identity/api_keys.ts";
import { SCOPES } from "../lib/store/api_keys.ts";
import { InstantSchema, nameSchema } from "./schemas.ts";

const MAX_ORIGINS = 20;

const ScopesSchema = z.array(z.enum(SCOPES)).openapi({ example: ["portfolios:read"] });

/** As a browser sends it: scheme, host and port, and nothing after them. */
const isOrigin = (text: string): boolean =>
  /^https?:$/.test(URL.parse(text)?.protocol ?? "") && URL.parse(text)?.origin === text;

const instantInput = z.iso.datetime({ offset: true, error: "must be an instant such as 2027-01-01T00:00:00Z" })
  .transform((text) => new Date(text).toISOString());

export const NewApiKeySchema = z.strictObject({
  name: nameSchema(100).openapi({ example: "site" }),
  scopes: ScopesSchema.min(1, "must name one scope at least")
    .refine((scopes) => new Set(scopes).size === scopes.length, "must name each scope once")
    .openapi({ uniqueItems: true }),
  expires_at: instantInput.nullable().default(null)
    .openapi({ type: ["string", "null"], format: "date-time", description: "Without it the key does not expire" }),
  allowed_origins: z.array(z.string().max(200).refine(isOrigin, "must be an origin such as https://example.com"))
    .max(MAX_ORIGINS, `must be ${MAX_ORIGINS} origins at most`).default([])
    .openapi({ description: "Web pages that may use the key; any, where none is named" }),
}).openapi("NewApiKey", {
  example: { name: "site", scopes: ["portfolios:read"], expires_at: null, allowed_origins: ["https://example.com"] },
});

export const ApiKeySchema = z.object({
  id: z.string().openapi({ example: "key_6b1f0e1c9d2a4b3c5d6e7f80" }),
  prefix: z.string().openapi({ description: "How the key begins", example: "flk_ab12" }),
  name: z.string(),
  scopes: ScopesSchema,
  expires_at: InstantSchema.nullable(),
  allowed_origins: z.array(z.string()),
  created_at: InstantSchema,
  last_used_at: InstantSchema.nullable(),
}).openapi("ApiKey");

export const MadeApiKeySchema = ApiKeySchema.extend({
  key: z.string().openapi({ description: "Shown this once" }),
}).openapi("MadeApiKey");

export const apiKeyView = ({ apiKey, lastUsedAt }: ListedApiKey): z.input<typeof ApiKeySchema> => ({
  id: apiKey.id,
  prefix: apiKey.prefix,
  name: apiKey.name,
  scopes: apiKey.scopes,
  expires_at: apiKey.expiresAt,
  allowed_origins: apiKey.allowedOrigins,
  created_at: apiKey.createdAt,
  last_used_at: lastUsedAt,
});
