/**
 * Conditional requests (RFC 9110, section 13).
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { IfMatch } from "../lib/precondition.ts";

/** The tag of a body that has no version of its own. */
export const etagOfBody = (body: string): string => `"${createHash("sha1").update(body).digest("base64url")}"`;

const FORM_CHARS = 12;
const FORM = /~[^"]*"$/;

/**
 * The tag of what has a version: that, by which `If-Match` goes, and a digest of what is said of it. The same version is told otherwise
 * when an asset is renamed, when a key is used, or by another release.
 */
export const etagOfForm = (version: string, body: string): string =>
  version.replace(/"$/, `~${etagOfBody(body).slice(1, 1 + FORM_CHARS)}"`);

/** Two forms of one version have two tags (RFC 9110, 8.8.3.3). */
export const csvTag = (etag: string): string => etag.replace(/"$/, '.csv"');

const CSV_TAG = /\.csv"$/;

/** Weak comparison, as `If-None-Match` asks for. */
export function isFresh(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.trim() === "*" || tagsIn(ifNoneMatch).some((tag) => strong(tag) === strong(etag));
}

/** The versions that are named, in whichever form they were seen. Strong comparison is the verb's; a weak tag matches nothing there. */
export function ifMatchOf(header: string | undefined): IfMatch {
  if (header === undefined) return undefined;
  return header.trim() === "*" ? "*" : tagsIn(header).map((tag) => tag.replace(FORM, '"').replace(CSV_TAG, '"'));
}

const tagsIn = (header: string): string[] => header.split(",").map((tag) => tag.trim());
const strong = (tag: string): string => tag.replace(/^W\//, "");
