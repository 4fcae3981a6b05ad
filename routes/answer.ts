/**
 * The one way in which an answer is made: one body, one plain object of headers.
 *
 * @module
 */
import type { Context, TypedResponse } from "hono";
import type { AppEnv } from "./env.ts";
import { etagOfBody, isFresh } from "./etag.ts";

/** What {@link answer} needs to know beside the body. */
export interface AnswerOptions {
  /** The version of what is answered; without one, the body's own digest. */
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A JSON answer; to a GET whose tag the client has, 304 without a body. */
export function answer<const T, const S extends 200 | 201 | 202>(
  c: Context<AppEnv>,
  body: T,
  status: S,
  options: AnswerOptions = {},
): TypedResponse<T, S, "json"> & Response {
  const text = JSON.stringify(body);
  return respond(c, text, status, "application/json", options) as Response & TypedResponse<T, S, "json">;
}

/** The same for text of another media type. */
export const answerText = (c: Context<AppEnv>, text: string, type: string, options: AnswerOptions = {}): Response =>
  respond(c, text, 200, type, options);

/** 304 where the client has this version already, before anything is computed for it. */
export function notModified(c: Context<AppEnv>, etag: string): Response | undefined {
  if (!isFresh(c.req.raw.headers.get("if-none-match"), etag)) return undefined;
  return new Response(null, { status: 304, headers: { ...c.env.headers, etag } });
}

export const noContent = (c: Context<AppEnv>): Response =>
  new Response(null, { status: 204, headers: { ...c.env.headers } });

function respond(
  c: Context<AppEnv>,
  text: string,
  status: number,
  type: string,
  options: AnswerOptions,
): Response {
  const etag = options.etag ?? etagOfBody(text);
  const seen = c.req.method === "GET" && status === 200 ? notModified(c, etag) : undefined;
  return seen ??
    new Response(text, { status, headers: { ...c.env.headers, "content-type": type, etag, ...options.headers } });
}
