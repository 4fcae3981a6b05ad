/**
 * A sign-in that is under way: begun in one browser, and ended there once.
 *
 * Everything that it is known by again is derived from a secret that the browser alone keeps; what is stored says nothing of it.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import { decoded } from "../store/unreadable.ts";
import { digestOf, newSecret } from "./secret.ts";
import type { Exchange } from "./sign_in_provider.ts";

const schema = z.object({ provider: z.string(), returnTo: z.string(), expiresAt: z.string() });

type SignIn = z.infer<typeof schema>;

export const signInIn = (entry: Deno.KvEntryMaybe<unknown>): SignIn => decoded(entry, (value) => schema.parse(value));

export const SIGN_IN_MS = 600_000;

const signInKey = (state: string): Deno.KvKey => ["sign_ins", digestOf(state)];

const derived = (secret: string, what: string): string => createHmac("sha256", secret).update(what).digest("base64url");

export const exchangeBy = (secret: string, redirectUri: string): Exchange => ({
  redirectUri,
  state: derived(secret, "state"),
  nonce: derived(secret, "nonce"),
  codeVerifier: derived(secret, "code verifier"),
});

/** The secret that the browser is to keep. */
export async function openSignIn(ctx: Context, { provider, returnTo }: Omit<SignIn, "expiresAt">): Promise<string> {
  const secret = newSecret();
  const expiresAt = new Date(ctx.now().getTime() + SIGN_IN_MS).toISOString();
  const signIn: SignIn = { provider, returnTo, expiresAt };
  await ctx.store.change().set(signInKey(exchangeBy(secret, "").state), signIn, { expireInMs: SIGN_IN_MS }).commit();
  return secret;
}

/** Ends it, whatever comes of it: no callback counts twice. Throws `malformed-request` where it is not under way. */
export async function closeSignIn(
  ctx: Context,
  provider: string,
  state: string,
  secret: string | null,
): Promise<SignIn> {
  if (secret === null || exchangeBy(secret, "").state !== state) {
    const detail = "The sign-in was not begun in this browser, or another one was begun since; begin again";
    throw new Problem("malformed-request", detail);
  }
  const over = () => new Problem("malformed-request", "The sign-in has expired, or has ended already; begin again");
  const entry = await ctx.store.get(signInKey(state));
  const { key, versionstamp } = entry;
  if (versionstamp === null) throw over();
  if (await ctx.store.change().check(key, versionstamp).delete(key).commit() === undefined) throw over();
  const signIn = signInIn(entry);
  if (ctx.now().getTime() >= Date.parse(signIn.expiresAt) || signIn.provider !== provider) throw over();
  return signIn;
}
