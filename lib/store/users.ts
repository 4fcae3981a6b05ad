import { z } from "zod";
import type { Change } from "./change.ts";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

/** `viewer` reads all and changes nothing; `administrator` runs the place. */
export const ROLES = ["user", "viewer", "administrator"] as const;
export type Role = typeof ROLES[number];

const schema = z.object({
  id: z.string(),
  /** As the provider said it last; `null` where it said none, and for users who were set up here. */
  email: z.string().nullable(),
  name: z.string(),
  role: z.enum(ROLES),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Since when everything of theirs is being removed, and they are let in no more. */
  leavingSince: z.string().nullable(),
});

export type User = z.infer<typeof schema>;

export const userCollection = (store: Store): Collection<User, string> =>
  collection(store, {
    name: "users",
    schemaVersion: 1,
    schema,
    idOf: (user) => user.id,
    indexes: {
      role: (user) => [[user.role]],
      email: (user) => user.email === null ? [] : [[user.email.toLowerCase()]],
      leaving: (user) => user.leavingSince === null ? [] : [[]],
    },
  });

/** Owns what the service itself made: the demo, and what is made with the administrator's key of the configuration. */
export const SYSTEM_USER_ID = "usr_system";

/** Those of them that there are, past the cache; of an account that cannot be read, its key is enough where the store forgives. */
export async function existingUsers(store: Store, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const entries = await store.getMany(ids.map((id) => ["users", id]));
  return new Set(ids.filter((id, i) => id === SYSTEM_USER_ID || entries[i]?.versionstamp !== null));
}

/** Stages the condition that a user is still let in; `undefined` for one who is not. */
export async function watchUser(
  users: Collection<User, string>,
  id: string,
): Promise<((change: Change) => Change) | undefined> {
  if (id === SYSTEM_USER_ID) return (change) => change;
  const user = await users.getFresh(id);
  if (user === undefined || user.value.leavingSince !== null) return undefined;
  return (change) => change.check(["users", id], user.versionstamp);
}
