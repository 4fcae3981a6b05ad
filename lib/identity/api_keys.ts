/**
 * Keys that users make for their scripts and front ends. A key is shown once; what is stored is its digest.
 *
 * @module
 */
import type { ActorContext } from "../context.ts";
import { assertMatches, etagOf, type IfMatch } from "../precondition.ts";
import { pointer, Problem, tooManyConflicts } from "../problem.ts";
import type { ApiKey, Scope } from "../store/api_keys.ts";
import type { Change } from "../store/change.ts";
import type { Page, Versioned } from "../store/collection.ts";
import { countOf } from "../store/count.ts";
import { alone, type Settle } from "../store/settle.ts";
import { watchUser } from "../store/users.ts";
import { isFor, scopesOf, unauthorized, type UserActor, userAsking } from "./actor.ts";
import { digestOf, newId, newSecret } from "./secret.ts";
import { stageEnd } from "./sessions.ts";
import { forgetUses, type Uses } from "./uses.ts";

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  readonly allowedOrigins: readonly string[];
}

export interface MadeApiKey {
  /** Shown to whoever made it, and nobody after that. */
  readonly key: string;
  readonly apiKey: Versioned<ApiKey>;
}

export interface ListedApiKey {
  readonly apiKey: ApiKey;
  readonly lastUsedAt: string | null;
}

const MAX_API_KEYS = 50;
const PREFIX_LENGTH = "flk_".length + 4;
const MAX_CONFLICTS = 50;

export async function createApiKey(
  ctx: ActorContext,
  input: NewApiKey,
  settle: Settle<MadeApiKey> = alone,
): Promise<MadeApiKey> {
  const user = userAsking(ctx.actor, "Creating an API key");
  assertMayGive(user, input.scopes);
  assertFuture(ctx, input.expiresAt);
  // Each of those that are made at once counts the others: nobody loses to so many that they have to give up.
  return await ctx.store.inTurn(["api_keys_by_user", user.id], () => makeOne(ctx, user, input, settle));
}

async function makeOne(
  ctx: ActorContext,
  user: UserActor,
  input: NewApiKey,
  settle: Settle<MadeApiKey>,
): Promise<MadeApiKey> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const ifStillThere = await watchUser(ctx.users, user.id);
    if (ifStillThere === undefined) throw unauthorized("The user is gone");
    const change = ifStillThere(ctx.store.change());
    const { key, apiKey } = makeApiKey(ctx, user.id, input);
    await stageApiKey(ctx, change, apiKey);
    const made = await settle(change, (versionstamp) => ({ key, apiKey: { value: apiKey, versionstamp } }));
    if (made !== undefined) return made;
  }
  throw tooManyConflicts();
}

/** A key of a user, not stored yet. */
export function makeApiKey(ctx: Pick<ActorContext, "now">, userId: string, input: NewApiKey) {
  const key = `flk_${newSecret()}`;
  const { name, scopes, expiresAt, allowedOrigins } = input;
  const apiKey: ApiKey = {
    ...{ id: newId("key"), digest: digestOf(key), prefix: key.slice(0, PREFIX_LENGTH), userId, name, expiresAt },
    ...{ scopes: [...scopes], allowedOrigins: [...allowedOrigins], createdAt: ctx.now().toISOString() },
  };
  return { key, apiKey };
}

/** Stages the key, within the number that a user may have. */
export async function stageApiKey(ctx: Pick<ActorContext, "apiKeys" | "store">, change: Change, apiKey: ApiKey) {
  const keys = await countOf(ctx.store, "api_keys_by_user", apiKey.userId);
  if (keys.count >= MAX_API_KEYS) {
    throw new Problem("conflict", `There are ${keys.count} keys already, which is the most; delete one first`);
  }
  keys.stage(ctx.apiKeys.insert(change, apiKey), 1);
}

export async function listApiKeys(
  ctx: ActorContext & { readonly uses: Uses },
  query: { readonly limit: number; readonly cursor: string | undefined },
): Promise<Page<ListedApiKey>> {
  const { id } = userAsking(ctx.actor, "Listing API keys");
  const page = await ctx.apiKeys.list({ by: "user", value: [id], ...query });
  const uses = await ctx.uses.lastOf(page.items.map(({ value }) => value.id));
  return { ...page, items: page.items.map(({ value }, i) => ({ apiKey: value, lastUsedAt: uses[i] ?? null })) };
}

/** From then on the key opens nothing, in any process. */
export async function deleteApiKey(ctx: ActorContext, id: string, ifMatch: IfMatch): Promise<void> {
  const user = userAsking(ctx.actor, "Deleting an API key");
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const apiKey = await ctx.apiKeys.getFresh(id);
    if (apiKey?.value.userId !== user.id) throw new Problem("not-found", `There is no API key ${id}`);
    assertMatches(ifMatch, etagOf(apiKey));
    const change = ctx.store.change();
    await stageDeletion(ctx, change, apiKey);
    if (await change.commit() !== undefined) return;
  }
  throw tooManyConflicts();
}

/** With the sessions that it opened. */
export async function stageDeletion(
  ctx: ActorContext,
  change: Change,
  apiKey: Versioned<ApiKey>,
): Promise<void> {
  for await (const session of ctx.sessions.each({ by: "user", value: [apiKey.value.userId] })) {
    if (session.value.keyId === apiKey.value.id) stageEnd(ctx, change, session);
  }
  const keys = await countOf(ctx.store, "api_keys_by_user", apiKey.value.userId);
  keys.stage(forgetUses(ctx.apiKeys.remove(change, apiKey), apiKey.value.id), -1);
}

/** Nobody gives a key more than they have by the credential that they ask with. */
function assertMayGive(user: UserActor, scopes: readonly Scope[]): void {
  const errors = scopes.flatMap((scope, i) => {
    if (!isFor(user.role, scope)) {
      const detail = scope === "admin" ? "is for administrators" : "is for administrators and viewers";
      return [{ pointer: pointer("scopes", i), detail }];
    }
    return scopesOf(user).includes(scope)
      ? []
      : [{ pointer: pointer("scopes", i), detail: "is not a scope of the key that asks" }];
  });
  if (errors.length > 0) throw new Problem("forbidden", "The key would have scopes that you have not", { errors });
}

function assertFuture(ctx: ActorContext, expiresAt: string | null): void {
  if (expiresAt === null || Date.parse(expiresAt) > ctx.now().getTime()) return;
  const errors = [{ pointer: pointer("expires_at"), detail: "must be in the future" }];
  throw new Problem("validation-failed", "expires_at must be in the future", { errors });
}
