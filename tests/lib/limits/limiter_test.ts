import assert from "node:assert/strict";
import { limiter, type ShareBucket } from "../../../lib/limits/limiter.ts";
import { sharedBuckets } from "../../../lib/limits/shared_buckets.ts";
import { kvWith, openTestStore } from "../store/harness.ts";

const START = Date.parse("2026-11-20T08:00:00Z");

function clock() {
  let present = START;
  return { nowMs: () => present, advance: (ms: number) => void (present += ms) };
}

/** What is told beside the requests, to be waited for. */
function followed(share: ShareBucket) {
  const underWay = new Set<Promise<unknown>>();
  const told: ShareBucket = (id, takenMs) => {
    const telling = share(id, takenMs).finally(() => underWay.delete(telling));
    underWay.add(telling);
    return telling;
  };
  return { share: told, settle: () => Promise.allSettled(underWay) };
}

/** A limiter of each of so many processes on one KV. */
async function processes(count: number, perMinute: number) {
  const opened = await openTestStore();
  const { nowMs, advance } = clock();
  const { share, settle } = followed(sharedBuckets({ store: opened.store, nowMs, limit: "test" }));
  const limiters = Array.from({ length: count }, () => limiter({ perMinute, nowMs, share }));
  return { limiters, advance, settle, [Symbol.dispose]: () => opened[Symbol.dispose]() };
}

Deno.test("each has a bucket of their own", () => {
  const { take } = limiter({ perMinute: 2, nowMs: () => START });
  assert.deepEqual(["a", "a", "b", "a", "b"].map((id) => take(id).isAllowed), [true, true, true, false, true]);
});

Deno.test("memory is bounded, and flooding it does not bring an empty bucket back before it has cost as much", () => {
  const { take } = limiter({ perMinute: 1, nowMs: () => START, maxBuckets: 100 });
  assert.ok(take("a").isAllowed);
  for (let i = 0; i < 99; i++) assert.ok(take(`other ${i}`).isAllowed);
  assert.equal(take("a").isAllowed, false);
  for (let i = 0; i < 99; i++) take(`more ${i}`);
  assert.equal(take("a").isAllowed, false, "it was asked for later than the others");
  for (let i = 0; i < 100; i++) take(`yet more ${i}`);
  assert.ok(take("a").isAllowed);
});

Deno.test("two processes count together, a second or a twentieth of the limit behind", async () => {
  using opened = await processes(2, 100);
  const [one, other] = opened.limiters;
  assert.ok(one !== undefined && other !== undefined);
  let allowed = 0;
  for (let i = 0; i < 200; i++) {
    for (const { take } of [one, other]) allowed += take("a").isAllowed ? 1 : 0;
    await opened.settle();
  }
  assert.ok(allowed >= 100 && allowed <= 100 + 2 * 5 + 2, `${allowed} were let in`);
  opened.advance(60_000);
  assert.ok(one.take("a").isAllowed && other.take("a").isAllowed);
  await opened.settle();
});

Deno.test("a process that was idle hears of the others at its first request, and keeps to it from the next on", async () => {
  using opened = await processes(2, 20);
  const [one, other] = opened.limiters;
  assert.ok(one !== undefined && other !== undefined);
  for (let i = 0; i < 20; i++) {
    assert.ok(one.take("a").isAllowed);
    await opened.settle();
  }
  assert.ok(other.take("a").isAllowed);
  await opened.settle();
  assert.equal(other.take("a").isAllowed, false);
});

Deno.test("shared: no process lets one in more than all together may", async () => {
  using opened = await processes(3, 10);
  const verdicts = await Promise.all(
    Array.from({ length: 30 }, (_, i) => opened.limiters[i % 3]?.takeShared("203.0.113.7")),
  );
  assert.equal(verdicts.filter((verdict) => verdict?.isAllowed).length, 10);
  const refused = verdicts.find((verdict) => verdict?.isAllowed === false);
  assert.ok(refused !== undefined && refused.retryAfterSeconds > 0 && refused.remaining === 0);
});

Deno.test("while KV does not answer, each process keeps to its own count; what was not told is told later", async () => {
  let isDown = false;
  using opened = await openTestStore(
    {},
    (kv) =>
      kvWith(kv, {
        get: ((key: Deno.KvKey) => isDown ? Promise.reject(new Error("down")) : kv.get(key)) as Deno.Kv["get"],
      }),
  );
  isDown = true;
  const { nowMs, advance } = clock();
  const { share, settle } = followed(sharedBuckets({ store: opened.store, nowMs, limit: "test" }));
  const { take } = limiter({ perMinute: 40, nowMs, share });
  for (let i = 0; i < 40; i++) {
    assert.ok(take("a").isAllowed);
    await settle();
  }
  assert.equal(take("a").isAllowed, false);
  await settle();
  isDown = false;
  advance(3_000);
  assert.ok(take("a").isAllowed);
  await settle();
  const { value } = await opened.kv.get<{ fullAtMs: number }>(["rate_limits", "test", "a"]);
  assert.ok(value !== null && value.fullAtMs >= nowMs() + 57_500, "all of it is in KV now");
});
