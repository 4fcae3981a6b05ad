/**
 * What verbs are given instead of reaching for it.
 *
 * @module
 */
import type { Actor } from "./identity/actor.ts";
import { type Asset, assetCollection } from "./store/assets.ts";
import type { Collection } from "./store/collection.ts";
import { type Portfolio, portfolioCollection } from "./store/portfolios.ts";
import type { Store } from "./store/store.ts";

export interface Context {
  readonly store: Store;
  readonly portfolios: Collection<Portfolio, number>;
  readonly assets: Collection<Asset, number>;
  readonly now: () => Date;
  /** The zone whose calendar days are the market's sessions. */
  readonly marketTimeZone: string;
}

/** A context in which somebody asks. */
export interface ActorContext extends Context {
  readonly actor: Actor;
}

export const contextOn = (store: Store, now: () => Date, marketTimeZone: string): Context => ({
  store,
  portfolios: portfolioCollection(store),
  assets: assetCollection(store),
  now,
  marketTimeZone,
});
