/**
 * Answers at rest. One may hold a secret that is stored nowhere else, such as a new API key: so it is sealed (AES-256-GCM) by what
 * only the client has, its credential and its Idempotency-Key, of which the store knows digests.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Answer } from "./record.ts";

const CIPHER = "aes-256-gcm";
const [SALT_BYTES, IV_BYTES, TAG_BYTES] = [16, 12, 16];

const schema = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});

export function seal(answer: Answer, secret: string): Uint8Array<ArrayBuffer> {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const cipher = createCipheriv(CIPHER, keyFrom(secret, salt), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(answer), "utf8"), cipher.final()]);
  return new Uint8Array(Buffer.concat([salt, iv, cipher.getAuthTag(), text]));
}

/** Throws where the secret is another one. */
export function unseal(sealed: Uint8Array, secret: string): Answer {
  const iv = sealed.subarray(SALT_BYTES, SALT_BYTES + IV_BYTES);
  const tag = sealed.subarray(SALT_BYTES + IV_BYTES, SALT_BYTES + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, keyFrom(secret, sealed.subarray(0, SALT_BYTES)), iv);
  decipher.setAuthTag(tag);
  const text = sealed.subarray(SALT_BYTES + IV_BYTES + TAG_BYTES);
  const { body, ...rest } = schema.parse(
    JSON.parse(`${decipher.update(text, undefined, "utf8")}${decipher.final("utf8")}`),
  );
  return { ...rest, body };
}

const keyFrom = (secret: string, salt: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, salt, "an answer to an Idempotency-Key", 32));
