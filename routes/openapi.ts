/**
 * The OpenAPI document: made once, from the routes themselves.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { PROBLEMS, type ProblemType } from "../lib/problem.ts";
import { VERSION } from "../lib/version.ts";
import { BEARER_SCHEME, COOKIE_SCHEME } from "./access.ts";
import type { AppEnv } from "./env.ts";

const info = {
  title: "Foliolens",
  version: VERSION,
  summary: "What a portfolio is worth, and how it is spread over sectors",
  description:
    "Portfolios of assets, priced by the market's day that is pulled every night. Amounts, prices and values are decimal strings; weights are numbers. A list goes on at its `Link`, or with its `next_cursor` as `cursor`. GET answers have an `ETag`, for `If-None-Match` and `If-Match`. Errors are problem details (RFC 9457); their [types](/problems). A key goes in as `Authorization: Bearer KEY`; without one, what is public can be read. Every answer says in `X-Request-Id` under which id it was logged.",
  license: { name: "MIT", identifier: "MIT" },
};

const tags = [
  { name: "Portfolios", description: "Assets and how much of each" },
  {
    name: "Analysis",
    description:
      "What a portfolio is worth, how it is spread, what it earned and risks; and the same mathematics for series of your own",
  },
  { name: "Assets", description: "What can be held, and the sectors it stands in" },
  { name: "Market data", description: "Daily bars, and how far they have come" },
  { name: "Jobs", description: "Work that is queued: the nightly pull above all" },
  { name: "Sign-in", description: "Pages for browsers: to a provider that vouches for users, and back" },
  { name: "Account", description: "Who one is, where one is signed in, and one's keys" },
  { name: "Administration", description: "Users, and what administrators did" },
  { name: "Health", description: "For whatever watches the process" },
];

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x21-\\x7e]+$" },
  description:
    "Of the client's making, a UUID for one. Sent again within 24 hours, the request does nothing more and is answered the same; with another body it is 422, while the first is under way 409.",
};

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Record<string, unknown>;
}

interface Operation {
  "x-access"?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean };
  responses: Record<string, { description: string; headers?: object }>;
}

interface Header {
  readonly description: string;
  /** Every answer of a status that declares it has it. */
  readonly required: boolean;
}

const always = (description: string): Header => ({ description, required: true });
const atTimes = (description: string): Header => ({ description, required: false });

/** What answers say beside their bodies, by component. */
const HEADERS = {
  "ETag": always("Names what is answered: send it as `If-None-Match`, or as `If-Match` with a change"),
  "Link": atTimes('The next page, as `rel="next"` (RFC 8288); absent on the last one'),
  "Location": always("The path of what was made"),
  "Retry-After": always("Seconds after which it may be asked for again"),
  "RetryUnderWay": atTimes("Seconds to wait, where the first request with this `Idempotency-Key` is under way"),
  "WWW-Authenticate": always("How to show who one is"),
};
type Component = keyof typeof HEADERS;

/** Of a status, each header by its component. */
type Said = Readonly<Record<string, Component>>;

const ETAG: Said = { "ETag": "ETag" };
const NEXT: Said = { "Link": "Link" };
const WAIT: Said = { "Retry-After": "Retry-After" };
const WAIT_FOR_THE_FIRST: Said = { "Retry-After": "RetryUnderWay" };

const OF_PROBLEMS: Readonly<Record<string, Said>> = {
  401: { "WWW-Authenticate": "WWW-Authenticate" },
  429: WAIT,
  503: WAIT,
};

/** What any request may meet: a key may be unknown, or one for other web pages, and the store out of order. */
const ANYWHERE: readonly ProblemType[] = ["unauthorized", "forbidden", "uri-too-long", "rate-limited", "unavailable"];

const problemReference = (type: ProblemType) => ({
  description: PROBLEMS[type].title,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

/** What `answeredOnce` adds to an operation. */
function takeIdempotencyKey(operation: Operation): void {
  operation.parameters = [...operation.parameters ?? [], IDEMPOTENCY_KEY];
  for (const type of ["malformed-request", "conflict", "validation-failed"] as const) {
    operation.responses[PROBLEMS[type].status] ??= problemReference(type);
  }
}

/** Explorers fill in an `example`: of what may be left out, that would ask for what nobody meant, or not together. */
function leaveOpen(parameter: Parameter): void {
  const { example, ...schema } = parameter.schema;
  if (!parameter.required && example !== undefined) parameter.schema = { ...schema, examples: [example] };
}

function headersOf(method: string, status: string, { parameters = [], responses }: Operation): Said {
  const has = (name: string) => parameters.some((parameter) => parameter.name === name);
  if (status === "409" && has(IDEMPOTENCY_KEY.name)) return WAIT_FOR_THE_FIRST;
  const isConditional = method === "get" && "304" in responses && ["200", "304"].includes(status);
  if (!isConditional) return OF_PROBLEMS[status] ?? {};
  return has("cursor") ? { ...ETAG, ...NEXT } : ETAG;
}

function sayHeaders(method: string, operation: Operation): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const said = Object.entries(headersOf(method, status, operation));
    const own = said.map(([name, component]) => [name, { $ref: `#/components/headers/${component}` }]);
    if (own.length > 0) response.headers = Object.fromEntries(own);
  }
}

export function openApiDocument(app: OpenAPIHono<AppEnv>) {
  app.openAPIRegistry.registerComponent("securitySchemes", BEARER_SCHEME, {
    type: "http",
    scheme: "bearer",
    description:
      "An API key. Where an operation lists scopes, the key needs one of the alternatives; `x-access` says who may call it at all",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", COOKIE_SCHEME, {
    type: "apiKey",
    in: "cookie",
    name: "__Host-foliolens",
    description: "The session of a browser that has signed in (`foliolens` where the service is not on https)",
  });
  for (const [name, header] of Object.entries(HEADERS)) {
    app.openAPIRegistry.registerComponent("headers", name, { ...header, schema: { type: "string" } });
  }
  const document = app.getOpenAPI31Document({ openapi: "3.1.0", info, tags, servers: [{ url: "/" }] });
  for (const path of Object.values(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(path as Record<string, Operation>)) {
      if (method === "post" && operation["x-access"] !== "anyone") takeIdempotencyKey(operation);
      operation.parameters?.forEach(leaveOpen);
      // No operation does without the body that it declares, unless it says so: `readBody` sees to that.
      if (operation.requestBody !== undefined) {
        operation.requestBody.required ??= true;
        operation.responses[PROBLEMS["request-timeout"].status] ??= problemReference("request-timeout");
      }
      for (const type of ANYWHERE) operation.responses[PROBLEMS[type].status] ??= problemReference(type);
      sayHeaders(method, operation);
    }
  }
  return document;
}
