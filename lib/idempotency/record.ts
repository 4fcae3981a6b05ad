/**
 * What is remembered of an Idempotency-Key: that its request is under way, or what was answered.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { z } from "zod";

/** Who asks what, with which key. */
export interface Asked {
  readonly actorId: string;
  readonly key: string;
  /** All that makes the request what it is: route, body, credential. The same key takes no other. */
  readonly request: string;
  /** Whoever does not know it cannot read the answer, though they read the store. */
  readonly secret: string;
}

/** What a client is given again. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` where it was too large to keep. */
  readonly body: string | undefined;
}

const common = { v: z.literal(1), fingerprint: z.string(), expiresAtMs: z.number() };

export const recordSchema = z.discriminatedUnion("state", [
  /** The process that has it, for as long as its lease says. */
  z.object({ ...common, state: z.literal("running"), owner: z.string() }),
  z.object({ ...common, state: z.literal("done"), sealed: z.instanceof(Uint8Array) }),
]);

export type IdempotencyRecord = z.infer<typeof recordSchema>;

export const recordKey = ({ actorId, key }: Asked): Deno.KvKey => ["idempotency", digest(actorId, key)];

export const fingerprintOf = ({ request }: Asked): string => digest(request);

/** Each part with its length, so that no two lists of parts are one text. */
const digest = (...parts: string[]): string =>
  createHash("sha256").update(parts.map((part) => `${part.length}:${part}`).join("")).digest("base64url");
