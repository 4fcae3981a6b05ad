/**
 * Reading bodies: bounded while they arrive, in a media type that the route declares, and not nested too deeply to parse.
 *
 * @module
 */
import type { Context, MiddlewareHandler, Next } from "hono";
import { Problem } from "../lib/problem.ts";
import type { Services } from "../lib/services.ts";
import type { AppEnv } from "./env.ts";

export interface BodyOptions {
  readonly limitBytes?: number;
  readonly mediaTypes?: readonly string[];
  /** Nothing at all may be sent. */
  readonly isOptional?: boolean;
}

export const MIB = 1024 * 1024;
const MAX_DEPTH = 64;
/** A body that never ends would hold its connection for ever; 8 MiB in this time is 140 kB a second. */
const MAX_BODY_MS = 60_000;

/** Reads the body before the validators do, and leaves it where they look for it. */
export function readBody(
  { limitBytes = MIB, mediaTypes = ["application/json"], isOptional = false }: BodyOptions,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    assertPlain(c.req.header("content-encoding"));
    const bytes = await readInTime(c.env.services, c.req.raw, limitBytes);
    const contentType = c.req.header("content-type");
    const mediaType = contentType?.split(";")[0]?.trim().toLowerCase();
    if (isOptional && bytes.length === 0) return await withoutBody(c, next);
    if (mediaType === undefined && bytes.length === 0) throw new Problem("malformed-request", "A body is required");
    if (mediaType === undefined || !mediaTypes.includes(mediaType)) {
      const sent = mediaType === undefined ? "None was named" : `"${mediaType.slice(0, 100)}" was sent`;
      throw new Problem("unsupported-media-type", `${sent}; send ${mediaTypes.join(" or ")}`);
    }
    const text = decode(bytes);
    if (mediaType === "application/json") assertShallow(text);
    if (contentType !== mediaType) c.req.raw = named(c.req.raw, mediaType);
    // Declared as a string, awaited as a promise: what `c.req.text()` and `c.req.json()` read next.
    c.req.bodyCache.text = Promise.resolve(text) as unknown as string;
    await next();
  };
}

/** Where no media type is named, the validators look for no body. */
async function withoutBody(c: Context<AppEnv>, next: Next): Promise<void> {
  const { url, method, headers } = c.req.raw;
  const plain = new Headers(headers);
  plain.delete("content-type");
  c.req.raw = new Request(url, { method, headers: plain });
  await next();
}

/** A compressed body would be read as garbage. */
function assertPlain(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || contentEncoding.trim().toLowerCase() === "identity") return;
  throw new Problem(
    "unsupported-media-type",
    `The body is encoded as "${contentEncoding.slice(0, 100)}"; send it plain`,
    {
      headers: { "accept-encoding": "identity" },
    },
  );
}

/** The validators after this one know fewer ways to write a media type than RFC 9110 (8.3.1) does: they are shown the plain one. */
function named({ url, method, headers }: Request, mediaType: string): Request {
  const plain = new Headers(headers);
  plain.set("content-type", mediaType);
  return new Request(url, { method, headers: plain });
}

async function readInTime(
  { sleep }: Pick<Services, "sleep">,
  request: Request,
  limitBytes: number,
): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const isRead = new AbortController();
  const late = sleep(MAX_BODY_MS, isRead.signal).then(() => {
    const seconds = MAX_BODY_MS / 1_000;
    throw new Problem("request-timeout", `The body has not ended after ${seconds} s`, {
      headers: { connection: "close" },
    });
  });
  late.catch(() => {});
  try {
    return await Promise.race([readBounded(request, limitBytes), late]);
  } finally {
    isRead.abort();
  }
}

async function readBounded(request: Request, limitBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new Problem("payload-too-large", `The body is larger than ${limitBytes} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of wholeBody(request)) {
    length += chunk.length;
    if (length > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let place = 0;
  for (const chunk of chunks) {
    whole.set(chunk, place);
    place += chunk.length;
  }
  return whole;
}

/** A connection that breaks off is no fault of ours. */
async function* wholeBody({ body }: Request): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body ?? []) yield chunk;
  } catch (cause) {
    throw new Problem("malformed-request", "The body broke off", { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Problem("malformed-request", "The body is not UTF-8");
  }
}

function assertShallow(text: string): void {
  if (depthOf(text) <= MAX_DEPTH) return;
  throw new Problem("malformed-request", `The body is nested more than ${MAX_DEPTH} levels deep`);
}

/** Counted before parsing, since a parser that recurses is what depth breaks. */
function depthOf(text: string): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) deepest = Math.max(deepest, ++depth);
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return deepest;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
