/**
 * The admin site as a client of the API, within the process: the same routes, and so the same checks, for the same actor.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AppEnv } from "../env.ts";

export interface ApiQuestion {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  /** A media type other than JSON. */
  readonly accept?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly isOk: boolean;
  // deno-lint-ignore no-explicit-any -- JSON of whichever route was asked
  readonly body: any;
  readonly text: string;
  readonly etag: string | undefined;
  readonly location: string | undefined;
  readonly cookie: string | undefined;
}

/** Paths are the API's, query included. */
export type Api = (path: string, question?: ApiQuestion) => Promise<ApiAnswer>;

export const apiFor = (app: OpenAPIHono<AppEnv>, c: Context<AppEnv>): Api => async (path, question = {}) => {
  const { method = "GET", body, ifMatch, accept } = question;
  const headers = new Headers();
  if (body !== undefined) headers.set("content-type", "application/json");
  if (ifMatch !== undefined) headers.set("if-match", ifMatch);
  if (accept !== undefined) headers.set("accept", accept);
  const url = new URL(path, c.req.url);
  const request = new Request(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { finished: _, ...env } = c.env;
  const response = await app.fetch(request, { ...env, path: url.pathname });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    isOk: response.ok,
    body: isJson ? JSON.parse(text) : undefined,
    text,
    etag: response.headers.get("etag") ?? undefined,
    location: response.headers.get("location") ?? undefined,
    cookie: response.headers.get("set-cookie") ?? undefined,
  };
};

/** What is wrong with a body or a query, by pointer; under "" what is wrong with it as a whole. */
export function errorsOf({ body }: ApiAnswer): Map<string, string[]> {
  const errors = new Map<string, string[]>();
  for (const { parameter, detail, pointer = parameter === undefined ? "" : `/${parameter}` } of body?.errors ?? []) {
    errors.set(pointer, [...errors.get(pointer) ?? [], detail]);
  }
  if (!errors.has("") && errors.size === 0) errors.set("", [body?.detail ?? "It was refused"]);
  return errors;
}
