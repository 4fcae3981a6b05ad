/**
 * Corrections are not kept for ever: before which instant not all that was known can be told any more.
 *
 * @module
 */
import type { Context } from "../context.ts";

const FORGOTTEN: Deno.KvKey = ["forgotten_before"];

/** RFC 3339 in UTC; `undefined` where all that was ever known can be told. */
export const forgottenBefore = ({ store }: Context): Promise<string | undefined> =>
  store.cached(FORGOTTEN, ({ value }) => typeof value === "string" ? value : undefined);

/** To be said before anything is forgotten. What was said of a later instant stays. */
export async function forgetBefore({ store }: Context, instant: Date): Promise<void> {
  for (;;) {
    const { value, versionstamp } = await store.get(FORGOTTEN);
    const at = instant.toISOString();
    if (typeof value === "string" && value >= at) return;
    if (await store.change().check(FORGOTTEN, versionstamp).set(FORGOTTEN, at).commit() !== undefined) return;
  }
}
