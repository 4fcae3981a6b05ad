import assert from "node:assert/strict";
import { generatedBars } from "../support/provider_stand_in_bars.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { ADMIN_KEY, dataFolder, nightlyPull, pointedAt, startServer, succeeded, until } from "./server.ts";

const BARS = JSON.stringify({ items: [{ date: "1990-01-02", close: "74.5" }, { date: "1990-01-03", close: "74.25" }] });

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal}: an upload that is under way is finished, stored and answered, and then the process ends`, async () => {
    await using folder = await dataFolder();
    await using server = await startServer({ KV_URL: folder.kv });
    using upload = await beginUpload(await server.url());
    server.signal(signal);
    const url = await server.url();
    await until("the server to refuse another upload", async () => {
      const answer = await fetch(`${url}/portfolios`, { method: "POST" });
      await answer.body?.cancel();
      return answer.status === 503 || undefined;
    });
    const answer = await upload.finish();
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /\{"written":2,"unchanged":0,"quarantined":\[\]\}$/);
    const { code, stderr } = await server.ended();
    // The night's job may have run meanwhile.
    const logged = stderr.trim().split("\n").map((line) => JSON.parse(line)).filter(({ job }) => job === undefined);
    assert.equal(code, 0);
    assert.deepEqual(logged.map(({ level, message, signal }) => [level, message, signal]), [
      ["info", "The process is asked to end", signal],
    ]);

    await using next = await startServer({ KV_URL: folder.kv });
    await next.url();
    const { items } = await next.read("/assets/AAPL/historic-values?to=1990-12-31");
    assert.deepEqual(items.map(({ close }: { close: string }) => close), ["74.5", "74.25"]);
  });
}

Deno.test("an upload that never ends does not keep the process from ending", async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: folder.kv });
  using _upload = await beginUpload(await server.url());
  server.signal("SIGTERM");
  assert.equal((await server.ended()).code, 0);
});

Deno.test("SIGTERM: a pull that waits for the provider is given back, and the next process ends it", async () => {
  await using folder = await dataFolder();
  await using provider = startProviderStandIn({
    now: () => new Date(),
    bars: generatedBars(10),
    switches: { callsPerMinute: 0 },
  });
  const env = { KV_URL: folder.kv, ...pointedAt(provider) };
  provider.faults.add({ type: "hang" });
  await using server = await startServer(env);
  const id = await nightlyPull(server);
  await until("the provider to be asked", () => Promise.resolve(provider.calls[0]));
  server.signal("SIGTERM");
  assert.equal((await server.ended()).code, 0);

  await using next = await startServer(env);
  const done = await succeeded(next, id);
  assert.equal(done.attempts, 1);
  const events = done.timeline.map(({ event }: { event: string }) => event);
  assert.deepEqual(events, ["enqueued", "claimed", "given back", "claimed", "provider answered ok", "succeeded"]);
});

interface Upload extends Disposable {
  /** Sends the rest; answers all of what the server says. */
  finish(): Promise<string>;
}

/** A PUT of which the server has read the beginning: it says when it wants the body. */
async function beginUpload(url: string): Promise<Upload> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = [
    "PUT /assets/AAPL/historic-values HTTP/1.1",
    `host: ${hostname}:${port}`,
    `authorization: Bearer ${ADMIN_KEY}`,
    "content-type: application/json",
    `content-length: ${BARS.length}`,
    "expect: 100-continue",
    "connection: close",
  ];
  await write(connection, `${head.join("\r\n")}\r\n\r\n`);
  assert.equal(await read(connection), "HTTP/1.1 100 Continue\r\n\r\n");
  const half = Math.floor(BARS.length / 2);
  await write(connection, BARS.slice(0, half));
  return {
    async finish() {
      await write(connection, BARS.slice(half));
      let answer = "";
      for (let part = await read(connection); part !== undefined; part = await read(connection)) answer += part;
      return answer;
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

async function write(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** `undefined` at the end. */
async function read(connection: Deno.Conn): Promise<string | undefined> {
  const buffer = new Uint8Array(65_536);
  const length = await connection.read(buffer);
  return length === null ? undefined : new TextDecoder().decode(buffer.subarray(0, length));
}
