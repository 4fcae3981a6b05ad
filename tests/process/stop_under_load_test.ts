/** SIGTERM while writes come in as fast as they are answered. */
import assert from "node:assert/strict";
import { dataFolder, type Server, startServer, until } from "./server.ts";

const WRITERS = 16;
const FIRST_ANSWERS = 50;
const MAX_STOP_MS = 10_000;

/** One portfolio after another, until nobody answers. */
async function write(server: Server, writer: number, acknowledged: string[]): Promise<void> {
  for (let i = 0;; i++) {
    const name = `${writer}-${i}`;
    const body = JSON.stringify({ name, investments: [] });
    const answer = await server.ask("/portfolios", { method: "POST", body }).catch(() => undefined);
    if (answer === undefined) return;
    // An answer that has begun is whole.
    await answer.json();
    assert.ok([201, 503].includes(answer.status), String(answer.status));
    if (answer.status === 201) acknowledged.push(name);
    else return;
  }
}

Deno.test("SIGTERM under load: what is under way is answered, the rest is refused, and what was acknowledged is there", async () => {
  await using folder = await dataFolder();
  const env = { KV_URL: folder.kv, DEMO_DATA: "false" };
  const acknowledged: string[] = [];
  {
    await using server = await startServer(env);
    await server.url();
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(server, writer, acknowledged)));
    await until("answers", () => Promise.resolve(acknowledged.length >= FIRST_ANSWERS || undefined));
    const startMs = performance.now();
    server.signal("SIGTERM");
    const { code } = await server.ended();
    assert.equal(code, 0);
    assert.ok(performance.now() - startMs < MAX_STOP_MS);
    await writing;
  }
  await using server = await startServer(env);
  await server.url();
  const stored = new Set<string>();
  for (let path: string | undefined = "/portfolios?scope=all&limit=200"; path !== undefined;) {
    const { items, next_cursor } = await server.read(path);
    for (const { name } of items) stored.add(name);
    path = next_cursor && `/portfolios?scope=all&limit=200&cursor=${encodeURIComponent(next_cursor)}`;
  }
  assert.deepEqual(acknowledged.filter((name) => !stored.has(name)), []);
});
