/**
 * What caches between this process and a client may keep: what a stranger is answered about a public portfolio, and nothing else.
 *
 * Whoever comes with a credential is answered past such a cache, by `Vary`, and reads what they have just written. A cache that
 * ignores it has only what everybody may see.
 *
 * @module
 */
import type { Actor } from "../lib/identity/actor.ts";
import type { Portfolio } from "../lib/store/portfolios.ts";
import type { HeaderFields } from "./security_headers.ts";

/** Together, how long a portfolio is still seen after it was made private: a minute. */
const FRESH_SECONDS = 30;
const STALE_SECONDS = 30;

const PUBLIC = `public, max-age=0, s-maxage=${FRESH_SECONDS}, stale-while-revalidate=${STALE_SECONDS}`;
const CREDENTIALS = "Authorization, Cookie";

/** The headers of an answer about a portfolio. `vary` names what else of a request its form depends on. */
export function sharedCaching(actor: Actor, { visibility }: Portfolio, vary?: string): HeaderFields {
  const isShared = actor.type === "stranger" && visibility === "public";
  const own = vary === undefined ? {} : { vary };
  return isShared
    ? { "cache-control": PUBLIC, vary: vary === undefined ? CREDENTIALS : `${vary}, ${CREDENTIALS}` }
    : own;
}
