/** What becomes of calls while the provider is out of order: they are put off, one of them probes, and all of it is said. */
import assert from "node:assert/strict";
import { createPolygon } from "../../../lib/market/polygon.ts";
import { assertProblem, bodyOf } from "../../support/answers.ts";
import type { Fault } from "../../support/provider_stand_in_faults.ts";
import { bar, FRIDAY, type Json, type PullTest, startPull, THURSDAY } from "./pull_harness.ts";

const MINUTE_MS = 60_000;
const ID = `pull-market-day:${FRIDAY}`;
const DOWN: Fault = { type: "status", status: 503 };
const BAD_KEY: Fault = { type: "status", status: 401, body: { status: "ERROR", error: "Unknown API Key" } };

const start = (options: { apiKey?: string; kv?: Deno.Kv } = {}): Promise<PullTest> =>
  startPull({
    provider: {
      bars: [bar("AAA", THURSDAY, 2.4), bar("AAA", FRIDAY, 2.5)],
      assets: [{ symbol: "BBB", name: "B Inc." }],
    },
    ...(options.kv === undefined && { assets: ["AAA"] }),
    mayLogErrors: true,
    ...options,
  });

const providerOf = async (test: PullTest): Promise<Json> => (await test.read("/market/status")).provider;

/** Until the fifth fault in a row. */
async function untilUnwell(test: PullTest): Promise<Json> {
  test.provider.faults.add(DOWN, { times: Infinity });
  await test.pull(FRIDAY);
  for (let minutes = 0; minutes < 60; minutes++) {
    const provider = await providerOf(test);
    if (provider.state === "unwell") return provider;
    await test.live(MINUTE_MS);
  }
  throw new Error("The provider is well after an hour of faults");
}

Deno.test("after five faults in a row the provider is unwell, and jobs are put off instead of failing", async () => {
  await using test = await start();
  const provider = await untilUnwell(test);
  assert.equal(test.provider.calls.length, 5);
  const job = await test.job(ID);
  // The fifth attempt does not count: the outage is not the job's fault.
  assert.deepEqual([job.state, job.attempts, job.due_at], ["queued", 4, provider.unwell_until]);
  const calledMs = Date.parse(provider.last_called_at);
  // A minute, and half of the quarter that chance may add.
  assert.equal(Date.parse(provider.unwell_until) - calledMs, 67_500);
  assert.ok(test.logged.some(({ level, message }) => level === "warn" && message === "The provider is unwell"));
});

Deno.test("other jobs and look-ups are put off without a call, and told until when", async () => {
  await using test = await start();
  const { unwell_until } = await untilUnwell(test);
  await test.ask(THURSDAY);
  // Whatever an administrator asks for is tried; this one finds the provider unwell again, or still.
  await test.live(0);
  assert.equal(test.provider.calls.length, 6);
  const again = await providerOf(test);
  assert.ok(again.unwell_until > unwell_until);
  const lookUp = await test.admin("/assets/lookup", { method: "POST", body: { symbol: "BBB" } });
  const waitMs = Date.parse(again.unwell_until) - test.clock.now().getTime();
  assert.equal(lookUp.headers.get("retry-after"), String(Math.ceil(waitMs / 1_000)));
  await assertProblem(lookUp, "unavailable");
  assert.equal(test.provider.calls.length, 6);
});

Deno.test("probes come at waits that double up to half an hour, one call each, however many jobs wait", async () => {
  await using test = await start();
  await untilUnwell(test);
  await test.ask(THURSDAY);
  await test.live(0);
  const from = test.provider.calls.length - 1;
  await test.live(5 * 60 * MINUTE_MS);
  const times = test.provider.calls.slice(from).map(({ at }) => at.getTime());
  const waits = times.slice(1).map((at, i) => (at - (times[i] ?? 0)) / MINUTE_MS);
  const bounds = [2, 4, 8, 16, 30, 30];
  for (const [i, bound] of bounds.entries()) {
    const wait = waits[i] ?? 0;
    assert.ok(wait >= bound * 1.125 && wait <= bound * 1.125 + 2, `probe ${i}: ${wait} min after the one before`);
  }
  assert.deepEqual((await test.job(ID)).attempts, 4);
});

Deno.test("a probe that is answered ends it, and what was put off goes on", async () => {
  await using test = await start();
  await untilUnwell(test);
  test.provider.faults.clear();
  await test.live(3 * MINUTE_MS);
  assert.equal((await test.job(ID)).state, "succeeded");
  const { state, unwell_until } = await providerOf(test);
  assert.deepEqual([state, unwell_until], ["well", null]);
  assert.ok(test.logged.some(({ message }) => message === "The provider answers again"));
});

Deno.test("faults with answers between them are no outage", async () => {
  await using test = await start();
  for (let i = 0; i < 4; i++) {
    test.provider.faults.add(DOWN, { times: 4 });
    await test.pull(FRIDAY);
    await test.live(60 * MINUTE_MS);
    assert.equal((await providerOf(test)).state, "well");
  }
});

Deno.test("a bad key stops every call, is said in /market/status, /readyz and the log, until an administrator has one tried", async () => {
  await using test = await start();
  test.provider.faults.add(BAD_KEY, { times: 2 });
  const job = await test.pull(FRIDAY);
  assert.deepEqual([job.state, job.error], ["dead", "bad_key: HTTP 401: Unknown API Key"]);
  const provider = await providerOf(test);
  assert.deepEqual([provider.state, provider.reason], ["bad_key", "HTTP 401: Unknown API Key"]);
  const ready = await test.request("/readyz");
  assert.deepEqual((await bodyOf<Json>(ready)).reasons.map(({ code }: Json) => code), ["provider_bad_key"]);
  assert.ok(test.logged.some(({ level, message }) => level === "error" && /refuses the key/.test(String(message))));
  await assertProblem(await test.admin("/assets/lookup", { method: "POST", body: { symbol: "BBB" } }), "unavailable");
  assert.equal(test.provider.calls.length, 1);

  const probe = async () => {
    await test.clock.advance(MINUTE_MS);
    await bodyOf(await test.admin("/jobs", { method: "POST", body: { name: "probe-provider" } }), 202);
    await test.clock.until(test.worker.runDue());
    return await test.job("probe-provider:now");
  };
  assert.equal((await probe()).state, "dead");
  assert.deepEqual([(await providerOf(test)).state, test.provider.calls.length], ["bad_key", 2]);
  assert.deepEqual((await probe()).state, "succeeded");
  assert.equal((await providerOf(test)).state, "well");
  assert.deepEqual(await bodyOf(await test.request("/readyz")), { status: "ok" });
});

Deno.test("the start with another key lets calls through; the key itself is nowhere in the store", async () => {
  const kv = await Deno.openKv(":memory:");
  try {
    const wrong = "the-wrong-key-0123456789";
    {
      await using test = await start({ kv, apiKey: wrong });
      await test.pull(FRIDAY);
      assert.equal((await providerOf(test)).state, "bad_key");
    }
    {
      await using same = await start({ kv, apiKey: wrong });
      assert.equal((await providerOf(same)).state, "bad_key");
      await assertProblem(
        await same.admin("/assets/lookup", { method: "POST", body: { symbol: "BBB" } }),
        "unavailable",
      );
      assert.equal(same.provider.calls.length, 0);
    }
    await using other = await start({ kv });
    assert.equal((await providerOf(other)).state, "not_asked_yet");
    // Past the slot that was taken with the wrong key.
    await other.clock.advance(2 * MINUTE_MS);
    await bodyOf(await other.admin("/assets/lookup", { method: "POST", body: { symbol: "BBB" } }), 201);
    assert.equal((await providerOf(other)).state, "well");
    for await (const entry of kv.list({ prefix: [] })) {
      const text = JSON.stringify(entry);
      for (const key of [wrong, other.provider.apiKey]) assert.ok(!text.includes(key), text);
    }
  } finally {
    kv.close();
  }
});

Deno.test("two keys are two digests", () => {
  const digestOf = (apiKey: string) =>
    createPolygon({ baseUrl: "http://x", apiKey, callsPerMinute: 5, fetch }).keyDigest;
  assert.equal(digestOf("a"), digestOf("a"));
  assert.notEqual(digestOf("a"), digestOf("b"));
});
