/** What two processes on one KV server hold to together. */
import assert from "node:assert/strict";
import { bodyOf, itemsOf } from "../support/answers.ts";
import { startOnServer } from "../lib/store/kv_process.ts";
import { hasKvServer, startKvServer } from "../support/kv_connect_server.ts";
import type { TestService } from "../support/service.ts";

const PER_MINUTE = 40;

Deno.test({ name: "two processes on one KV server", ignore: !hasKvServer }, async (t) => {
  await using server = await startKvServer();
  const start = () => startOnServer(server, { RATE_LIMIT_PER_MINUTE: String(PER_MINUTE) });
  await using one = await start();
  await using other = await start();

  await t.step("one Idempotency-Key, twenty requests, half of them to each: one resource", async () => {
    const body = { name: "Growth", investments: [] };
    const post = (service: TestService) =>
      service.admin("/portfolios", { method: "POST", body, headers: { "idempotency-key": "the-key" } });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => post(i % 2 === 0 ? one : other)));
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.includes(201) && statuses.every((status) => [201, 409].includes(status)), statuses.join());
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
    const [first, second] = [await bodyOf(await post(one), 201), await bodyOf(await post(other), 201)];
    assert.deepEqual(first, second);
    assert.equal((await itemsOf(await one.admin("/portfolios"))).length, 1);
  });

  await t.step("sign-in is counted by both as by one", async () => {
    const attempts = Array.from(
      { length: 40 },
      (_, i) => (i % 2 === 0 ? one : other).request("/auth/nowhere", { from: "192.0.2.9" }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status !== 429).length, 30);
  });
});
