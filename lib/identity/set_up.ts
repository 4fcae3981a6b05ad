/**
 * The first administrator: made by a link that the start prints while there is none. It expires, and works once.
 *
 * @module
 */
import { stageAudit } from "../audit.ts";
import { z } from "zod";
import type { ActorContext } from "../context.ts";
import { DAY_MS } from "../day.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import { SCOPES } from "../store/api_keys.ts";
import type { Change } from "../store/change.ts";
import { SYSTEM, unauthorized } from "./actor.ts";
import { isThereAnAdministrator } from "./administrators.ts";
import { makeApiKey, stageApiKey } from "./api_keys.ts";
import { digestOf, newId, newSecret } from "./secret.ts";
import type { SignInContext } from "./sign_in.ts";

export type SetUpContext = SignInContext & ActorContext;

const SET_UP: Deno.KvKey = ["set_up"];
const VALID_MS = DAY_MS;
const MAX_CONFLICTS = 50;

const schema = z.object({ digest: z.string(), expiresAt: z.string() });

/** The secret of a new link, or `undefined` where there is an administrator already. Earlier links end. */
export async function offerSetUp(
  ctx: SignInContext,
  { adminApiKey }: { readonly adminApiKey: string | undefined },
): Promise<string | undefined> {
  if (adminApiKey !== undefined || await isThereAnAdministrator(ctx)) {
    await ctx.store.change().delete(SET_UP).commit();
    return undefined;
  }
  const secret = newSecret();
  const expiresAt = new Date(ctx.now().getTime() + VALID_MS).toISOString();
  await ctx.store.change().set(SET_UP, { digest: digestOf(secret), expiresAt }).commit();
  return secret;
}

/** Throws `forbidden` unless the link still works. */
export async function readSetUp(ctx: SignInContext, secret: string): Promise<Deno.KvEntryMaybe<unknown>> {
  const entry = await ctx.store.get(SET_UP);
  const offer = schema.safeParse(entry.value);
  const works = offer.success && offer.data.digest === digestOf(secret) &&
    ctx.now().getTime() < Date.parse(offer.data.expiresAt) && !await isThereAnAdministrator(ctx);
  if (!works) {
    throw new Problem("forbidden", "The link has expired, or was used already; the next start prints a new one");
  }
  return entry;
}

export interface SetUp {
  readonly userId: string;
  /** Of an administrator who cannot sign in, since nobody is configured to vouch for them: shown this once. */
  readonly key: string | undefined;
}

/** Makes whoever has signed in the administrator or, where nobody can sign in, a new user with a key. */
export async function useSetUp(ctx: SetUpContext, secret: string): Promise<SetUp> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const { versionstamp } = await readSetUp(ctx, secret);
    const change = ctx.store.change().check(SET_UP, versionstamp).delete(SET_UP);
    const made = ctx.actor.type === "user"
      ? await stagePromotion(ctx, change, ctx.actor.id)
      : await stageLocal(ctx, change);
    stageAudit(ctx, change, SYSTEM, {
      ...{ action: "set up", userId: made.userId, target: `/users/${made.userId}` },
      after: { role: "administrator" },
    });
    if (await change.commit() !== undefined) return made;
  }
  throw tooManyConflicts();
}

async function stagePromotion(ctx: SetUpContext, change: Change, userId: string): Promise<SetUp> {
  const user = await ctx.users.getFresh(userId);
  if (user === undefined || user.value.leavingSince !== null) throw unauthorized("The user is gone");
  ctx.users.replace(change, user, { ...user.value, role: "administrator", updatedAt: ctx.now().toISOString() });
  return { userId, key: undefined };
}

async function stageLocal(ctx: SetUpContext, change: Change): Promise<SetUp> {
  if (ctx.signInProviders.size > 0) throw unauthorized("Sign in first, then open the link again");
  const [userId, at] = [newId("usr"), ctx.now().toISOString()];
  const facts = { email: null, name: "Administrator", role: "administrator", leavingSince: null } as const;
  ctx.users.insert(change, { id: userId, ...facts, createdAt: at, updatedAt: at });
  const input = { name: "set-up", scopes: SCOPES, expiresAt: null, allowedOrigins: [] };
  const { key, apiKey } = makeApiKey(ctx, userId, input);
  await stageApiKey(ctx, change, apiKey);
  return { userId, key };
}
