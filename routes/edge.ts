/**
 * What happens to every request before a route is looked for: an id, who is asking, and the headers of whatever is answered.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { dayIn } from "../lib/day.ts";
import { type Actor, audienceOf, STRANGER } from "../lib/identity/actor.ts";
import type { Identify } from "../lib/identity/identify.ts";
import type { Services } from "../lib/services.ts";
import { nameRequestSpan } from "../lib/telemetry/tracing.ts";
import { admission, targetOf } from "./admission.ts";
import { respondWith } from "./answer.ts";
import { type AppOptions, methodsAt } from "./app.ts";
import type { AppEnv } from "./env.ts";
import { type FinishedAnswer, finishedAnswers } from "./finished_answers.ts";
import { problemFrom, problemResponse } from "./problem_response.ts";
import type { RequestLimits } from "./request_limits.ts";
import { NO_ROUTE, routeNames } from "./route_names.ts";
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
  /** The pattern that the path is answered by. */
  readonly route: string;
  /** The user who asked; nobody, of a stranger. */
  readonly user: string | undefined;
  readonly status: number;
  readonly durationMs: number;
}

/** `peer` tells the address at the other end of the connection; without it, all requests come from one. */
export type Serve = (request: Request, peer?: () => string) => Promise<Response>;

/** What comes to be known of a request while it is answered. */
interface Found {
  route: string;
  user: string | undefined;
}

const CLIENTS_ID = /^[\w.:-]{1,128}$/;

export function createEdge(given: EdgeOptions): Serve {
  const { app, services, identify, newId, onInternalError, onRequest } = given;
  const { monotonicMs } = services.telemetry;
  const admit = admission({ ...given, publicUrl: services.publicUrl });
  const finished = finishedAnswers({
    store: services.store,
    today: () => dayIn(services.marketTimeZone, services.now()),
  });
  const always = apiHeaders(services.publicUrl);
  const routeOf = routeNames(app);
  services.telemetry.metrics.watchCache("finished_answers", finished.counts);

  return async (request, peer = () => "unknown") => {
    const startedMs = monotonicMs();
    const sent = request.headers.get("x-request-id");
    const requestId = sent !== null && CLIENTS_ID.test(sent) ? sent : newId();
    const path = pathOf(request.url);
    const found: Found = { route: NO_ROUTE, user: undefined };
    const response = request.method === "HEAD"
      ? await headOf(await respond(new Request(request, { method: "GET" }), path, requestId, peer, found))
      : await respond(request, path, requestId, peer, found);
    nameRequestSpan(request.method, found.route, requestId);
    const durationMs = monotonicMs() - startedMs;
    onRequest({ requestId, method: request.method, path, ...found, status: response.status, durationMs });
    return response;
  };

  async function respond(
    request: Request,
    path: string,
    requestId: string,
    peer: () => string,
    found: Found,
  ): Promise<Response> {
    const headersWith = (more?: HeaderFields): HeaderFields => ({ ...always, "x-request-id": requestId, ...more });
    if (request.method === "OPTIONS") return options(app, request, headersWith());
    const facts = { requestId, path, services, identify };
    let [actor, headers]: [Actor, HeaderFields] = [STRANGER, always];
    try {
      let left: HeaderFields;
      // By the path as routes are matched by it: what is escaped in another way leads to the same place.
      [actor, left] = await admit(request, { path: app.getPath(request), headers: request.headers, peer });
      headers = headersWith(left);
      if (actor.type === "user") found.user = actor.id;
    } catch (error) {
      found.route = routeOf(request.method, app.getPath(request));
      const problem = problemFrom(error);
      if (problem.type === "internal") onInternalError(error, requestId);
      return problemResponse(problem, { requestId, path, headers: headersWith() });
    }
    if (request.method !== "GET") {
      found.route = routeOf(request.method, app.getPath(request));
      return await app.fetch(request, { ...facts, actor, headers });
    }
    const question = `${audienceOf(actor)} ${targetOf(request.url)}`;
    const known = finished.find(question);
    if (known !== undefined) {
      found.route = known.route;
      return respondWith(known, request, headers);
    }
    const route = found.route = routeOf("GET", app.getPath(request));
    const version = finished.version();
    const keep = (answer: Omit<FinishedAnswer, "route">) => finished.keep(question, version, { ...answer, route });
    return await app.fetch(request, { ...facts, actor, headers, keep });
  }
}

/** What a GET would be answered, without its body, and with the length that it would have (RFC 9110, 9.3.2). */
async function headOf(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  const { length } = await response.bytes();
  if (response.body !== null) headers.set("content-length", String(length));
  return new Response(null, { status: response.status, headers });
}

function pathOf(url: string): string {
  const target = targetOf(url);
  const end = target.indexOf("?");
  return end < 0 ? target : target.slice(0, end);
}

/** What may be asked here, and by the Fetch standard's preflight from other origins. */
function options(app: OpenAPIHono<AppEnv>, request: Request, headers: HeaderFields): Response {
  const methods = methodsAt(app, app.getPath(request));
  const allow = methods.length === 0 ? "OPTIONS" : methods.join(", ");
  const isPreflight = request.headers.has("access-control-request-method");
  const preflight = isPreflight ? preflightHeaders(allow) : {};
  return new Response(null, { status: 204, headers: { ...headers, allow, ...preflight } });
}
