import assert from "node:assert/strict";
import { deadlines } from "../../../lib/store/in_time.ts";

const SOON_MS = 20;

interface Kept extends Disposable, ReturnType<typeof deadlines> {
  readonly told: string[];
}

function start(): Kept {
  const told: string[] = [];
  const tell = (message: string) => void told.push(message);
  const kept = deadlines({ log: { error: tell, info: tell }, onLateAnswer: () => tell("late"), answerMs: SOON_MS });
  return { ...kept, told, [Symbol.dispose]: kept.stop };
}

const unavailable = { name: "Problem", type: "unavailable", headers: { "retry-after": "5" } };

Deno.test("a call that answers is answered, and one that never does is given up", async () => {
  using kept = start();
  assert.equal(await kept.inTime("read", () => Promise.resolve(7)), 7);
  await assert.rejects(kept.inTime("write", () => new Promise(() => {})), {
    ...unavailable,
    detail: "The store does not answer; what was asked for may have been done all the same",
  });
  assert.deepEqual(kept.told, ["The store does not answer"]);
});

Deno.test("while the store is silent one call asks and the others fail unasked; a late answer ends that", async () => {
  using kept = start();
  const first = Promise.withResolvers<number>();
  await assert.rejects(kept.inTime("read", () => first.promise), unavailable);
  const asking = kept.inTime("read", () => first.promise);
  let asked = 0;
  await assert.rejects(kept.inTime("read", () => Promise.resolve(asked++)), unavailable);
  assert.equal(asked, 0);
  first.resolve(7);
  assert.equal(await asking, 7);
  assert.equal(await kept.inTime("read", () => Promise.resolve(8)), 8);
  assert.deepEqual(kept.told, ["The store does not answer", "The store answers again", "late"]);
});

Deno.test("a write that fails is told of once, and until one succeeds", async () => {
  using kept = start();
  const full = () => Promise.reject(new TypeError("database or disk is full"));
  for (let i = 0; i < 3; i++) await assert.rejects(kept.inTime("write", full), unavailable);
  await kept.inTime("read", () => Promise.resolve());
  assert.equal(kept.refusal(), "database or disk is full");
  await kept.inTime("write", () => Promise.resolve());
  assert.equal(kept.refusal(), undefined);
  assert.deepEqual(kept.told, ["The store failed", "The store works again"]);
});

Deno.test("a fault of the caller is no fault of the store", async () => {
  using kept = start();
  await assert.rejects(kept.inTime("write", () => Promise.reject(new TypeError("Value too large"))), TypeError);
  assert.equal(kept.refusal(), undefined);
});
