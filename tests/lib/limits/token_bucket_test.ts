import assert from "node:assert/strict";
import fc from "fast-check";
import { fullBucket, take, WINDOW_MS } from "../../../lib/limits/token_bucket.ts";

const START = Date.parse("2026-11-20T08:00:00Z");

Deno.test("a minute's worth at once, then one an interval", () => {
  const bucket = fullBucket();
  const taken = Array.from({ length: 6 }, () => take(bucket, 6, START));
  assert.deepEqual(taken.map(({ remaining }) => remaining), [5, 4, 3, 2, 1, 0]);
  assert.deepEqual(taken.map(({ resetSeconds }) => resetSeconds), [10, 20, 30, 40, 50, 60]);
  assert.ok(taken.every(({ isAllowed }) => isAllowed));
  assert.deepEqual(take(bucket, 6, START), {
    isAllowed: false,
    perMinute: 6,
    remaining: 0,
    resetSeconds: 60,
    retryAfterSeconds: 10,
  });
  assert.equal(take(bucket, 6, START + 9_999).isAllowed, false);
  assert.equal(take(bucket, 6, START + 10_000).isAllowed, true);
  assert.equal(take(bucket, 6, START + 10_000).isAllowed, false);
});

Deno.test("what is refused takes nothing", () => {
  const bucket = fullBucket();
  assert.ok(take(bucket, 1, START).isAllowed);
  for (let i = 0; i < 1_000; i++) assert.equal(take(bucket, 1, START + i).isAllowed, false);
  assert.ok(take(bucket, 1, START + 60_000).isAllowed);
});

Deno.test("a clock that is put back keeps nobody out for longer than an interval", () => {
  const bucket = fullBucket();
  assert.ok(take(bucket, 6, START).isAllowed);
  const back = START - 14 * 86_400_000;
  const { isAllowed, retryAfterSeconds } = take(bucket, 6, back);
  assert.deepEqual([isAllowed, retryAfterSeconds], [false, 10]);
  assert.ok(take(bucket, 6, back + 10_000).isAllowed);
});

Deno.test("no minute after the first holds more than the limit, and whoever waits as told is let in", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 1_000 }),
    fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 300 }),
    (perMinute, waits) => {
      const bucket = fullBucket();
      let nowMs = START;
      let allowed = 0;
      for (const wait of waits) {
        nowMs += wait;
        const { isAllowed, remaining, retryAfterSeconds } = take(bucket, perMinute, nowMs);
        allowed += isAllowed ? 1 : 0;
        const mayTake = perMinute + (nowMs - START) / WINDOW_MS * perMinute;
        assert.ok(allowed <= mayTake + 1e-6, `${allowed} of ${mayTake}`);
        assert.ok(remaining >= 0 && remaining < perMinute);
        assert.equal(retryAfterSeconds === 0, remaining > 0);
        if (isAllowed) continue;
        assert.ok(retryAfterSeconds >= 1 && retryAfterSeconds <= 60);
        assert.ok(take({ ...bucket }, perMinute, nowMs + retryAfterSeconds * 1_000).isAllowed);
      }
    },
  ));
});
