import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  date: z.string(),
  name: z.string(),
  /** A day that closes early is a session all the same. */
  status: z.enum(["closed", "early-close"]),
  source: z.string(),
  recordedAt: z.string(),
});

/** A day on which the stock market was or will be closed, or closes early. Providers tell of coming ones only, so each is kept. */
export type Holiday = z.infer<typeof schema>;

export const holidayCollection = (store: Store): Collection<Holiday, string> =>
  collection(store, { name: "holidays", schemaVersion: 1, schema, idOf: (holiday) => holiday.date });
