/**
 * Everybody's keys and sessions, as administrators and viewers see them: never what opens anything.
 *
 * @module
 */
import { stageAudit } from "../audit.ts";
import type { ActorContext } from "../context.ts";
import { assertMatches, etagOf, type IfMatch } from "../precondition.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import type { ApiKey } from "../store/api_keys.ts";
import type { Change } from "../store/change.ts";
import type { Collection, Page, Versioned } from "../store/collection.ts";
import type { Session } from "../store/sessions.ts";
import { userAsking } from "./actor.ts";
import { stageDeletion } from "./api_keys.ts";
import { stageEnd } from "./sessions.ts";
import type { Uses } from "./uses.ts";

export type CredentialsContext = ActorContext & { readonly uses: Uses };

/** A key or a session. */
export interface Used<T> extends Versioned<T> {
  readonly lastUsedAt: string | null;
}

export interface ListCredentials {
  /** Whose. */
  readonly user: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

type Credential = ApiKey | Session;

/** What there is to do to the one and to the other. */
interface Kind<T extends Credential> {
  readonly of: (ctx: ActorContext) => Collection<T, string>;
  readonly title: string;
  readonly path: string;
  readonly stageEnd: (ctx: ActorContext, change: Change, credential: Versioned<T>) => Promise<unknown>;
}

export const API_KEYS: Kind<ApiKey> = {
  of: ({ apiKeys }) => apiKeys,
  title: "API key",
  path: "/user-api-keys",
  stageEnd: stageDeletion,
};

export const SESSIONS: Kind<Session> = {
  of: ({ sessions }) => sessions,
  title: "session",
  path: "/user-sessions",
  stageEnd: (ctx, change, session) => Promise.resolve(stageEnd(ctx, change, session)),
};

const MAX_CONFLICTS = 50;

export async function listCredentials<T extends Credential>(
  ctx: CredentialsContext,
  kind: Kind<T>,
  { user, ...page }: ListCredentials,
): Promise<Page<Used<T>>> {
  const { items, ...rest } = await kind.of(ctx).list(
    user === undefined ? page : { by: "user", value: [user], ...page },
  );
  const uses = await ctx.uses.lastOf(items.map(({ value }) => value.id));
  return { items: items.map((item, i) => ({ ...item, lastUsedAt: uses[i] ?? null })), ...rest };
}

export async function readCredential<T extends Credential>(
  ctx: CredentialsContext,
  kind: Kind<T>,
  id: string,
): Promise<Used<T>> {
  const credential = await kind.of(ctx).get(id);
  if (credential === undefined) throw noneSuch(kind, id);
  const [lastUsedAt = null] = await ctx.uses.lastOf([id]);
  return { ...credential, lastUsedAt };
}

/** From then on it opens nothing, in any process. */
export async function endCredential<T extends Credential>(
  ctx: ActorContext,
  kind: Kind<T>,
  id: string,
  ifMatch: IfMatch,
): Promise<void> {
  const actor = userAsking(ctx.actor, `Ending a ${kind.title}`);
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const credential = await kind.of(ctx).getFresh(id);
    if (credential === undefined) throw noneSuch(kind, id);
    assertMatches(ifMatch, etagOf(credential));
    const change = ctx.store.change();
    await kind.stageEnd(ctx, change, credential);
    const { userId } = credential.value;
    if (userId !== actor.id) {
      stageAudit(ctx, change, actor, { action: `end ${kind.title}`, userId, target: `${kind.path}/${id}` });
    }
    if (await change.commit() !== undefined) return;
  }
  throw tooManyConflicts();
}

const noneSuch = ({ title }: { readonly title: string }, id: string): Problem =>
  new Problem("not-found", `There is no ${title} ${id}`);
