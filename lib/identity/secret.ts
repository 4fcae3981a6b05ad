/**
 * Secrets that are given away: what is stored of them, and how they are found again.
 *
 * A secret has 256 random bits, so that a plain digest of it is as good as a slow one: there is nothing to guess. It is looked up
 * by that digest: what a look-up compares is nothing that a sender can choose, and so its time tells nothing of the secret.
 *
 * @module
 */
import { createHash, randomBytes } from "node:crypto";

export const newSecret = (): string => randomBytes(32).toString("base64url");

export const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

/** A name that nobody else has and nobody can guess. */
export const newId = (kind: string): string => `${kind}_${randomBytes(12).toString("hex")}`;
