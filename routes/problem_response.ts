/**
 * How a problem looks on the wire and in the OpenAPI document (RFC 9457).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { Problem, PROBLEMS, type ProblemType } from "../lib/problem.ts";
import { InvalidCursor } from "../lib/store/cursor.ts";
import { UnreadableEntry } from "../lib/store/unreadable.ts";
import type { AppEnv, RequestFacts } from "./env.ts";

export const ProblemSchema = z.object({
  type: z.string().openapi({ description: "A page that says more of this kind of problem", format: "uri-reference" }),
  title: z.string().openapi({ description: "The kind of problem, in words" }),
  status: z.int().openapi({ description: "The HTTP status" }),
  detail: z.string().openapi({ description: "What was wrong this time" }),
  instance: z.string().openapi({ description: "The path that was asked for", format: "uri-reference" }),
  request_id: z.string().openapi({ description: "Under which the request was logged" }),
  errors: z.array(z.object({
    pointer: z.string().optional().openapi({ description: "JSON pointer (RFC 6901) to a value of the body" }),
    parameter: z.string().optional().openapi({ description: "Name of a parameter" }),
    detail: z.string(),
  })).optional().openapi({ description: "Each value that is wrong" }),
}).openapi("Problem", {
  example: {
    type: "/problems/validation-failed",
    title: "The request is not valid",
    status: 422,
    detail: "There is no asset XYZ",
    instance: "/portfolios",
    request_id: "5c3c5a0e-8f7b-4f0e-9a55-2b8f0f1f7a11",
    errors: [{ pointer: "/investments/0/asset", detail: "There is no asset XYZ" }],
  },
});

const BY_STATUS: Readonly<Record<number, ProblemType>> = {
  400: "malformed-request",
  413: "payload-too-large",
  415: "unsupported-media-type",
};

/** Whatever was thrown, as a problem; what is not meant for the client becomes `internal`. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidCursor) {
    return new Problem("validation-failed", error.message, {
      errors: [{ parameter: "cursor", detail: "use a next_cursor of the same list" }],
    });
  }
  if (error instanceof UnreadableEntry) {
    return new Problem("internal", "Something that is stored for this cannot be read; the log says what", {
      cause: error,
    });
  }
  const type = error instanceof HTTPException ? BY_STATUS[error.status] : undefined;
  if (error instanceof HTTPException && type !== undefined) return new Problem(type, error.message);
  return new Problem("internal", "The error has been logged", { cause: error });
}

export function problemResponse(
  problem: Problem,
  facts: Pick<RequestFacts, "requestId" | "path" | "headers">,
): Response {
  const { status, title } = PROBLEMS[problem.type];
  const body: z.infer<typeof ProblemSchema> = {
    type: `/problems/${problem.type}`,
    title,
    status,
    detail: problem.detail,
    instance: reference(facts.path),
    request_id: facts.requestId,
    ...(problem.errors && { errors: [...problem.errors] }),
  };
  const headers = { ...facts.headers, "content-type": "application/problem+json", ...problem.headers };
  return new Response(JSON.stringify(body), { status, headers: { ...headers, "cache-control": "no-store" } });
}

/** A path as a URI reference (RFC 3986): clients send what is none, and two slashes at its start would name a host. */
const reference = (path: string): string =>
  path.replace(/^\/+/, "/").replaceAll(/[^\x21-\x7e]|["<>\\^`{|}]/gu, encodeURIComponent);

export const problemOf = (c: Context<AppEnv>, error: unknown): Response => problemResponse(problemFrom(error), c.env);

/** The problem answers of a route, for its OpenAPI entry. */
export const problems = <const T extends ProblemType>(...types: T[]) =>
  Object.fromEntries(types.map((type) => [PROBLEMS[type].status, {
    description: PROBLEMS[type].title,
    content: { "application/problem+json": { schema: ProblemSchema } },
  }])) as {
    [K in (typeof PROBLEMS)[T]["status"]]: {
      description: string;
      content: { "application/problem+json": { schema: typeof ProblemSchema } };
    };
  };
