import type { ActorContext } from "../context.ts";
import type { Versioned } from "../store/collection.ts";
import type { Identity } from "../store/identities.ts";
import type { Portfolio } from "../store/portfolios.ts";
import type { User } from "../store/users.ts";
import { listApiKeys, type ListedApiKey } from "./api_keys.ts";
import { type ListedSession, listSessions } from "./sessions.ts";
import type { Uses } from "./uses.ts";
import { readMe } from "./users.ts";

/** Everything that is kept of a user. */
export interface Export {
  readonly user: Versioned<User>;
  readonly identities: readonly Identity[];
  readonly sessions: readonly ListedSession[];
  readonly apiKeys: readonly ListedApiKey[];
  readonly portfolios: readonly Versioned<Portfolio>[];
}

/** More keys and sessions than anybody can have. */
const ALL = 1_000;

export async function exportOf(ctx: ActorContext & { readonly uses: Uses }): Promise<Export> {
  const user = await readMe(ctx);
  const value = [user.value.id];
  return {
    user,
    identities: (await Array.fromAsync(ctx.identities.each({ by: "user", value }))).map((identity) => identity.value),
    sessions: await listSessions(ctx),
    apiKeys: (await listApiKeys(ctx, { limit: ALL, cursor: undefined })).items,
    portfolios: await Array.fromAsync(ctx.portfolios.each({ by: "owner", value })),
  };
}
