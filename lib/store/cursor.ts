/**
 * Cursors as clients see them: KV's own position, sealed to the list that it belongs to, so that a cursor that was
 * made up, cut off or taken from another list is refused instead of starting anywhere.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** The cursor was not given out by the list that it is used on. */
export class InvalidCursor extends Error {
  override name = "InvalidCursor";
}

const SEAL_LENGTH = 8;

const seal = (list: Deno.KvKey, position: string): string =>
  createHash("sha256").update(JSON.stringify([list, position])).digest("base64url").slice(0, SEAL_LENGTH);

export const cursorFor = (list: Deno.KvKey, position: string): string => `${seal(list, position)}${position}`;

export function positionIn(list: Deno.KvKey, cursor: string): string {
  const position = cursor.slice(SEAL_LENGTH);
  if (position === "" || cursor !== cursorFor(list, position)) {
    throw new InvalidCursor(`"${cursor.slice(0, 200)}" is no cursor of this list`);
  }
  return position;
}
