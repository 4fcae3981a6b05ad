import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

/** What a key may be for; `admin` is for administrators' keys alone, `metrics:read` for those of viewers too. */
export const SCOPES = ["portfolios:read", "portfolios:write", "analysis:read", "metrics:read", "admin"] as const;
export type Scope = typeof SCOPES[number];

const schema = z.object({
  id: z.string(),
  digest: z.string(),
  /** The first characters of the key, by which its user knows it again. */
  prefix: z.string(),
  userId: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  /** Web pages that may use it; any, where none is named. */
  allowedOrigins: z.array(z.string()),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
});

export type ApiKey = z.infer<typeof schema>;

export const apiKeyCollection = (store: Store): Collection<ApiKey, string> =>
  collection(store, {
    name: "api_keys",
    schemaVersion: 1,
    schema,
    idOf: (key) => key.id,
    unique: { digest: (key) => [key.digest] },
    indexes: { user: (key) => [[key.userId]] },
  });
