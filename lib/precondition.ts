/**
 * `If-Match` (RFC 9110, 13.1.1): a change is made only to the version that its sender has seen.
 *
 * @module
 */
import { Problem } from "./problem.ts";

/** The entity tags that a request names, or `*` for any version; `undefined` where it names none. */
export type IfMatch = readonly string[] | "*" | undefined;

/** The strong entity tag of what is stored under one version. */
export const etagOf = ({ versionstamp }: { versionstamp: string }): string => `"${versionstamp}"`;

/** Throws `version-mismatch` unless the present tag is among those named. */
export function assertMatches(ifMatch: IfMatch, present: string): void {
  if (ifMatch === undefined || ifMatch === "*" || ifMatch.includes(present)) return;
  throw new Problem("version-mismatch", `The present version is ${present}, not ${ifMatch.join(", ")}`, {
    headers: { etag: present },
  });
}
