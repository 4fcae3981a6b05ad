/** A key as people read it. */
export const keyText = (key: Deno.KvKey): string => `[${key.map(partText).join(", ")}]`;

function partText(part: Deno.KvKeyPart): string {
  if (part instanceof Uint8Array) return `0x${part.toHex()}`;
  return typeof part === "bigint" ? `${part}n` : JSON.stringify(part);
}
