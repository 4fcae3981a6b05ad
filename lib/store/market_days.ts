import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

export const MARKET_DAY_STATUSES = ["complete", "pending", "closed"] as const;

const schema = z.object({
  date: z.string(),
  /** `pending`: its rows are being stored; `closed`: the market did not open. */
  status: z.enum(MARKET_DAY_STATUSES),
  /** Bars of known assets. */
  rows: z.int().nonnegative(),
  /** Rows of known assets that failed a check. */
  quarantined: z.int().nonnegative(),
  /** Raised each time that a complete day changes. */
  revision: z.int().nonnegative(),
  source: z.string(),
  fetchedAt: z.string(),
  reason: z.string().nullable(),
});

export type MarketDay = z.infer<typeof schema>;

export const marketDayCollection = (store: Store): Collection<MarketDay, string> =>
  collection(store, { name: "market_days", schemaVersion: 1, schema, idOf: (day) => day.date });
