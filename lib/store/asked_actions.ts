import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  provider: z.string(),
  spans: z.array(z.object({
    from: z.string(),
    to: z.string(),
    /** The newest asset then: what was sent of later ones was passed over. */
    assetsUpTo: z.int().nonnegative(),
  })),
});

/** The days of which a backfill has asked for the splits and dividends of all assets at once. */
export type AskedActions = z.infer<typeof schema>;

export const askedActionsCollection = (store: Store): Collection<AskedActions, string> =>
  collection(store, { name: "asked_actions", schemaVersion: 1, schema, idOf: ({ provider }) => provider });
