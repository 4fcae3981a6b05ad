/**
 * A client that writes to a thing of its own, one request after another, and remembers what it was told. So of each kill it knows
 * exactly what may be seen afterwards: what was acknowledged last or, whole, what was under way.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Json, Server } from "../process/server.ts";

export interface Step<S> {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Only if it is still what was read just before. */
  readonly ifMatch?: boolean;
  /** Of the answer. */
  readonly status: number;
  /** What is seen until then, where the writer turns to another thing. */
  readonly before?: S;
  /** What is seen once it is done. */
  readonly after: S;
  /** What only the answer says. */
  readonly heard?: (body: Json) => void;
}

export interface Writer<S> {
  readonly name: string;
  readonly blank: S;
  /** May ask for ids before. */
  next(server: Server, state: S, random: () => number): Promise<Step<S>>;
  observe(server: Server, state: S): Promise<S>;
}

export interface Client {
  readonly name: string;
  /** Writes until the server is gone. */
  work(server: Server): Promise<void>;
  /** Looks at what a server after that one says. */
  check(server: Server): Promise<void>;
  /** How many writes were acknowledged. */
  acknowledged(): number;
}

interface Request<S> extends Step<S> {
  readonly headers: Readonly<Record<string, string>>;
}

interface Answered<S> {
  readonly request: Request<S>;
  readonly body: Json;
}

/** How many earlier answers are asked for again after each kill. */
const REPLAYED = 3;
const KEY_SHARE = 0.6;

export function clientOf<S>(writer: Writer<S>, random: () => number): Client {
  let state = writer.blank;
  let pending: Request<S> | undefined;
  let acknowledged = 0;
  const replayable: Answered<S>[] = [];

  function settle(request: Request<S>, body: Json): void {
    request.heard?.(body);
    if ("idempotency-key" in request.headers) replayable.push({ request, body });
    [state, pending] = [request.after, undefined];
    acknowledged += 1;
  }

  async function work(server: Server): Promise<void> {
    for (;;) {
      const request = await unlessGone(prepared(server));
      if (request === undefined) return;
      pending = request;
      const body = await unlessGone(send(server, request));
      if (body === undefined) return;
      settle(request, body);
    }
  }

  async function prepared(server: Server): Promise<Request<S>> {
    const step = await writer.next(server, state, random);
    state = step.before ?? state;
    const isKeyed = step.method === "POST" && random() < KEY_SHARE;
    const etag = step.ifMatch ? await etagOf(server, step.path) : undefined;
    const headers = {
      ...(isKeyed && { "idempotency-key": crypto.randomUUID() }),
      ...(etag !== undefined && { "if-match": etag }),
    };
    return { ...step, headers };
  }

  async function check(server: Server): Promise<void> {
    const seen = await writer.observe(server, state);
    const mayBe = pending === undefined ? [state] : [state, pending.after];
    const under = pending === undefined
      ? "nothing"
      : `${pending.method} ${pending.path} ${JSON.stringify(pending.body)}`;
    const isPromised = mayBe.some((one) => isDeepStrictEqual(one, seen));
    const promised = `acknowledged was ${JSON.stringify(state)}, and under way ${under}`;
    assert.ok(isPromised, `${writer.name}: ${JSON.stringify(seen)} is seen; ${promised}`);
    if (pending !== undefined && "idempotency-key" in pending.headers) {
      settle(pending, await send(server, pending));
      assert.deepEqual(await writer.observe(server, state), state, `${under}, sent again`);
    }
    [state, pending] = [await writer.observe(server, state), undefined];
    for (let i = 0; i < REPLAYED && replayable.length > 0; i++) {
      const { request, body } = replayable[Math.floor(random() * replayable.length)] ?? assert.fail();
      assert.deepEqual(await send(server, request), body, `${request.path} is answered otherwise`);
    }
    assert.deepEqual(await writer.observe(server, state), state, `${writer.name}, after answers were given again`);
  }

  return { name: writer.name, work, check, acknowledged: () => acknowledged };
}

async function send<S>(server: Server, request: Request<S>): Promise<Json> {
  const { method, path, headers, body, status } = request;
  const answer = await server.ask(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(body)}: ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

async function etagOf(server: Server, path: string): Promise<string> {
  const answer = await server.ask(path);
  await answer.body?.cancel();
  return answer.headers.get("etag") ?? assert.fail(`${path} has no ETag`);
}

/** A connection that breaks ends the work; whatever else goes wrong is what the test is there for. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === "AbortError")) return undefined;
    throw error;
  }
}

/** How often an administrator's act on a thing was written down. */
export async function audits(server: Server, target: string): Promise<number> {
  const page = await server.read(`/audit?limit=200&target=${encodeURIComponent(target)}`);
  return page.items.length;
}

export const oneOf = <T>(items: readonly T[], random: () => number): T =>
  items[Math.floor(random() * items.length)] ?? assert.fail("There is nothing to choose from");
