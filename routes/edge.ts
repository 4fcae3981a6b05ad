/**
 * What happens to every request before a route is looked for: an id, who is asking, and the headers of whatever is answered.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { dayIn } from "../lib/day.ts";
import { type Actor, audienceOf, STRANGER } from "../lib/identity/actor.ts";
import { isFromOurPages } from "../lib/identity/cross_site.ts";
import type { Identify } from "../lib/identity/identify.ts";
import { Problem } from "../lib/problem.ts";
import type { Services } from "../lib/services.ts";
import { respondWith } from "./answer.ts";
import { type AppOptions, methodsAt } from "./app.ts";
import { cookiesFor } from "./cookies.ts";
import type { AppEnv } from "./env.ts";
import { type FinishedAnswer, finishedAnswers } from "./finished_answers.ts";
import { problemFrom, problemResponse } from "./problem_response.ts";
import type { RequestLimits } from "./request_limits.ts";
import { apiHeaders, type HeaderFields, preflightHeaders } from "./security_headers.ts";

export interface EdgeOptions {
  readonly app: OpenAPIHono<AppEnv>;
  readonly services: Services;
  readonly identify: Identify;
  readonly limits: RequestLimits;
  readonly newId: () => string;
  readonly onInternalError: AppOptions["onInternalError"];
  readonly onRequest: (entry: RequestEntry) => void;
}

/** A line of the request log. */
export interface RequestEntry {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

/** `peer` tells the address at the other end of the connection; without it, all requests come from one. */
export type Serve = (request: Request, peer?: () => string) => Promise<Response>;

const CLIENTS_ID = /^[\w.:-]{1,128}$/;
/** More than any path with any query of ours has. */
const MAX_TARGET_CHARS = 8_192;
const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function createEdge(given: EdgeOptions): Serve {
  const { app, services, identify, limits, newId, onInternalError, onRequest } = given;
  const { publicUrl } = services;
  const { session } = cookiesFor(publicUrl);
  const finished = finishedAnswers({ store: services.store, today: dayByMinute(services) });
  const always = apiHeaders(publicUrl);

  return async (request, peer = () => "unknown") => {
    const startedAt = services.now().getTime();
    const sent = request.headers.get("x-request-id");
    const requestId = sent !== null && CLIENTS_ID.test(sent) ? sent : newId();
    const path = pathOf(request.url);
    const response = request.method === "HEAD"
      ? await headOf(await respond(new Request(request, { method: "GET" }), path, requestId, peer))
      : await respond(request, path, requestId, peer);
    const durationMs = services.now().getTime() - startedAt;
    onRequest({ requestId, method: request.method, path, status: response.status, durationMs });
    return response;
  };

  async function respond(request: Request, path: string, requestId: string, peer: () => string): Promise<Response> {
    const headersWith = (more?: HeaderFields): HeaderFields => ({ ...always, "x-request-id": requestId, ...more });
    if (request.method === "OPTIONS") return options(app, request, headersWith());
    let [actor, headers]: [Actor, HeaderFields] = [STRANGER, always];
    try {
      let left: HeaderFields;
      [actor, left] = await admit(request, path, peer);
      headers = headersWith(left);
    } catch (error) {
      const problem = problemFrom(error);
      if (problem.type === "internal") onInternalError(error, requestId);
      return problemResponse(problem, { requestId, path, headers: headersWith() });
    }
    if (request.method !== "GET") return await app.fetch(request, { actor, requestId, path, services, headers });
    const question = `${audienceOf(actor)} ${targetOf(request.url)}`;
    const known = finished.find(question);
    if (known !== undefined) return respondWith(known, request, headers);
    const version = finished.version();
    const keep = (answer: FinishedAnswer) => finished.keep(question, version, answer);
    return await app.fetch(request, { actor, requestId, path, services, headers, keep });
  }

  /** Who asks, and what their limit leaves them. Throws what keeps a request from every route. */
  async function admit(request: Request, path: string, peer: () => string): Promise<[Actor, HeaderFields]> {
    if (targetOf(request.url).length > MAX_TARGET_CHARS) {
      throw new Problem("uri-too-long", `Path and query are longer than ${MAX_TARGET_CHARS} characters`);
    }
    const { headers } = request;
    const caller = { path, headers, peer };
    let actor: Actor;
    try {
      actor = await identify({
        authorization: headers.get("authorization"),
        session: session.read(headers.get("cookie")),
        origin: headers.get("origin"),
      });
    } catch (error) {
      // Keys are not to be guessed at leisure.
      await limits.count(STRANGER, caller);
      throw error;
    }
    const left = await limits.count(actor, caller);
    if (!READS.has(request.method)) assertFromOurPages(actor, headers);
    return [actor, left];
  }

  function assertFromOurPages(actor: Actor, headers: Headers): void {
    if (actor.type === "stranger" || actor.by.type !== "session") return;
    const from = { secFetchSite: headers.get("sec-fetch-site"), origin: headers.get("origin") };
    if (isFromOurPages(from, publicUrl)) return;
    throw new Problem("forbidden", `With a session, changes are taken from pages of ${publicUrl} only; use a key`);
  }
}

/** What a GET would be answered, without its body, and with the length that it would have (RFC 9110, 9.3.2). */
async function headOf(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  const { length } = await response.bytes();
  if (response.body !== null) headers.set("content-length", String(length));
  return new Response(null, { status: response.status, headers });
}

/** Path and query, without the host: that is what the client says it is. The URL is one that the server has parsed already. */
const targetOf = (url: string): string => url.slice(url.indexOf("/", url.indexOf("//") + 2));

function pathOf(url: string): string {
  const target = targetOf(url);
  const end = target.indexOf("?");
  return end < 0 ? target : target.slice(0, end);
}

/** Asking the calendar costs more than the rest of an answer that is known already. */
function dayByMinute({ now, marketTimeZone }: Services): () => string {
  let [minute, day] = [-1, ""];
  return () => {
    const present = Math.floor(now().getTime() / 60_000);
    if (present !== minute) [minute, day] = [present, dayIn(marketTimeZone, now())];
    return day;
  };
}

/** What may be asked here, and by the Fetch standard's preflight from other origins. */
function options(app: OpenAPIHono<AppEnv>, request: Request, headers: HeaderFields): Response {
  const methods = methodsAt(app, app.getPath(request));
  const allow = methods.length === 0 ? "OPTIONS" : methods.join(", ");
  const isPreflight = request.headers.has("access-control-request-method");
  const preflight = isPreflight ? preflightHeaders(allow) : {};
  return new Response(null, { status: 204, headers: { ...headers, allow, ...preflight } });
}
