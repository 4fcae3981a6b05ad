import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  /** The instant and a random part: in the order of time. */
  id: z.string(),
  at: z.string(),
  actorId: z.string(),
  /** By which of their sessions or keys. */
  by: z.string(),
  action: z.string(),
  /** Whose it was. */
  userId: z.string(),
  target: z.string(),
  /** What differs, by JSON pointer. */
  changes: z.array(z.object({ pointer: z.string(), from: z.unknown(), to: z.unknown() })),
  /** How many further differences there were. */
  omitted: z.int().nonnegative(),
});

/** What an administrator did to what is somebody else's. */
export type AuditEntry = z.infer<typeof schema>;

export const auditCollection = (store: Store): Collection<AuditEntry, string> =>
  collection(store, {
    name: "audit",
    schemaVersion: 1,
    schema,
    idOf: (entry) => entry.id,
    indexes: { actor: (entry) => [[entry.actorId]], target: (entry) => [[entry.target]] },
  });
