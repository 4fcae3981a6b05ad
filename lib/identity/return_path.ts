import { Problem } from "../problem.ts";

const MAX_CHARS = 2_000;

/** A path of ours, as `Location` can say it: neither what a browser takes for another host nor what ends a header. */
export const isReturnPath = (text: string): boolean =>
  text.length <= MAX_CHARS && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text);

export function assertReturnPath(text: string): void {
  if (!isReturnPath(text)) throw new Problem("malformed-request", "return_to has to be a path of this service");
}
