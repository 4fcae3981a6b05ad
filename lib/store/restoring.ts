/**
 * Half a store. A back-up goes into a KV server in many operations: from before the first until after the last there is a mark, so that
 * nobody takes what is there meanwhile, or after it was cut off, for the whole.
 *
 * @module
 */
import { StoreUnusable } from "./kv_file.ts";

export const RESTORING: Deno.KvKey = ["restoring"];

export const isHalfRestored = async (kv: Deno.Kv): Promise<boolean> => (await kv.get(RESTORING)).versionstamp !== null;

/** Throws {@link StoreUnusable} where a restore goes on, or was cut off. */
export async function assertRestored(kv: Deno.Kv): Promise<void> {
  if (!await isHalfRestored(kv)) return;
  throw new StoreUnusable(
    "The store is half of a back-up: a restore goes on, or was cut off. Wait for it, or begin it again (deno task restore FILE).",
  );
}
