import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  provider: z.string(),
  /** Up to this day, and with it, splits and dividends were fetched. */
  through: z.string(),
});

/** How far a provider's splits and dividends have been fetched. */
export type ActionFetch = z.infer<typeof schema>;

export const actionFetchCollection = (store: Store): Collection<ActionFetch, string> =>
  collection(store, { name: "action_fetches", schemaVersion: 1, schema, idOf: ({ provider }) => provider });
