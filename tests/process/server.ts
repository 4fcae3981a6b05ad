/**
 * The server as a user starts it: a process of its own, by the command of the start task, on a free port and in a folder of
 * its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { VARIABLES } from "../../lib/config.ts";
import type { ProviderStandIn } from "../support/provider_stand_in.ts";

export const ADMIN_KEY = "process-test-key-of-the-administrator";

/** Tests ask again and again until something has happened. */
const DEFAULTS = { PORT: "0", ADMIN_API_KEY: ADMIN_KEY, RATE_LIMIT_PER_MINUTE: "0" };

const PROJECT = new URL("../../", import.meta.url);
/**
 * For whatever a test waits for, which costs nothing where it comes: long enough for a machine with twenty other things to do, and
 * short enough to be told of.
 */
const DEADLINE_MS = 120_000;
const POLL_MS = 5;

export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Server extends AsyncDisposable {
  readonly pid: number;
  /** Where it listens, once it says that it is ready. */
  url(): Promise<string>;
  ended(): Promise<Ended>;
  /** What it prints, as soon as it does. */
  said(pattern: RegExp): Promise<RegExpMatchArray | null>;
  signal(signal: Deno.Signal): void;
  /** As administrator. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** The body of a 2xx. */
  read(path: string, init?: RequestInit): Promise<Json>;
}

// deno-lint-ignore no-explicit-any -- what the API answers is what these tests look at
export type Json = any;

export interface DataFolder extends AsyncDisposable {
  /** Relative to the project, as the server takes it. */
  readonly path: string;
  readonly kv: string;
}

/** Inside `./data`, because the start task may write nowhere else. */
export async function dataFolder(): Promise<DataFolder> {
  const path = `./data/process-test-${crypto.randomUUID()}`;
  await Deno.mkdir(inProject(path), { recursive: true });
  return {
    path,
    kv: `${path}/foliolens.kv`,
    [Symbol.asyncDispose]: () => Deno.remove(inProject(path), { recursive: true }),
  };
}

/** For what has to be told of a port before it listens. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

export const inProject = (path: string): string => new URL(path, PROJECT).pathname;

/** Variables that make a stand-in the provider. */
export const pointedAt = ({ url, apiKey }: ProviderStandIn) => ({
  POLYGON_BASE_URL: url,
  POLYGON_API_KEY: apiKey,
  POLYGON_CALLS_PER_MINUTE: "6000",
});

/** `by` is a command that runs the one that follows it. */
export async function startServer(
  env: Readonly<Record<string, string>>,
  by: readonly string[] = [],
): Promise<Server> {
  const [program, ...flags] = await startCommand();
  assert.equal(program, "deno");
  const [command = "", ...args] = [...by, Deno.execPath(), ...flags];
  const process = new Deno.Command(command, {
    args,
    cwd: PROJECT,
    // An empty variable counts as unset, and yet wins over an `.env` file.
    env: { ...Object.fromEntries(VARIABLES.map((name) => [name, ""])), ...DEFAULTS, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = followed(process.stdout);
  const stderr = followed(process.stderr);
  let isOver = false;
  const ended = Promise.all([process.status, stdout.whole, stderr.whole]).then(
    ([{ code, signal }, out, err]): Ended => {
      isOver = true;
      return { code, signal, stdout: out, stderr: err };
    },
  );
  const listening = stdout.until(/^ +API explorer +(http\S+)\/docs$/m).then(async (found) => {
    if (found?.[1] !== undefined) return found[1];
    throw new Error(`The server ended before it was ready: ${JSON.stringify(await ended)}`);
  });
  // Some are started to see that they do not get ready.
  listening.catch(() => {});

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${ADMIN_KEY}`);
    if (init.body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
    return await fetch(`${await listening}${path}`, { ...init, headers });
  }

  return {
    pid: process.pid,
    url: () => withDeadline(listening, "the server to be ready"),
    ended: () => withDeadline(ended, "the server to end"),
    said: (pattern) => withDeadline(stdout.until(pattern), String(pattern)),
    signal: (signal) => process.kill(signal),
    ask,
    async read(path, init) {
      const response = await ask(path, init);
      const body = await response.json();
      assert.ok(response.ok, `${path}: ${response.status} ${JSON.stringify(body)}`);
      return body;
    },
    async [Symbol.asyncDispose]() {
      if (!isOver) process.kill("SIGKILL");
      await ended;
    },
  };
}

/** The pull that was due last, and is therefore asked for at the start. */
export async function nightlyPull(server: Server): Promise<string> {
  await server.url();
  return await until("the pull to be asked for", async () => {
    const { nightly_pull } = await server.read("/market/status");
    return nightly_pull.last_job_id ?? undefined;
  });
}

/** The job, once it has succeeded. */
export const succeeded = (server: Server, id: string): Promise<Json> =>
  until(`${id} to succeed`, async () => {
    const job = await server.read(`/jobs/${id}`);
    return job.state === "succeeded" ? job : undefined;
  });

/** Reads a process's output as it comes, so that it never waits for a reader. */
function followed(stream: ReadableStream<Uint8Array>) {
  const lookers = new Set<() => void>();
  let text = "";
  let isOver = false;

  async function follow(): Promise<string> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (const look of lookers) look();
    }
    isOver = true;
    for (const look of lookers) look();
    return text;
  }

  /** The match, or `null` where the output ended without one. */
  function until(pattern: RegExp): Promise<RegExpMatchArray | null> {
    return new Promise((resolve) => {
      const look = () => {
        const found = text.match(pattern);
        if (found === null && !isOver) return;
        lookers.delete(look);
        resolve(found);
      };
      lookers.add(look);
      look();
    });
  }

  return { whole: follow(), until };
}

export async function withDeadline<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited ${DEADLINE_MS} ms for ${what}`)), DEADLINE_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs: number = DEADLINE_MS,
): Promise<T> {
  const deadlineMs = Date.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadlineMs) throw new Error(`Waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function startCommand(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", PROJECT)));
  return tasks.start.command.split(" ");
}
