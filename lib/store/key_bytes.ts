import { LOWEST } from "./selector.ts";

/** What a part takes beside its contents: what kind it is, and where it ends. */
const FRAME_BYTES = 2;
const NUMBER_BYTES = 9;
/** How many those of a whole number are stands in a single one. */
const MAX_INTEGER_BYTES = 255;
/** KV takes no longer key. */
const MAX_KEY_BYTES = 2_048;

/** Whether KV takes the key, and goes on behind it. */
export const isShortEnough = (key: Deno.KvKey): boolean =>
  [...key, LOWEST].reduce<number>((bytes, part) => bytes + partBytes(part), 0) <= MAX_KEY_BYTES;

/** As KV counts, or a little more. */
function partBytes(part: Deno.KvKeyPart): number {
  if (typeof part === "number" || typeof part === "boolean") return NUMBER_BYTES;
  if (typeof part === "bigint") return integerBytes(part);
  const bytes = part instanceof Uint8Array ? part : new TextEncoder().encode(String(part));
  // A zero is marked as none that ends the part.
  return FRAME_BYTES + bytes.length + bytes.filter((byte) => byte === 0).length;
}

function integerBytes(integer: bigint): number {
  const bytes = Math.ceil((integer < 0n ? -integer : integer).toString(16).length / 2);
  return bytes > MAX_INTEGER_BYTES ? Infinity : FRAME_BYTES + bytes;
}
