/** kill -9 while requests with an Idempotency-Key are under way: each, sent again, is answered by one resource and no second. */
import assert from "node:assert/strict";
import { dataFolder, type Json, type Server, startServer } from "./server.ts";

const REQUESTS = 60;
/** After so many answers. */
const KILLED_AFTER = [1, 12, 30];

const post = (server: Server, i: number): Promise<Response> =>
  server.ask("/portfolios", {
    method: "POST",
    headers: { "idempotency-key": `request-${i}` },
    body: JSON.stringify({ name: `Portfolio ${i}`, investments: [] }),
  });

Deno.test("kill -9 while portfolios are made: sent again, each request is answered 201, and made one", async () => {
  for (const killedAfter of KILLED_AFTER) {
    await using folder = await dataFolder();
    const env = { KV_URL: folder.kv, DEMO_DATA: "false" };
    const told = new Map<number, Json>();
    {
      await using server = await startServer(env);
      await server.url();
      await Promise.all(Array.from({ length: REQUESTS }, async (_, i) => {
        const answer = await post(server, i).catch(() => undefined);
        const body = await answer?.json().catch(() => undefined);
        if (body === undefined) return;
        told.set(i, body);
        if (told.size === killedAfter) server.signal("SIGKILL");
      }));
      assert.equal((await server.ended()).signal, "SIGKILL");
    }
    assert.ok(told.size < REQUESTS, "the kill came too late");
    await using server = await startServer(env);
    await server.url();
    const ids = new Set<number>();
    for (let i = 0; i < REQUESTS; i++) {
      const answer = await post(server, i);
      const body = await answer.json();
      assert.equal(answer.status, 201, `${i}: ${JSON.stringify(body)}`);
      if (told.has(i)) assert.deepEqual(body, told.get(i));
      ids.add(body.id);
    }
    const { items } = await server.read("/portfolios?scope=all&limit=200");
    assert.deepEqual([items.length, ids.size], [REQUESTS, REQUESTS]);
    server.signal("SIGTERM");
    assert.equal((await server.ended()).code, 0);
  }
});
