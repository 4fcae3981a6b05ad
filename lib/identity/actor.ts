/**
 * Who is asking.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Problem } from "../problem.ts";

export type Actor =
  | { readonly type: "stranger" }
  | { readonly type: "user"; readonly id: string; readonly role: "administrator" };

/** Owns what the service itself made: the demo, and what is made with the administrator's key of the configuration. */
export const SYSTEM_USER_ID = "usr_system";

export const STRANGER: Actor = { type: "stranger" };

export interface Credentials {
  /** The `Authorization` header as it was sent. */
  readonly authorization: string | null;
}

/** Tells who is asking; throws `unauthorized` for a credential that is not known, also where none was needed. */
export type Identify = (credentials: Credentials) => Actor;

const BEARER = /^Bearer +(\S+)$/i;

export function identifyBy(options: { adminApiKey: string | undefined }): Identify {
  const adminDigest = options.adminApiKey === undefined ? undefined : digest(options.adminApiKey);
  const administrator: Actor = { type: "user", id: SYSTEM_USER_ID, role: "administrator" };
  return ({ authorization }) => {
    if (authorization === null) return STRANGER;
    const key = BEARER.exec(authorization.trim())?.[1];
    if (key === undefined) throw unauthorized("The Authorization header is not of the form `Bearer KEY`");
    // Digests have one length, so that the comparison takes the same time for every key.
    if (adminDigest !== undefined && timingSafeEqual(digest(key), adminDigest)) return administrator;
    throw unauthorized("The key is not known");
  };
}

export const unauthorized = (detail: string): Problem =>
  new Problem("unauthorized", detail, { headers: { "www-authenticate": 'Bearer realm="foliolens"' } });

export const isAdministrator = (actor: Actor): boolean => actor.type === "user" && actor.role === "administrator";

const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();
