/**
 * What nobody is shown of the store, administrators included: whatever a secret is known by, and answers that may hold one.
 *
 * @module
 */

import { MASK } from "../log.ts";

export { isMemberSecret, MASK } from "../log.ts";

/** Families whose keys end in a secret's digest. */
const DIGEST_KEYS: ReadonlySet<string> = new Set([
  "api_keys_by_digest",
  "sessions_by_digest",
  "sign_ins",
  "idempotency",
]);

/** Families whose values hold answers as they were given, new keys among them. */
const WHOLE_VALUES: ReadonlySet<string> = new Set(["idempotency"]);

const familyOf = ([first]: Deno.KvKey): string => String(first);

/** Whether a key is one that says a secret's digest. */
export const isKeySecret = (key: Deno.KvKey): boolean => key.length > 1 && DIGEST_KEYS.has(familyOf(key));

export const maskedKey = (key: Deno.KvKey): Deno.KvKey => isKeySecret(key) ? [...key.slice(0, 1), MASK] : key;

export const isValueSecret = (key: Deno.KvKey): boolean => WHOLE_VALUES.has(familyOf(key));
