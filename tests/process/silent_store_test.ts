/** A KV server that does not answer, as the server on it meets that: told within the deadline, and over by itself. */
import assert from "node:assert/strict";
import { ANSWER_MS } from "../../lib/store/in_time.ts";
import { hasKvServer, type Mood, startKvServer } from "../support/kv_connect_server.ts";
import { type Json, type Server, startServer, until } from "./server.ts";

const MOODS: readonly Mood[] = ["hang", "refuse", "fail", "drop"];
/** What the deadline may be missed by on a busy machine. */
const SLACK_MS = 3_000;

const post = (server: Server, name: string): Promise<Response> =>
  server.ask("/portfolios", { method: "POST", body: JSON.stringify({ name, investments: [] }) });

async function assertUnavailable(answer: Response): Promise<Json> {
  const body = await answer.json();
  assert.equal(answer.status, 503, JSON.stringify(body));
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.headers.get("retry-after"), "5");
  assert.equal(body.type, "/problems/unavailable");
  return body;
}

// Side by side: nearly all of the time goes by in waiting for the deadline.
Deno.test({ name: "a KV server that hangs, is down, fails or breaks off", ignore: !hasKvServer }, async () => {
  await Promise.all(MOODS.map(outlives));
});

/** One portfolio after another, until one cannot be stored. */
async function write(server: Server, writer: number, acknowledged: string[]): Promise<void> {
  for (let i = 0;; i++) {
    const name = `${writer} under load ${i}`;
    const answer = await post(server, name);
    if (answer.status !== 201) return void await assertUnavailable(answer);
    await answer.body?.cancel();
    acknowledged.push(name);
  }
}

/** 503 in time meanwhile, and on with it afterwards. */
async function outlives(mood: Mood): Promise<void> {
  await using kv = await startKvServer();
  await using server = await startServer({ KV_URL: kv.url, KV_ACCESS_TOKEN: kv.token, DEMO_DATA: "false" });
  await server.url();
  const acknowledged: string[] = [];
  const writing = Promise.all([0, 1, 2].map((writer) => write(server, writer, acknowledged)));
  await until("a write", () => Promise.resolve(acknowledged[0]));

  await kv.be(mood);
  const startMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => post(server, `During ${i}`)));
  const tookMs = performance.now() - startMs;
  for (const answer of answers) await assertUnavailable(answer);
  await writing;
  assert.ok(tookMs < ANSWER_MS + SLACK_MS, `it took ${tookMs} ms`);
  assert.equal((await assertUnavailable(await server.ask("/readyz"))).detail, "The store does not answer");
  assert.match(await (await server.ask("/metrics")).text(), /^foliolens_store_up 0$/m);
  const live = await server.ask("/livez");
  assert.deepEqual([live.status, await live.json()], [200, { status: "ok" }]);

  await kv.be("answer");
  await until("the store to be back", async () => {
    const answer = await server.ask("/readyz");
    await answer.body?.cancel();
    return answer.status === 200 || undefined;
  });
  await server.read("/portfolios", { method: "POST", body: JSON.stringify({ name: "After", investments: [] }) });
  acknowledged.push("After");
  const { items } = await server.read("/portfolios?scope=all&limit=200");
  const names = items.map(({ name }: { name: string }) => name);
  for (const name of acknowledged) assert.ok(names.includes(name), `${name} was lost`);
  const job = await server.read("/jobs", { method: "POST", body: JSON.stringify({ name: "verify", args: {} }) });
  const done = await until("a job to end", async () => {
    const { state, result } = await server.read(`/jobs/${job.id}`);
    return state === "succeeded" ? result : undefined;
  });
  assert.deepEqual(done.faults, 0, JSON.stringify(done));
  server.signal("SIGTERM");
  const { code, stderr } = await server.ended();
  assert.equal(code, 0);
  assert.match(stderr, /"message":"The store does not answer"/);
  assert.match(stderr, /"message":"The store answers again"/);
}

Deno.test({ name: "a start without the KV server says so, and ends", ignore: !hasKvServer }, async () => {
  await using kv = await startKvServer();
  await kv.be("refuse");
  await using server = await startServer({ KV_URL: kv.url, KV_ACCESS_TOKEN: kv.token });
  const { code, stderr } = await server.ended();
  assert.equal(code, 1);
  assert.match(stderr, /^KV_URL is "http:.*; use the address of a KV server that runs, and its KV_ACCESS_TOKEN\.$/m);
});
