/** Faults on demand. Each stands in the place of one good answer, or spoils it. */

import { respond } from "./provider_stand_in_response.ts";
import { withRows } from "./provider_stand_in_rows.ts";
import type { Answer } from "./provider_stand_in_route.ts";

export type Fault =
  | {
    readonly type: "status";
    readonly status: number;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  }
  /** A proxy's error page. Default status 502. */
  | { readonly type: "html"; readonly status?: number }
  /** The answer's first half, as if it were the whole. */
  | { readonly type: "truncated_json" }
  /** Nothing comes until the stand-in is stopped. */
  | { readonly type: "hang" }
  /** A byte every `everyMs` (default 1), which no time-out between bytes would catch. */
  | { readonly type: "slow_drip"; readonly everyMs?: number }
  /** Half of the answer, and the connection breaks. */
  | { readonly type: "broken_connection" }
  | { readonly type: "wrong_content_type"; readonly contentType?: string }
  /** Each row twice. */
  | { readonly type: "duplicate_rows" }
  /** What the route has of garbage before the good rows. */
  | { readonly type: "garbage_rows" }
  /** Splits the wrong way round. */
  | { readonly type: "reversed_ratios" }
  /** Splits of which nothing is left. */
  | { readonly type: "zero_ratios" }
  /** The address of the next page is that of this one. */
  | { readonly type: "repeated_cursor" }
  /** A valid and empty answer with padding of so many bytes, which compress well. */
  | { readonly type: "oversized_body"; readonly bytes: number }
  | { readonly type: "redirect"; readonly location: string };

export interface Faults {
  /**
   * Spoils the next `times` answers (default 1; `Infinity` = until cleared) to calls whose path starts with `path`
   * (default: all). Faults are used up in the order in which they were added; refused calls use up none.
   */
  add(fault: Fault, options?: { readonly times?: number; readonly path?: string }): void;
  clear(): void;
}

interface PendingFault {
  readonly fault: Fault;
  readonly path: string;
  times: number;
}

/** The controls, and `take`: the fault that the next answer on `path` has to suffer. */
export function createFaults(): Faults & { take(path: string): Fault | undefined } {
  let pending: PendingFault[] = [];
  return {
    add(fault, { times = 1, path = "/" } = {}) {
      pending.push({ fault, path, times });
    },
    clear() {
      pending = [];
    },
    take(path) {
      const next = pending.find((candidate) => path.startsWith(candidate.path));
      if (next === undefined) return undefined;
      next.times -= 1;
      pending = pending.filter(({ times }) => times > 0);
      return next.fault;
    },
  };
}

/** A fault, and the garbage of the route that has to suffer it. */
export interface Spoiling {
  readonly fault: Fault;
  readonly garbage: readonly unknown[];
}

/** `answer`, spoilt by `fault`. `stopped` ends what would otherwise go on for ever. */
export async function respondWithFault(
  { fault, garbage }: Spoiling,
  answer: Answer,
  request: Request,
  stopped: AbortSignal,
): Promise<Response> {
  switch (fault.type) {
    case "status":
      return respond({ body: "", headers: {}, ...fault }, request);
    case "html":
      return respond({ ...HTML_PAGE, status: fault.status ?? 502 }, request);
    case "truncated_json": {
      const text = textOf(answer);
      return respond({ ...answer, body: text.slice(0, text.length / 2), headers: JSON_TYPE }, request);
    }
    case "hang":
      return await nothingUntil(stopped);
    case "slow_drip":
      return new Response(dripping(textOf(answer), fault.everyMs ?? 1, stopped), { headers: JSON_TYPE });
    case "broken_connection":
      return breaking(textOf(answer));
    case "wrong_content_type":
      return respond({ ...answer, headers: { "content-type": fault.contentType ?? "text/html" } }, request);
    case "duplicate_rows":
      return respond(withRows(answer, (rows) => rows.flatMap((row) => [row, row])), request);
    case "garbage_rows":
      return respond(withRows(answer, (rows) => [...garbage, ...rows]), request);
    case "reversed_ratios":
      return respond(withRows(answer, (rows) => rows.map(reversedSplit)), request);
    case "zero_ratios":
      return respond(withRows(answer, (rows) => rows.map((row) => ({ ...(row as object), split_to: 0 }))), request);
    case "repeated_cursor":
      return respond(toItself(answer, request), request);
    case "oversized_body": {
      const body = textOf(withRows(answer, () => [])) + " ".repeat(fault.bytes);
      return respond({ ...answer, body, headers: JSON_TYPE }, request);
    }
    case "redirect":
      return new Response(null, { status: 302, headers: { location: fault.location } });
  }
}

const JSON_TYPE = { "content-type": "application/json" };

function reversedSplit(row: unknown): unknown {
  const { split_from, split_to, ...rest } = row as Record<string, unknown>;
  return { ...rest, split_from: split_to, split_to: split_from };
}

const HTML_PAGE = {
  body: "<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>",
  headers: { "content-type": "text/html" },
};

function textOf({ body }: Answer): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** As if its next page were itself. */
function toItself(answer: Answer, { url }: Request): Answer {
  const address = new URL(url);
  address.searchParams.delete("apiKey");
  return { ...answer, body: { ...(answer.body as object), next_url: address.href } };
}

function nothingUntil(stopped: AbortSignal): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>();
  stopped.addEventListener("abort", () => resolve(new Response(null, { status: 503 })), { once: true });
  return promise;
}

function dripping(text: string, everyMs: number, stopped: AbortSignal): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let timer: ReturnType<typeof setInterval> | undefined;
  let sent = 0;
  return new ReadableStream({
    start(controller) {
      const end = () => {
        clearInterval(timer);
        controller.close();
      };
      timer = setInterval(() => {
        if (stopped.aborted || sent === bytes.length) return end();
        controller.enqueue(bytes.subarray(sent, ++sent));
      }, everyMs);
    },
    cancel() {
      clearInterval(timer);
    },
  });
}

/** Fewer bytes than were announced: the server cannot but break the connection. */
function breaking(text: string): Response {
  const body = new Blob([text.slice(0, text.length / 2)]).stream();
  return new Response(body, { headers: { ...JSON_TYPE, "content-length": String(text.length) } });
}
