import { LOWEST } from "./selector.ts";

/** What a part takes beside its contents: what kind it is, and where it ends. */
const FRAME_BYTES = 2;
const NUMBER_BYTES = 9;
/** KV takes no longer key. */
const MAX_KEY_BYTES = 2_048;

/** Whether KV takes the key, and goes on behind it. */
export const isShortEnough = (key: Deno.KvKey): boolean =>
  [...key, LOWEST].reduce<number>((bytes, part) => bytes + partBytes(part), 0) <= MAX_KEY_BYTES;

/** As KV counts, or a little more. */
function partBytes(part: Deno.KvKeyPart): number {
  if (typeof part === "number" || typeof part === "boolean") return NUMBER_BYTES;
  const bytes = part instanceof Uint8Array ? part : new TextEncoder().encode(String(part));
  // A zero is marked as none that ends the part.
  return FRAME_BYTES + bytes.length + bytes.filter((byte) => byte === 0).length;
}
