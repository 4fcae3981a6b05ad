/**
 * What belongs to accounts that there are not, and what is counted of those that there are.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { forgetUses } from "../identity/uses.ts";
import type { Collection } from "../store/collection.ts";
import { countedIn } from "../store/count.ts";
import { existingUsers, SYSTEM_USER_ID } from "../store/users.ts";
import { credentialKey, isCounted } from "../verify/accounts.ts";
import type { Fault } from "../verify/check.ts";

export function endCredential(ctx: Context, { key: [collection, id] }: Fault): Promise<boolean> {
  if (collection === "api_keys") return endOfNobody(ctx, ctx.apiKeys, String(id));
  if (collection === "sessions") return endOfNobody(ctx, ctx.sessions, String(id));
  return endOfNobody(ctx, ctx.identities, String(id));
}

async function endOfNobody<T extends { readonly userId: string }>(
  { store }: Context,
  from: Collection<T, string>,
  id: string,
): Promise<boolean> {
  const credential = await from.getFresh(id);
  if (credential === undefined || credential.value.userId === SYSTEM_USER_ID) return false;
  const change = store.change().check(["users", credential.value.userId], null);
  return await forgetUses(from.remove(change, credential), id).commit() !== undefined;
}

export async function forgetUse({ store }: Context, { key }: Fault): Promise<boolean> {
  const { versionstamp } = await store.get(key);
  const change = store.change().check(key, versionstamp).check(credentialKey(key), null);
  return versionstamp !== null && await change.delete(key).commit() !== undefined;
}

/** Whoever adds one or takes one away changes the count too. */
export async function recount({ store }: Context, { key }: Fault): Promise<boolean> {
  const { value, versionstamp } = await store.get(key);
  const [, what, part] = key;
  const userId = String(part);
  if (versionstamp === null || !isCounted(what)) return false;
  const found = await countedIn(store, what, userId);
  if (value === found) return false;
  const change = store.change().check(key, versionstamp);
  const isOfNobody = found === 0 && !(await existingUsers(store, [userId])).has(userId);
  return await (isOfNobody ? change.delete(key) : change.set(key, found)).commit() !== undefined;
}
