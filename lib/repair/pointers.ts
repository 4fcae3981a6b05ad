/**
 * Index entries and unique keys, from the entities that have them.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Fault } from "../verify/check.ts";
import { faultBetween } from "../verify/entries.ts";
import { subjects } from "../verify/subject.ts";

export async function mendPointer(ctx: Context, { key, of = [] }: Fault): Promise<boolean> {
  const subject = subjects(ctx).find(({ name }) => name === of[0]);
  const between = subject && await faultBetween(ctx.store, subject, of, key);
  if (between === undefined || between.fault.kind === "shared_value") return false;
  const change = ctx.store.change();
  for (const { key, versionstamp } of between.read) change.check(key, versionstamp);
  if (between.fault.kind === "stray_pointer") change.delete(key);
  else change.set(key, of[1]);
  return await change.commit() !== undefined;
}
