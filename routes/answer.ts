/**
 * The one way in which an answer is made: one body, one plain object of headers.
 *
 * @module
 */
import type { Context, TypedResponse } from "hono";
import type { AppEnv } from "./env.ts";
import { etagOfBody, etagOfForm, isFresh } from "./etag.ts";
import type { FinishedAnswer } from "./finished_answers.ts";
import type { HeaderFields } from "./security_headers.ts";

/** What {@link answer} needs to know beside the body. */
export interface AnswerOptions {
  /** The tag of this answer; without one, the body's own digest. */
  readonly etag?: string;
  /** Instead of that, the tag of what is answered, in whichever form. */
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer depends on nothing but the path, who asks, portfolios, market data and the day. */
  readonly isReusable?: boolean;
}

/** A JSON answer; to a GET whose tag the client has, 304 without a body. */
export function answer<const T, const S extends 200 | 201 | 202>(
  c: Context<AppEnv>,
  body: T,
  status: S,
  options: AnswerOptions = {},
): TypedResponse<T, S, "json"> & Response {
  return respond(c, JSON.stringify(body), status, "application/json", options) as
    & Response
    & TypedResponse<T, S, "json">;
}

/** The same for text of another media type. */
export const answerText = (c: Context<AppEnv>, text: string, type: string, options: AnswerOptions = {}): TextAnswer =>
  respond(c, text, 200, type, options) as TextAnswer;

export type TextAnswer = Response & TypedResponse<string, 200, "text">;

/** 304 where the client has this version already, or the answer that was made of it; before anything is computed. */
export function unchanged(
  c: Context<AppEnv>,
  etag: string,
  headers: HeaderFields = {},
  always: HeaderFields = c.env.headers,
): Response | undefined {
  if (!isFresh(c.req.raw.headers.get("if-none-match"), etag)) return c.env.finished?.again(etag);
  return new Response(null, { status: 304, headers: { ...always, ...headers, etag } });
}

/** What is answered to a GET. */
export interface Content {
  readonly text: string;
  readonly type: string;
  readonly etag: string;
  /** Its own, beside those that every answer carries. */
  readonly headers?: HeaderFields | undefined;
}

/** The whole answer to a GET, or 304. */
export function respondWith(content: Content, request: Request, headers: HeaderFields): Response {
  const { text, type, etag, headers: own } = content;
  if (isFresh(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers: { ...headers, ...own, etag } });
  }
  return new Response(text, { headers: { ...headers, ...own, "content-type": type, etag } });
}

/** What {@link respondAgain} gives. Not all of it is asked for again: the first who does has the response made. */
export function finishedAnswer(content: Content, headers: HeaderFields): Finished {
  let kept: Content | Response = content;
  return {
    response: () => kept instanceof Response ? kept : kept = readyResponse(kept, headers),
    bodyBytes: content.text.length,
    etag: content.etag,
  };
}

function readyResponse({ text, type, etag, headers: own }: Content, headers: HeaderFields): Response {
  const body = new TextEncoder().encode(text);
  return new Response(body, { headers: { ...headers, ...own, "content-type": type, etag } });
}

type Finished = Omit<FinishedAnswer, "route">;

/** The same as {@link respondWith}. A copy costs a fraction of a new response: its headers have been judged once. */
export function respondAgain({ response, etag }: Finished, request: Request, ofRequest: HeaderFields): Response {
  const copy = response().clone();
  for (const [name, value] of Object.entries(ofRequest)) copy.headers.set(name, value);
  if (!isFresh(request.headers.get("if-none-match"), etag)) return copy;
  copy.headers.delete("content-type");
  return new Response(null, { status: 304, headers: copy.headers });
}

export const noContent = (c: Context<AppEnv>, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, { status: 204, headers: { ...c.env.headers, ...headers } });

function respond(c: Context<AppEnv>, text: string, status: number, type: string, options: AnswerOptions): Response {
  const { version, etag = version === undefined ? etagOfBody(text) : etagOfForm(version, text) } = options;
  const isRead = c.req.method === "GET" || c.req.method === "HEAD";
  if (!isRead || status !== 200) {
    const headers = { ...c.env.headers, ...options.headers };
    return new Response(text, { status, headers: { ...headers, "content-type": type, etag } });
  }
  const content = { text, type, etag, headers: options.headers };
  if (options.isReusable) c.env.finished?.keep(content);
  return respondWith(content, c.req.raw, c.env.headers);
}
