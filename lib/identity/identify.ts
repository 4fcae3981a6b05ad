/**
 * From a credential to who is asking.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { type Actor, STRANGER, SYSTEM, unauthorized } from "./actor.ts";

export interface Credentials {
  /** The `Authorization` header as it was sent. */
  readonly authorization: string | null;
}

/**
 * Tells who is asking, at once where that is in memory; throws `unauthorized` for a credential that is not known, also where none
 * was needed.
 */
export type Identify = (credentials: Credentials) => Actor | Promise<Actor>;

const BEARER = /^Bearer +(\S+)$/i;

export function identifyBy(options: { adminApiKey: string | undefined }): Identify {
  const adminDigest = options.adminApiKey === undefined ? undefined : digest(options.adminApiKey);
  return ({ authorization }) => {
    if (authorization === null) return STRANGER;
    const key = BEARER.exec(authorization.trim())?.[1];
    if (key === undefined) throw unauthorized("The Authorization header is not of the form `Bearer KEY`");
    // Digests have one length, so that the comparison takes the same time for every key.
    if (adminDigest !== undefined && timingSafeEqual(digest(key), adminDigest)) return SYSTEM;
    throw unauthorized("The key is not known");
  };
}

const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();
