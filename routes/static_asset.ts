/**
 * What is sent as it is: pages and files of ours.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Context, Handler } from "hono";
import type { AppEnv } from "./env.ts";
import { isFresh } from "./etag.ts";
import { pageHeaders } from "./security_headers.ts";

/** A GET route whose answer is a page or a file of ours: outside the API, so outside its document too. */
export interface PageRoute {
  readonly path: string;
  readonly handler: Handler<AppEnv>;
}

/** A body that stays the same for as long as the process lives. */
export interface StaticAsset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Changes with the body, and is short enough for a path. */
  readonly hash: string;
  /** Compressed at the first request for it, then kept. */
  readonly gzipped: () => Promise<Uint8Array<ArrayBuffer>>;
}

export function staticAsset(content: string | Uint8Array<ArrayBuffer>, type: string): StaticAsset {
  const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  let gzipped: Promise<Uint8Array<ArrayBuffer>> | undefined;
  return { body, type, hash, gzipped: () => gzipped ??= gzip(body) };
}

export async function serveAsset(
  c: Context<AppEnv>,
  asset: StaticAsset,
  own: Readonly<Record<string, string>>,
): Promise<Response> {
  // Weak: the compressed and the plain body share it.
  const etag = `W/"${asset.hash}"`;
  const headers = { ...pageHeaders(c.env.headers), "content-type": asset.type, etag, vary: "accept-encoding", ...own };
  const request = c.req.raw.headers;
  if (isFresh(request.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  if (!acceptsGzip(request.get("accept-encoding"))) return new Response(asset.body, { headers });
  return new Response(await asset.gzipped(), { headers: { ...headers, "content-encoding": "gzip" } });
}

function acceptsGzip(acceptEncoding: string | null): boolean {
  const offers = acceptEncoding?.split(",") ?? [];
  return offers.some((offer) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(offer));
}

function gzip(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Response(new Response(body).body?.pipeThrough(new CompressionStream("gzip"))).bytes();
}
