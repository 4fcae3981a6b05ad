/**
 * One HTTP exchange with the provider: paced, bounded in time and size, and never redirected.
 *
 * @module
 */

import { cancelled, describe, slotGranted } from "./call.ts";
import type { Call, Failure } from "./provider.ts";

export interface Transport {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly bodyLimitBytes: number;
}

export interface Answered {
  readonly type: "answered";
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What is read of an answer that is only quoted: enough for any message, and no way to fill the memory. */
const ERROR_BODY_LIMIT_BYTES = 16 * 1024;

/** Asks for `path` once `call` grants a slot; any status is an answer, and what kept one from coming is a failure. */
export async function request(transport: Transport, path: string, call: Call): Promise<Answered | Failure> {
  const headers = headersFor(transport.apiKey);
  if (headers === undefined) {
    return { type: "bad_key", reason: "the key has characters that cannot stand in an HTTP header" };
  }
  if (!await slotGranted(call)) return cancelled(call.signal);

  const timeout = AbortSignal.timeout(transport.timeoutMs);
  try {
    const response = await transport.fetch(transport.baseUrl + path, {
      headers,
      // To follow one could carry the key to another host, and the provider documents none.
      redirect: "manual",
      signal: AbortSignal.any([call.signal, timeout]),
    });
    return await read(response, transport.bodyLimitBytes);
  } catch (error) {
    if (call.signal.aborted) return cancelled(call.signal);
    if (timeout.aborted) {
      return { type: "passing_fault", reason: `no complete answer within ${transport.timeoutMs} ms` };
    }
    return { type: "passing_fault", reason: `no connection, or a broken one: ${describe(error)}` };
  }
}

function headersFor(apiKey: string): Headers | undefined {
  try {
    return new Headers({ accept: "application/json", authorization: `Bearer ${apiKey}` });
  } catch {
    return undefined;
  }
}

async function read(response: Response, bodyLimitBytes: number): Promise<Answered | Failure> {
  const { status, headers } = response;
  const limitBytes = status === 200 ? bodyLimitBytes : ERROR_BODY_LIMIT_BYTES;
  const { text, complete } = await readText(response.body, limitBytes);
  if (status === 200 && !complete) {
    return { type: "malformed", reason: `the answer is longer than ${bodyLimitBytes} bytes` };
  }
  return { type: "answered", status, headers, text };
}

/** Counts the bytes as they come decompressed: a few kilobytes on the wire can hold gigabytes. */
async function readText(body: Response["body"], limitBytes: number): Promise<{ text: string; complete: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  let readBytes = 0;
  for await (const chunk of body ?? []) {
    readBytes += chunk.byteLength;
    if (readBytes > limitBytes) return { text, complete: false };
    text += decoder.decode(chunk, { stream: true });
  }
  return { text: text + decoder.decode(), complete: true };
}
