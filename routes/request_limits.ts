/**
 * How many requests a minute anybody may send (draft-ietf-httpapi-ratelimit-headers): by key or user, else by where they come from.
 *
 * @module
 */
import type { Config } from "../lib/config.ts";
import type { Actor } from "../lib/identity/actor.ts";
import { type Limiter, limiter } from "../lib/limits/limiter.ts";
import { forwardedFor, networkOf } from "../lib/limits/network.ts";
import { sharedBuckets } from "../lib/limits/shared_buckets.ts";
import type { Verdict } from "../lib/limits/token_bucket.ts";
import { Problem } from "../lib/problem.ts";
import type { Store } from "../lib/store/store.ts";
import type { HeaderFields } from "./security_headers.ts";

export interface RequestLimits {
  /** Counts a request, and says what is left. Throws `rate-limited`. */
  count(actor: Actor, caller: Caller): HeaderFields | Promise<HeaderFields>;
}

export interface Caller {
  readonly path: string;
  readonly headers: Headers;
  /** Who is at the other end of the connection; asked for only where it counts. */
  readonly peer: () => string;
}

export interface RequestLimitsOptions {
  readonly config: Pick<Config, "RATE_LIMIT_PER_MINUTE" | "TRUST_PROXY">;
  readonly store: Store;
  readonly now: () => Date;
}

/** A sign-in takes two requests; whoever tries more passwords than people do waits. */
const SIGN_INS_PER_MINUTE = 30;
const SIGN_IN = /^\/auth\//;
/** Whatever watches the process asks often, and has no key. */
const HEALTH = /^\/(livez|readyz)\/?$/;
const NOTHING: HeaderFields = {};

export function requestLimits({ config, store, now }: RequestLimitsOptions): RequestLimits {
  const perMinute = config.RATE_LIMIT_PER_MINUTE;
  if (perMinute === 0) return { count: () => NOTHING };
  const nowMs = () => now().getTime();
  const shared = (limit: string) => sharedBuckets({ store, nowMs, limit });
  const named = (limit: string): Limiter =>
    limiter({ perMinute, nowMs, share: store.isShared ? shared(limit) : undefined });
  // Apart, so that addresses by the thousand push nobody with a key out of memory.
  const [keys, networks] = [named("keys"), named("networks")];
  // Everywhere in KV, so that a new start forgets no attempt.
  const signIns = limiter({ perMinute: Math.min(perMinute, SIGN_INS_PER_MINUTE), nowMs, share: shared("sign-ins") });

  function networkFrom({ headers, peer }: Caller): string {
    const address = (config.TRUST_PROXY ? forwardedFor(headers.get("x-forwarded-for")) : undefined) ?? peer();
    return networkOf(address) ?? address;
  }

  return {
    count(actor, caller) {
      if (HEALTH.test(caller.path)) return NOTHING;
      if (SIGN_IN.test(caller.path)) {
        return signIns.takeShared(networkFrom(caller)).then((verdict) => allowed("sign-in", verdict));
      }
      if (actor.type === "stranger") return allowed("default", networks.take(networkFrom(caller)));
      return allowed("default", keys.take(actor.by.type === "api_key" ? actor.by.id : actor.id));
    },
  };
}

function allowed(policy: string, verdict: Verdict): HeaderFields {
  const { perMinute, remaining, resetSeconds, retryAfterSeconds } = verdict;
  const headers = {
    ratelimit: `"${policy}";r=${remaining};t=${resetSeconds}`,
    "ratelimit-policy": `"${policy}";q=${perMinute};w=60`,
  };
  if (verdict.isAllowed) return headers;
  const detail = `${perMinute} requests a minute are allowed; the next one in ${retryAfterSeconds} s`;
  throw new Problem("rate-limited", detail, { headers: { ...headers, "retry-after": String(retryAfterSeconds) } });
}
