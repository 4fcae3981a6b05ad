import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  date: z.string(),
  name: z.string(),
  status: z.enum(["closed", "early-close"]),
  recordedAt: z.string(),
});

/** A day that the provider announced; it knows only coming ones, so each is remembered here. */
export type Holiday = z.infer<typeof schema>;

export const holidayCollection = (store: Store): Collection<Holiday, string> =>
  collection(store, { name: "holidays", schemaVersion: 1, schema, idOf: (holiday) => holiday.date });
