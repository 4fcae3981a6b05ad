/**
 * Cursors as clients see them: where a page ended, sealed to the list that it belongs to, so that a cursor that was made up, cut
 * off or taken from another list is refused instead of starting anywhere.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { isShortEnough } from "./key_bytes.ts";

/** The cursor was not given out by the list that it is used on. */
export class InvalidCursor extends Error {
  override name = "InvalidCursor";
  constructor(cursor: string) {
    super(`"${cursor.slice(0, 200)}" is no cursor of this list`);
  }
}

const SEAL_LENGTH = 8;

const seal = (list: Deno.KvKey, position: string): string =>
  createHash("sha256").update(JSON.stringify([list, position])).digest("base64url").slice(0, SEAL_LENGTH);

export const cursorFor = (list: Deno.KvKey, position: string): string => `${seal(list, position)}${position}`;

export function positionIn(list: Deno.KvKey, cursor: string): string {
  const position = cursor.slice(SEAL_LENGTH);
  if (position === "" || cursor !== cursorFor(list, position)) throw new InvalidCursor(cursor);
  return position;
}

/** For the entry of that key, which stands under the prefix. */
export function cursorAt(list: Deno.KvKey, prefix: Deno.KvKey, key: Deno.KvKey): string {
  const parts = JSON.stringify(key.slice(prefix.length).map(partText));
  return cursorFor(list, new TextEncoder().encode(parts).toBase64({ alphabet: "base64url", omitPadding: true }));
}

/** The key that {@link cursorAt} was given. The seal is no secret: whoever makes one up may have put anything under it. */
export function keyAt(list: Deno.KvKey, prefix: Deno.KvKey, cursor: string): Deno.KvKey {
  const key = [...prefix, ...partsIn(positionIn(list, cursor))];
  if (key.length === prefix.length || !isShortEnough(key)) throw new InvalidCursor(cursor);
  return key;
}

function partText(part: Deno.KvKeyPart): string {
  if (part instanceof Uint8Array) return `x${part.toHex()}`;
  if (typeof part === "number") return `n${Object.is(part, -0) ? "-0" : part}`;
  return typeof part === "bigint" ? `i${part}` : typeof part === "boolean" ? `b${part}` : `t${String(part)}`;
}

const PARTS: Readonly<Record<string, (text: string) => Deno.KvKeyPart>> = {
  x: (text) => Uint8Array.fromHex(text),
  n: Number,
  i: BigInt,
  b: (text) => text === "true",
  t: (text) => text,
};

/** None where it says none. */
function partsIn(position: string): Deno.KvKeyPart[] {
  try {
    const json = new TextDecoder().decode(Uint8Array.fromBase64(position, { alphabet: "base64url" }));
    return z.array(z.string()).parse(JSON.parse(json)).map((text) => {
      const part = PARTS[text.slice(0, 1)];
      if (part === undefined) throw new TypeError(`"${text}" is no part of a key`);
      return part(text.slice(1));
    });
  } catch {
    return [];
  }
}
