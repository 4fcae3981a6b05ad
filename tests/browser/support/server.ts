/** The service as a user starts it: its own process, its own empty store. */
export interface RunningServer extends AsyncDisposable {
  url: string;
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
  const output = Promise.all([server.stdout.text(), server.stderr.text()]);
  const ended = server.status.then(() => "ended" as const);

  async function stop(): Promise<string> {
    if (await Promise.race([ended, undefined]) === undefined) server.kill("SIGTERM");
    await ended;
    await Deno.remove(folder, { recursive: true });
    return (await output).join("\n");
  }

  const outcome = await Promise.race([untilReady(url), ended]);
  if (outcome !== "ready") throw new Error(`The server at ${url} is not ready (${outcome}). It said:\n${await stop()}`);
  return { url, [Symbol.asyncDispose]: async () => void await stop() };
}

async function untilReady(url: string): Promise<"ready" | "too late"> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return "ready";
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return "too late";
}

export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
