/**
 * From a credential to who is asking.
 *
 * What was found is kept in memory until anything about users, keys or sessions changes, in this process or, as their version
 * tells, in another: so that a request costs no read, and a revoked key or session is refused at once. Where there are other
 * processes, it is kept for less than a second all the same: a connection that is lost may be long in saying so.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { Problem } from "../problem.ts";
import { type Actor, STRANGER, SYSTEM, unauthorized } from "./actor.ts";
import { findApiKey, findSession, type IdentifyContext, type Known } from "./credentials.ts";
import { digestOf } from "./secret.ts";
import type { CredentialKind } from "./uses.ts";

export interface Credentials {
  /** The `Authorization` header as it was sent. */
  readonly authorization: string | null;
  /** The session's secret, from the cookie. */
  readonly session: string | null;
  /** The `Origin` header: the web page that asks. */
  readonly origin: string | null;
}

/**
 * Tells who is asking, at once where that is in memory. Throws `unauthorized` for a key that is not known, also where none was
 * needed; `forbidden` where a key may not be used from that origin. A session that has ended makes a stranger: a browser sends its
 * cookie unasked.
 */
export type Identify = (credentials: Credentials) => Actor | Promise<Actor>;

export interface IdentifyOptions {
  readonly ctx: IdentifyContext;
  readonly adminApiKey: string | undefined;
}

const BEARER = /^Bearer +(\S+)$/i;
const MAX_KEPT = 10_000;
/** How long a process that shares its store goes by what it has in memory. */
const SHARED_KEPT_MS = 900;

export function identifyBy({ ctx, adminApiKey }: IdentifyOptions): Identify {
  const isAdminKey = sameAs(adminApiKey);
  const known = { api_keys: kept(ctx, findApiKey), sessions: kept(ctx, findSession) };

  /** The actor, or what the credential's state has it be instead. */
  function admitted(kind: CredentialKind, found: Known, origin: string | null): Actor | undefined {
    const nowMs = ctx.now().getTime();
    if (nowMs >= Math.min(found.expiresAtMs, found.lastUsedAtMs + found.maxIdleMs)) return undefined;
    if (origin !== null && found.allowedOrigins.length > 0 && !found.allowedOrigins.includes(origin)) {
      throw new Problem("forbidden", `The key may not be used from ${origin.slice(0, 200)}`);
    }
    found.lastUsedAtMs = nowMs;
    ctx.uses.note(kind, found.id);
    return found.actor;
  }

  function ask(
    kind: CredentialKind,
    digest: string,
    origin: string | null,
  ): Actor | undefined | Promise<Actor | undefined> {
    const found = known[kind].find(digest);
    const actor = found && admitted(kind, found, origin);
    if (actor !== undefined) return actor;
    // Another process may have seen it used since.
    return known[kind].read(digest).then((read) => read && admitted(kind, read, origin));
  }

  return ({ authorization, session, origin }) => {
    if (authorization !== null) {
      const key = BEARER.exec(authorization.trim())?.[1];
      if (key === undefined) throw unauthorized("The Authorization header is not of the form `Bearer KEY`");
      const digest = digestOf(key);
      if (isAdminKey(digest)) return SYSTEM;
      return orElse(ask("api_keys", digest, origin), () => {
        throw unauthorized("The key is not known");
      });
    }
    return session === null ? STRANGER : orElse(ask("sessions", digestOf(session), null), () => STRANGER);
  };
}

/** The configured key may be one that somebody made up, whose digest is worth something: the comparison takes the same time for all. */
function sameAs(adminApiKey: string | undefined): (digest: string) => boolean {
  if (adminApiKey === undefined) return () => false;
  const expected = Buffer.from(digestOf(adminApiKey));
  return (digest) => timingSafeEqual(Buffer.from(digest), expected);
}

function orElse(actor: Actor | undefined | Promise<Actor | undefined>, other: () => Actor): Actor | Promise<Actor> {
  if (actor instanceof Promise) return actor.then((found) => found ?? other());
  return actor ?? other();
}

/** Remembers what a digest stands for, as long as nothing about identities changes. */
function kept(ctx: IdentifyContext, read: (ctx: IdentifyContext, digest: string) => Promise<Known | undefined>) {
  const found = new Map<string, { readonly known: Known; readonly readAtMs: number }>();
  const maxKeptMs = ctx.store.isShared ? SHARED_KEPT_MS : Infinity;
  const nowMs = () => ctx.now().getTime();
  let keptVersion = "";

  function forgetOld(): void {
    const present = ctx.store.version("identity");
    if (present === keptVersion) return;
    found.clear();
    keptVersion = present;
  }

  return {
    find(digest: string): Known | undefined {
      forgetOld();
      const kept = found.get(digest);
      return kept !== undefined && nowMs() - kept.readAtMs < maxKeptMs ? kept.known : undefined;
    },
    async read(digest: string): Promise<Known | undefined> {
      const [version, readAtMs] = [ctx.store.version("identity"), nowMs()];
      const known = await read(ctx, digest);
      forgetOld();
      if (known === undefined || version !== keptVersion) return known;
      if (found.size >= MAX_KEPT) found.clear();
      found.set(digest, { known, readAtMs });
      return known;
    },
  };
}
