/**
 * What every request has to get past before a route is looked for: its length, who asks, their limit, and where a change with a
 * session comes from.
 *
 * @module
 */
import { type Actor, STRANGER } from "../lib/identity/actor.ts";
import { isFromOurPages } from "../lib/identity/cross_site.ts";
import type { Identify } from "../lib/identity/identify.ts";
import { Problem } from "../lib/problem.ts";
import { cookiesFor } from "./cookies.ts";
import type { Caller, RequestLimits } from "./request_limits.ts";
import type { HeaderFields } from "./security_headers.ts";
import { whenThere } from "./when_there.ts";

export interface AdmissionOptions {
  readonly identify: Identify;
  readonly limits: RequestLimits;
  /** The service's address as users see it. */
  readonly publicUrl: string;
}

/** Who asks, and what their limit leaves them, as headers. */
export type Admitted = readonly [Actor, HeaderFields];

/** At once where everything to go by is in memory. Throws what keeps a request from every route. */
export type Admit = (request: Request, caller: Caller) => Admitted | Promise<Admitted>;

/** More than any path with any query of ours has. */
const MAX_TARGET_CHARS = 8_192;
const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function admission({ identify, limits, publicUrl }: AdmissionOptions): Admit {
  const { session } = cookiesFor(publicUrl);

  return ({ url, method, headers }, caller) => {
    if (targetOf(url).length > MAX_TARGET_CHARS) {
      throw new Problem("uri-too-long", `Path and query are longer than ${MAX_TARGET_CHARS} characters`);
    }
    return whenThere(asking(headers, caller), (actor) =>
      whenThere(limits.count(actor, caller), (left) => {
        if (READS.has(method) || isOurs(actor, headers, publicUrl)) return [actor, left] as const;
        const detail = `With a session, changes are taken from pages of ${publicUrl} only; use a key`;
        throw new Problem("forbidden", detail, { headers: left });
      }));
  };

  function asking(headers: Headers, caller: Caller): Actor | Promise<Actor> {
    try {
      const actor = identify({
        authorization: headers.get("authorization"),
        session: session.read(headers.get("cookie")),
        origin: headers.get("origin"),
      });
      return actor instanceof Promise ? actor.catch((error) => refuse(error, caller)) : actor;
    } catch (error) {
      return refuse(error, caller);
    }
  }

  async function refuse(error: unknown, caller: Caller): Promise<never> {
    // Keys are not to be guessed at leisure.
    const left = await limits.count(STRANGER, caller);
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.type, error.detail, { cause: error, headers: { ...error.headers, ...left } });
  }
}

/** Whether a session's change comes from a page of ours; where a key asks, or a stranger, it does not matter. */
function isOurs(actor: Actor, headers: Headers, publicUrl: string): boolean {
  if (actor.type === "stranger" || actor.by.type !== "session") return true;
  return isFromOurPages({ secFetchSite: headers.get("sec-fetch-site"), origin: headers.get("origin") }, publicUrl);
}

/** Path and query, without the host: that is what the client says it is. The URL is one that the server has parsed already. */
export const targetOf = (url: string): string => url.slice(url.indexOf("/", url.indexOf("//") + 2));
