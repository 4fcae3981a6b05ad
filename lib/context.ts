/**
 * What verbs are given instead of reaching for it.
 *
 * @module
 */
import type { Actor } from "./identity/actor.ts";
import { type ApiKey, apiKeyCollection } from "./store/api_keys.ts";
import { type Asset, assetCollection } from "./store/assets.ts";
import { auditCollection, type AuditEntry } from "./store/audit.ts";
import type { Collection } from "./store/collection.ts";
import { type Identity, identityCollection } from "./store/identities.ts";
import { type Portfolio, portfolioCollection } from "./store/portfolios.ts";
import { type Session, sessionCollection } from "./store/sessions.ts";
import { pastCache, type Store } from "./store/store.ts";
import { type User, userCollection } from "./store/users.ts";

export interface Context {
  readonly store: Store;
  readonly portfolios: Collection<Portfolio, number>;
  readonly assets: Collection<Asset, number>;
  readonly users: Collection<User, string>;
  readonly identities: Collection<Identity, string>;
  readonly sessions: Collection<Session, string>;
  readonly apiKeys: Collection<ApiKey, string>;
  readonly audit: Collection<AuditEntry, string>;
  readonly now: () => Date;
  /** The zone whose calendar days are the market's sessions. */
  readonly marketTimeZone: string;
}

/** A context in which somebody asks. */
export interface ActorContext extends Context {
  readonly actor: Actor;
}

/** What is stored now, for what is about to be changed. */
export const contextPastCache = ({ store, now, marketTimeZone }: Context): Context =>
  contextOn(pastCache(store), now, marketTimeZone);

/** All that is stored, for what looks at it as a whole: what cannot be read holds up nothing else. */
export const forgivingContext = ({ store, now, marketTimeZone }: Context): Context =>
  contextOn(store.forgiving(), now, marketTimeZone);

export const contextOn = (store: Store, now: () => Date, marketTimeZone: string): Context => ({
  store,
  portfolios: portfolioCollection(store),
  assets: assetCollection(store),
  users: userCollection(store),
  identities: identityCollection(store),
  sessions: sessionCollection(store),
  apiKeys: apiKeyCollection(store),
  audit: auditCollection(store),
  now,
  marketTimeZone,
});
