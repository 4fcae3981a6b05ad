import assert from "node:assert/strict";
import { doorkeeper } from "../../../lib/store/doorkeeper.ts";

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `["portfolios",${from + i}]`);

Deno.test("an id is known from the second time on, whatever was asked for between", () => {
  const isKnown = doorkeeper();
  const asked = ids(0, 1_000);
  assert.deepEqual(asked.filter(isKnown), []);
  assert.deepEqual(asked.filter(isKnown), asked);
  assert.deepEqual(asked.toReversed().filter(isKnown), asked.toReversed());
});

Deno.test("so many of the newest ids are known, and no more than twice as many", () => {
  for (const others of [0, 1, 99, 100, 101, 250]) {
    const isKnown = doorkeeper(100);
    ids(0, others).forEach(isKnown);
    const newest = ids(others, others + 100);
    newest.forEach(isKnown);
    assert.deepEqual(newest.filter(isKnown), newest, `after ${others} others`);
  }
  const isKnown = doorkeeper(100);
  ids(0, 300).forEach(isKnown);
  assert.deepEqual(ids(0, 100).filter(isKnown), []);
});

Deno.test("who comes back stays known, however many others pass", () => {
  const isKnown = doorkeeper(100);
  isKnown("regular");
  for (let day = 0; day < 10; day++) {
    ids(day * 90, day * 90 + 90).forEach(isKnown);
    assert.ok(isKnown("regular"), `on day ${day}`);
  }
});
