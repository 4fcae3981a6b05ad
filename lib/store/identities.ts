import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  id: z.string(),
  /** Who vouches for the subject, and gives it to nobody else. */
  issuer: z.string(),
  subject: z.string(),
  userId: z.string(),
  createdAt: z.string(),
});

/** By what a provider knows a user. */
export type Identity = z.infer<typeof schema>;

export const identityCollection = (store: Store): Collection<Identity, string> =>
  collection(store, {
    name: "identities",
    schemaVersion: 1,
    schema,
    idOf: (identity) => identity.id,
    unique: { subject: (identity) => [identity.issuer, identity.subject] },
    indexes: { user: (identity) => [[identity.userId]] },
  });
