/**
 * What happens to every request before a route is looked for: an id, who is asking, and the headers of whatever is answered.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { dayIn } from "../lib/day.ts";
import { audienceOf, STRANGER } from "../lib/identity/actor.ts";
import type { Identify } from "../lib/identity/identify.ts";
import type { Services } from "../lib/services.ts";
import { respondWith } from "./answer.ts";
import { methodsAt } from "./app.ts";
import { cookiesFor } from "./cookies.ts";
import type { AppEnv } from "./env.ts";
import { type FinishedAnswer, finishedAnswers } from "./finished_answers.ts";
import { problemFrom, problemResponse } from "./problem_response.ts";

export interface EdgeOptions {
  readonly app: OpenAPIHono<AppEnv>;
  readonly services: Services;
  readonly identify: Identify;
  readonly newId: () => string;
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

export type Serve = (request: Request) => Promise<Response>;

/** Sent with every answer. Keys travel in a header, never in a cookie, so that any origin may read what it has a key for. */
const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "ETag, Location, Link, Retry-After, X-Request-Id",
  "cache-control": "private, no-cache",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const CLIENTS_ID = /^[\w.:-]{1,128}$/;
const PREFLIGHT_SECONDS = 7_200;

export function createEdge({ app, services, identify, newId, onRequest }: EdgeOptions): Serve {
  const { session } = cookiesFor(services.publicUrl);
  const finished = finishedAnswers({ store: services.store, today: dayByMinute(services) });

  return async (request) => {
    const startedAt = services.now().getTime();
    const sent = request.headers.get("x-request-id");
    const requestId = sent !== null && CLIENTS_ID.test(sent) ? sent : newId();
    const headers = { ...HEADERS, "x-request-id": requestId };
    const path = pathOf(request.url);
    const response = request.method === "HEAD"
      ? await headOf(await respond(new Request(request, { method: "GET" }), path, requestId, headers))
      : await respond(request, path, requestId, headers);
    const durationMs = services.now().getTime() - startedAt;
    onRequest({ requestId, method: request.method, path, status: response.status, durationMs });
    return response;
  };

  async function respond(request: Request, path: string, requestId: string, headers: HeaderFields): Promise<Response> {
    if (request.method === "OPTIONS") return options(app, request, headers);
    let actor = STRANGER;
    try {
      const { headers: sent } = request;
      actor = await identify({
        authorization: sent.get("authorization"),
        session: session.read(sent.get("cookie")),
        origin: sent.get("origin"),
      });
    } catch (error) {
      return problemResponse(problemFrom(error), { requestId, path, headers });
    }
    if (request.method !== "GET") return await app.fetch(request, { actor, requestId, path, services, headers });
    const question = `${audienceOf(actor)} ${targetOf(request.url)}`;
    const known = finished.find(question);
    if (known !== undefined) return respondWith(known, request, headers);
    const version = finished.version();
    const keep = (answer: FinishedAnswer) => finished.keep(question, version, answer);
    return await app.fetch(request, { actor, requestId, path, services, headers, keep });
  }
}

type HeaderFields = Readonly<Record<string, string>>;

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
  const preflight = {
    "access-control-allow-methods": allow,
    "access-control-allow-headers": "Authorization, Content-Type, If-Match, If-None-Match, X-Request-Id",
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
  return new Response(null, { status: 204, headers: { ...headers, allow, ...(isPreflight && preflight) } });
}
