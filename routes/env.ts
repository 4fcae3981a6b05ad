import type { ActorContext } from "../lib/context.ts";
import type { Claim } from "../lib/idempotency/claim.ts";
import type { Actor } from "../lib/identity/actor.ts";
import type { Identify } from "../lib/identity/identify.ts";
import type { Services } from "../lib/services.ts";
import type { Context as HonoContext } from "hono";
import type { Content } from "./answer.ts";

/** What the shared layer settles before a route is looked for. */
export interface RequestFacts {
  readonly actor: Actor;
  readonly requestId: string;
  /** As it was sent: neither decoded nor without its trailing slash. */
  readonly path: string;
  readonly services: Services;
  /** Who asks by a credential that the request's own headers do not hold. */
  readonly identify: Identify;
  /** Headers that every answer carries, as one object: each header added to a finished response costs thousands of requests a second. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a GET alone. */
  readonly finished?: {
    /** Has the answer given again as it is, until market data, its portfolio or the day changes. */
    keep(content: Content): void;
    /** What was answered to the same question, if it has this tag. */
    again(etag: string): Response | undefined;
  };
}

export interface AppEnv {
  Bindings: RequestFacts;
  Variables: {
    /** Of the request's `Idempotency-Key`. */
    claim?: Claim;
  };
}

/** The context in which a verb runs for this request. */
export const contextOf = ({ env }: HonoContext<AppEnv>): Services & ActorContext => ({
  ...env.services,
  actor: env.actor,
});
