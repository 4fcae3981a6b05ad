/**
 * `Idempotency-Key` on POST: sent again, a request is answered as it was the first time, and does nothing more.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { type Claim, claimKey, PENDING_VERSION } from "../lib/idempotency/claim.ts";
import type { Answer } from "../lib/idempotency/record.ts";
import { Problem } from "../lib/problem.ts";
import { alone, type Settle } from "../lib/store/settle.ts";
import { cookiesFor } from "./cookies.ts";
import type { AppEnv } from "./env.ts";
import { problemResponse } from "./problem_response.ts";

/** Visible ASCII. */
const FORM = /^[\x21-\x7e]{1,255}$/;
/** Headers that are part of an answer; the others are made for each. */
const KEPT_HEADERS = ["cache-control", "content-type", "etag", "link", "location"];
const TOO_MANY = 429;
const FIRST_SERVER_ERROR = 500;

/** After the body was read, before it is validated. */
export const answeredOnce: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { actor, services } = c.env;
  const key = c.req.method === "POST" ? c.req.header("idempotency-key") : undefined;
  if (key === undefined || actor.type === "stranger") return await next();
  if (!FORM.test(key)) {
    throw new Problem("malformed-request", "The Idempotency-Key is not of 1 to 255 visible ASCII characters");
  }
  const secret = `${credentialOf(c)}\n${key}`;
  const request = JSON.stringify([c.req.raw.url.replace(/^\w+:\/\/[^/]*/, ""), credentialOf(c), await bodyOf(c)]);
  const known = await claimKey(services, { actorId: actor.id, key, request, secret });
  if ("status" in known) return givenAgain(c, known);
  c.set("claim", known);
  await next();
  await conclude(known, c.res);
};

/**
 * What a POST makes and how it is answered. With an `Idempotency-Key` the answer is made before the commit too, and kept by it;
 * without one, this is the verb and its view.
 */
export async function made<T, R extends Response>(
  c: Context<AppEnv>,
  verb: (settle: Settle<T>) => Promise<T>,
  view: (result: T) => R | Promise<R>,
): Promise<R> {
  const claim = c.get("claim");
  if (claim === undefined) return await view(await verb(alone));
  const settle: Settle<T> = async (change, result) => {
    const answer = await keptOf(await view(result(PENDING_VERSION)));
    const versionstamp = await claim.settle(change, answer);
    return versionstamp === undefined ? undefined : result(versionstamp);
  };
  return await view(await verb(settle));
}

/** Faults of ours and of the moment are not kept: the same request may be tried again. */
async function conclude(claim: Claim, response: Response): Promise<void> {
  if (claim.isSettled()) return;
  const isPassing = response.status === TOO_MANY || response.status >= FIRST_SERVER_ERROR;
  await (isPassing ? claim.release() : claim.finish(await keptOf(response.clone())));
}

async function keptOf(response: Response): Promise<Answer> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() };
}

function givenAgain(c: Context<AppEnv>, { status, headers, body }: Answer): Response {
  if (body === undefined) {
    const where = headers["location"] === undefined ? "" : `; it is at ${headers["location"]}`;
    const detail = `This was done already, and answered ${status}; the answer was too large to be kept${where}`;
    return problemResponse(new Problem("conflict", detail), c.env);
  }
  const isProblem = headers["content-type"] === "application/problem+json";
  const text = isProblem ? JSON.stringify({ ...JSON.parse(body), request_id: c.env.requestId }) : body;
  return new Response(text === "" ? null : text, { status, headers: { ...c.env.headers, ...headers } });
}

/** Read by `readBody` already, where the route takes one. */
const bodyOf = (c: Context<AppEnv>): Promise<string> | string => c.req.bodyCache.text === undefined ? "" : c.req.text();

function credentialOf(c: Context<AppEnv>): string {
  const { headers } = c.req.raw;
  const { session } = cookiesFor(c.env.services.publicUrl);
  return headers.get("authorization") ?? session.read(headers.get("cookie")) ?? "";
}
