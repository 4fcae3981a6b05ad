/**
 * Conditional requests (RFC 9110, section 13).
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { IfMatch } from "../lib/precondition.ts";

/** The tag of a body that has no version of its own. */
export const etagOfBody = (body: string): string => `"${createHash("sha1").update(body).digest("base64url")}"`;

const CSV_TAG = /\.csv"$/;

/** Two forms of one version have two tags (RFC 9110, 8.8.3.3); {@link ifMatchOf} takes either for the version. */
export const csvTag = (etag: string): string => etag.replace(/"$/, '.csv"');

/** Weak comparison, as `If-None-Match` asks for. */
export function isFresh(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.trim() === "*" || tagsIn(ifNoneMatch).some((tag) => strong(tag) === strong(etag));
}

/** Strong comparison is the verb's; a weak tag matches nothing there. */
export function ifMatchOf(header: string | undefined): IfMatch {
  if (header === undefined) return undefined;
  return header.trim() === "*" ? "*" : tagsIn(header).map((tag) => tag.replace(CSV_TAG, '"'));
}

const tagsIn = (header: string): string[] => header.split(",").map((tag) => tag.trim());
const strong = (tag: string): string => tag.replace(/^W\//, "");
