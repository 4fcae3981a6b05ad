/** The service as a user starts it: its own process, its own empty store. */
export interface RunningServer extends AsyncDisposable {
  url: string;
  /** What it has printed that is like this, as soon as it does. */
  printed(pattern: RegExp): Promise<string>;
}

const startTimeoutMs = 60_000;

export async function startServer(env: Record<string, string> = {}, port = freePort()): Promise<RunningServer> {
  // Inside ./data, because the start task may write nowhere else.
  const folder = `./data/browser-test-${crypto.randomUUID()}`;
  await Deno.mkdir(folder, { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  const server = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "start"],
    env: { HOST: "127.0.0.1", PORT: String(port), PUBLIC_URL: url, KV_URL: `${folder}/foliolens.kv`, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output: string[] = [];
  const read = Promise.all([server.stdout, server.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) output.push(text);
  }));
  const ended = server.status.then(() => "ended" as const);

  async function stop(): Promise<string> {
    if (await Promise.race([ended, undefined]) === undefined) server.kill("SIGTERM");
    await ended;
    await Deno.remove(folder, { recursive: true });
    await read;
    return output.join("");
  }

  const outcome = await Promise.race([untilReady(url), ended]);
  if (outcome !== "ready") throw new Error(`The server at ${url} is not ready (${outcome}). It said:\n${await stop()}`);
  return {
    url,
    async printed(pattern) {
      const found = await within(startTimeoutMs, () => pattern.exec(output.join(""))?.[0]);
      if (found === undefined) throw new Error(`It has not printed ${pattern}, but:\n${output.join("")}`);
      return found;
    },
    [Symbol.asyncDispose]: async () => void await stop(),
  };
}

async function untilReady(url: string): Promise<"ready" | "too late"> {
  const ready = await within(startTimeoutMs, async () => {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok ? "ready" as const : undefined;
  });
  return ready ?? "too late";
}

/** What `look` finds, as soon as it does; `undefined` where that takes too long. */
async function within<T>(ms: number, look: () => T | undefined | Promise<T | undefined>): Promise<T | undefined> {
  for (const deadline = Date.now() + ms; Date.now() < deadline;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
