/**
 * There is an administrator, once there has been one.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Change } from "../store/change.ts";
import type { User } from "../store/users.ts";

/** Written whenever one administrator less is left, so that two cannot go at once, each relying on the other. */
const ADMINISTRATOR_CHANGES: Deno.KvKey = ["administrator_changes"];

export async function isThereAnAdministrator(ctx: Context): Promise<boolean> {
  const { items } = await ctx.users.list({ by: "role", value: ["administrator"], limit: 1 });
  return items.length > 0;
}

/** Stages the condition that another administrator is left, if the user is one. Throws `conflict` for the last. */
export async function stageOneAdministratorLess(ctx: Context, change: Change, { id, role }: User): Promise<void> {
  if (role !== "administrator") return;
  const { versionstamp } = await ctx.store.get(ADMINISTRATOR_CHANGES);
  const { items } = await ctx.users.list({ by: "role", value: ["administrator"], limit: 2 });
  if (items.every(({ value }) => value.id === id)) {
    throw new Problem("conflict", `${id} is the last administrator; make somebody else one first`);
  }
  change.check(ADMINISTRATOR_CHANGES, versionstamp).set(ADMINISTRATOR_CHANGES, true);
}
