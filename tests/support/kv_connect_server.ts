/**
 * A KV Connect server: the back end of a self-hosted KV server, limits included, behind the protocol that `Deno.openKv(URL)`
 * speaks. A process of its own, since its native library needs `--allow-ffi`; it says its address on its first line, takes its
 * moods from its standard input, and ends with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import "@deno/kv";

/** What the library takes and gives are messages of the protocol, as they are sent. */
interface NativeKv {
  open(path: string, inMemory: boolean, debug: boolean): number;
  close(db: number, debug: boolean): void;
  snapshotRead(db: number, message: Uint8Array, debug: boolean): Promise<Uint8Array<ArrayBuffer>>;
  atomicWrite(db: number, message: Uint8Array, debug: boolean): Promise<Uint8Array<ArrayBuffer>>;
  startWatch(db: number, message: Uint8Array, debug: boolean): Promise<number>;
  dequeueNextWatchMessage(db: number, watch: number, debug: boolean): Promise<Uint8Array | undefined>;
  endWatch(db: number, watch: number, debug: boolean): void;
}

const DAY_MS = 86_400_000;
const TOKEN = "token-of-the-test";

/** The library's name on the platforms that have it. */
const PLATFORM = `${Deno.build.os}-${Deno.build.arch}`;
const LIBRARIES: Readonly<Record<string, string>> = {
  "linux-x86_64": "@deno/kv-linux-x64-gnu",
  "linux-aarch64": "@deno/kv-linux-arm64-gnu",
  "darwin-x86_64": "@deno/kv-darwin-x64",
  "darwin-aarch64": "@deno/kv-darwin-arm64",
};

export const hasKvServer = PLATFORM in LIBRARIES;

/**
 * How it meets what is asked of it: as it should; without an answer, until it answers again; with half of one, all of it done;
 * with a 500; or, its port closed, not at all.
 */
export type Mood = "answer" | "hang" | "drop" | "fail" | "refuse";

export interface KvServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  be(mood: Mood): Promise<void>;
}

/** Starts one, with an empty store in memory. */
export async function startKvServer(): Promise<KvServer> {
  const flags = ["--no-lock", "--quiet", "--allow-ffi", "--allow-read", "--allow-env", "--allow-net=127.0.0.1"];
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, new URL(import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Each answer that it breaks off is an error there, which is of interest only where the process fails.
  const errors = new Response(process.stderr).text();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: url } = await lines.read();
  if (url === undefined) throw new Error(`The KV server did not start: ${await errors}`);
  const moods = process.stdin.getWriter();
  return {
    url: url.trim(),
    token: TOKEN,
    async be(mood) {
      await moods.write(new TextEncoder().encode(`${mood}\n`));
      assert.equal((await lines.read()).value, `${mood}\n`);
    },
    async [Symbol.asyncDispose]() {
      await moods.close();
      await lines.cancel();
      const { success } = await process.status;
      assert.ok(success, await errors);
    },
  };
}

interface Served {
  readonly url: string;
  be(mood: Mood): Promise<void>;
}

/** Serves what `respond` answers, in whatever mood it is. */
function serve(respond: (request: Request) => Promise<Response>): Served {
  let mood: Mood = "answer";
  let better = Promise.withResolvers<void>();
  let listening = listen(0);
  const { port } = listening.server.addr;

  function listen(at: number) {
    const closing = new AbortController();
    const options = { port: at, hostname: "127.0.0.1", onListen: () => {}, signal: closing.signal };
    return { server: Deno.serve(options, inMood), close: () => closing.abort() };
  }

  async function inMood(request: Request): Promise<Response> {
    if (mood === "fail") return new Response("out of order", { status: 500 });
    if (mood === "hang") await better.promise;
    const response = await respond(request);
    return mood === "drop" ? halfOf(response) : response;
  }

  async function be(next: Mood): Promise<void> {
    if (next === "refuse") {
      listening.close();
      await listening.server.finished;
    } else if (mood === "refuse") listening = listen(port);
    mood = next;
    better.resolve();
    better = Promise.withResolvers();
  }

  return { url: `http://127.0.0.1:${port}`, be };
}

/** Breaks off. */
const halfOf = ({ headers }: Response): Response =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(1)),
      pull: (controller) => controller.error(new Error("broken off")),
    }),
    { headers },
  );

function answersOf(native: NativeKv): (request: Request) => Promise<Response> {
  const db = native.open(":memory:", true, false);
  return async (request) => {
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) return new Response(null, { status: 401 });
    const { pathname } = new URL(request.url);
    if (pathname === "/") return Response.json(metadata());
    const message = Buffer.from(await request.arrayBuffer());
    try {
      if (pathname === "/v2/snapshot_read") return answer(await native.snapshotRead(db, message, false));
      if (pathname === "/v2/atomic_write") return answer(await native.atomicWrite(db, message, false));
      if (pathname === "/v2/watch") return watch(native, db, await native.startWatch(db, message, false));
    } catch (error) {
      return new Response(String(error), { status: 400 });
    }
    return new Response(null, { status: 404 });
  };
}

const metadata = () => ({
  version: 3,
  databaseId: "00000000-0000-0000-0000-000000000000",
  endpoints: [{ url: "/v2", consistency: "strong" }],
  token: TOKEN,
  expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
});

const answer = (message: Uint8Array<ArrayBuffer>): Response =>
  new Response(message, { headers: { "content-type": "application/x-protobuf" } });

/** Each message with its length before it. */
function watch(native: NativeKv, db: number, id: number): Response {
  const frames = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const message = await native.dequeueNextWatchMessage(db, id, false);
      if (message === undefined) return controller.close();
      const frame = new Uint8Array(4 + message.length);
      new DataView(frame.buffer).setUint32(0, message.length, true);
      frame.set(message, 4);
      controller.enqueue(frame);
    },
    cancel: () => native.endWatch(db, id, false),
  });
  return new Response(frames, { headers: { "content-type": "application/octet-stream" } });
}

if (import.meta.main) {
  const packageUrl = import.meta.resolve("@deno/kv");
  const { url, be } = serve(answersOf(createRequire(packageUrl)(LIBRARIES[PLATFORM] ?? "")));
  console.log(url);
  for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    await be(line.trim() as Mood);
    console.log(line.trim());
  }
  Deno.exit(0);
}
