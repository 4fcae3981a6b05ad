import { gzipSync } from "node:zlib";
import type { Answer } from "./provider_stand_in_route.ts";

/** Text for a string, JSON for everything else, compressed for those who take it, as the provider does. */
export function respond({ status, body, headers }: Answer, request: Request): Response {
  const isText = typeof body === "string";
  const text = isText ? body : JSON.stringify(body);
  const contentType = isText ? "text/plain; charset=utf-8" : "application/json";
  const takesGzip = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  if (!takesGzip || text === "") {
    return new Response(text, { status, headers: { "content-type": contentType, ...headers } });
  }
  return new Response(new Uint8Array(gzipSync(text)), {
    status,
    headers: { "content-type": contentType, "content-encoding": "gzip", ...headers },
  });
}
