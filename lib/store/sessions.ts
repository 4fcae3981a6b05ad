import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  /** Names the session to its user; it opens nothing. */
  id: z.string(),
  /** Of the secret that the browser holds. */
  digest: z.string(),
  userId: z.string(),
  /** What the browser said of itself at sign-in, for its user to know it again. */
  userAgent: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  /** The key that it was signed in with, and ends with. */
  keyId: z.string().nullable().default(null),
});

export type Session = z.infer<typeof schema>;

export const sessionCollection = (store: Store): Collection<Session, string> =>
  collection(store, {
    name: "sessions",
    schemaVersion: 1,
    schema,
    idOf: (session) => session.id,
    unique: { digest: (session) => [session.digest] },
    indexes: { user: (session) => [[session.userId]] },
  });
