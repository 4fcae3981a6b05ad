/**
 * What happens to every request before a route is looked for: an id, who is asking, and the headers of whatever is answered.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { dayIn } from "../lib/day.ts";
import { audienceOf } from "../lib/identity/actor.ts";
import type { Identify } from "../lib/identity/identify.ts";
import type { Services } from "../lib/services.ts";
import { nameRequestSpan } from "../lib/telemetry/tracing.ts";
import { admission, type Admitted, targetOf } from "./admission.ts";
import { type Content, finishedAnswer, respondAgain } from "./answer.ts";
import { type AppOptions, methodsAt } from "./app.ts";
import type { AppEnv } from "./env.ts";
import { finishedAnswers } from "./finished_answers.ts";
import { problemFrom, problemResponse } from "./problem_response.ts";
import type { RequestLimits } from "./request_limits.ts";
import { NO_ROUTE, routeNames } from "./route_names.ts";
import { apiHeaders, type HeaderFields, preflightHeaders } from "./security_headers.ts";
import { whenThere } from "./when_there.ts";

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

/**
 * `peer` tells the address at the other end of the connection; without it, all requests come from one. An answer that was
 * finished before is given at once.
 */
export type Serve = (request: Request, peer?: () => string) => Response | Promise<Response>;

/** A request, and what comes to be known of it while it is answered. */
interface Asked {
  readonly requestId: string;
  readonly method: string;
  /** As it was sent, with its query. */
  readonly target: string;
  readonly path: string;
  readonly peer: () => string;
  readonly startedMs: number;
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

  return (request, peer = () => "unknown") => {
    const startedMs = monotonicMs();
    const { method, headers } = request;
    // To look whether one is there reads all of them, once; to ask for one after another costs as much each time.
    const sent = headers.has("x-request-id") ? headers.get("x-request-id") : null;
    const requestId = sent !== null && CLIENTS_ID.test(sent) ? sent : newId();
    const target = targetOf(request.url);
    const path = pathOf(target);
    const asked: Asked = { requestId, method, target, path, peer, startedMs, route: NO_ROUTE, user: undefined };
    const response = method === "HEAD"
      ? whenThere(respond(new Request(request.url, { headers }), asked), headOf)
      : respond(request, asked);
    return whenThere(response, (response) => told(asked, response));
  };

  function told({ requestId, method, path, route, user, startedMs }: Asked, response: Response): Response {
    nameRequestSpan(method, route === NO_ROUTE ? undefined : route, requestId);
    const durationMs = monotonicMs() - startedMs;
    onRequest({ requestId, method, path, route, user, status: response.status, durationMs });
    return response;
  }

  function respond(request: Request, asked: Asked): Response | Promise<Response> {
    if (request.method === "OPTIONS") return options(app, request, headersOf(asked));
    try {
      // By the path as routes are matched by it: what is escaped in another way leads to the same place.
      const caller = { path: app.getPath(request), headers: request.headers, peer: asked.peer };
      const admitted = admit(request, caller);
      if (!(admitted instanceof Promise)) return answered(request, asked, admitted);
      return admitted.then((given) => answered(request, asked, given), (error) => refused(request, asked, error));
    } catch (error) {
      return refused(request, asked, error);
    }
  }

  function answered(request: Request, asked: Asked, [actor, left]: Admitted): Response | Promise<Response> {
    if (actor.type === "user") asked.user = actor.id;
    const question = audienceOf(actor) + asked.target;
    const known = request.method === "GET" ? finished.find(question) : undefined;
    const ofRequest = { "x-request-id": asked.requestId, ...left };
    if (known !== undefined) {
      asked.route = known.route;
      return respondAgain(known, request, ofRequest);
    }
    const route = asked.route = routeOf(request.method, app.getPath(request));
    const { requestId, path } = asked;
    const facts = { requestId, path, services, identify, actor, headers: { ...always, ...ofRequest } };
    if (request.method !== "GET") return app.fetch(request, facts);
    const madeFrom = finished.versions();
    const again = (etag: string) => {
      const former = finished.former(question);
      if (former?.etag !== etag) return undefined;
      finished.keep(question, madeFrom, former);
      return respondAgain(former, request, ofRequest);
    };
    const keep = (content: Content) => finished.keep(question, madeFrom, { ...finishedAnswer(content, always), route });
    return app.fetch(request, { ...facts, finished: { keep, again } });
  }

  function refused(request: Request, asked: Asked, error: unknown): Response {
    asked.route = routeOf(request.method, app.getPath(request));
    const problem = problemFrom(error);
    if (problem.type === "internal") onInternalError(error, asked.requestId);
    return problemResponse(problem, { ...asked, headers: headersOf(asked) });
  }

  function headersOf({ requestId }: Asked): HeaderFields {
    return { ...always, "x-request-id": requestId };
  }
}

/** What a GET would be answered, without its body, and with the length that it would have (RFC 9110, 9.3.2). */
async function headOf(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  const { length } = await response.bytes();
  if (response.body !== null) headers.set("content-length", String(length));
  return new Response(null, { status: response.status, headers });
}

function pathOf(target: string): string {
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
