/**
 * The end of serving: uploads that are under way are finished, those that come after are refused.
 *
 * `shutdown` of a server waits for handlers, but what they have not read of a body by then can be read no more
 * (https://github.com/denoland/deno/issues/36809): so it has to wait until nothing is being uploaded.
 *
 * @module
 */
import { Problem } from "../lib/problem.ts";
import type { Serve } from "./edge.ts";
import { problemResponse } from "./problem_response.ts";

export interface Draining {
  readonly serve: Serve;
  /** Ends when nothing is being uploaded, and nothing will be. */
  drain(): Promise<void>;
}

const WITHOUT_BODY: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function draining(serve: Serve): Draining {
  let uploads = 0;
  let drained: PromiseWithResolvers<void> | undefined;

  const ended = () => drained?.resolve();

  async function upload(request: Request, peer?: () => string): Promise<Response> {
    if (drained !== undefined) return stopping(request);
    uploads += 1;
    try {
      return await serve(request, peer);
    } finally {
      uploads -= 1;
      if (uploads === 0) ended();
    }
  }

  return {
    serve: (request, peer) => WITHOUT_BODY.has(request.method) ? serve(request, peer) : upload(request, peer),
    drain() {
      drained ??= Promise.withResolvers();
      if (uploads === 0) drained.resolve();
      return drained.promise;
    },
  };
}

function stopping(request: Request): Response {
  return problemResponse(new Problem("unavailable", "The server is stopping", { headers: { "retry-after": "1" } }), {
    path: new URL(request.url).pathname,
    requestId: crypto.randomUUID(),
    headers: { connection: "close" },
  });
}
