import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBlock, encodeBlock, sameBar } from "../../../lib/history/block.ts";
import { decodeShard, encodeShard } from "../../../lib/history/shard.ts";
import { decodeSheet, encodeSheet } from "../../../lib/history/sheet.ts";
import { barOn, day, price } from "./arbitraries.ts";
import { bar } from "./harness.ts";

const dayNumber = fc.integer({ min: 0, max: 65_535 });
const recorded = fc.record({
  bar: barOn(day),
  recordedAtSeconds: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  source: fc.stringMatching(/^[a-z0-9_-]{1,40}$/),
}).map(({ bar, ...facts }) => ({ ...bar, ...facts }));

/** As KV would give it back. */
const stored = async (value: unknown): Promise<unknown> => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(["x"], value);
  return (await kv.get(["x"])).value;
};

Deno.test("property: a block gives back its bars", async () => {
  const bars = fc.uniqueArray(recorded, { selector: ({ date }) => date, maxLength: 31 })
    .map((bars) => bars.sort((a, b) => a.date < b.date ? -1 : 1));
  await fc.assert(
    fc.asyncProperty(bars, async (bars) => assert.deepEqual(decodeBlock(await stored(encodeBlock(bars))), bars)),
    { numRuns: 200 },
  );
});

Deno.test("property: a sheet gives back its closes, by rising asset number", async () => {
  const closes = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 32 - 1 }), price), { maxLength: 300 })
    .map((rows) => new Map(rows));
  await fc.assert(
    fc.asyncProperty(closes, async (closes) => {
      const read = decodeSheet(await stored(encodeSheet(closes)));
      assert.deepEqual([...read], [...closes].sort(([a], [b]) => a - b));
    }),
    { numRuns: 50 },
  );
});

Deno.test("property: a shard gives back its spans, and has none for what has no history", async () => {
  const span = fc.record({ firstDay: dayNumber, lastDay: dayNumber, lastClose: price }).map((span) => ({ ...span }));
  const shard = fc.array(fc.tuple(fc.nat({ max: 255 }), span), { maxLength: 40 }).map((rows) => new Map(rows));
  await fc.assert(
    fc.asyncProperty(shard, async (shard) => {
      const read = decodeShard(await stored(encodeShard(shard)));
      assert.deepEqual([...read], [...shard].sort(([a], [b]) => a - b));
    }),
    { numRuns: 50 },
  );
  assert.deepEqual(decodeShard(null), new Map());
});

Deno.test("what is of another form is refused", () => {
  for (const value of [null, 1, {}, { v: 2 }, { v: 1, packed: [] }]) assert.throws(() => decodeBlock(value), TypeError);
  for (const value of [null, 1, {}, { v: 2 }, { v: 1, assetNos: [] }]) {
    assert.throws(() => decodeSheet(value), TypeError);
  }
  for (const value of [1, {}, { v: 2 }, { v: 1, lastCloses: [] }]) assert.throws(() => decodeShard(value), TypeError);
  const cutOff = encodeBlock([{ ...bar("2021-01-04", 1 / 3), recordedAtSeconds: 1 }]);
  assert.throws(() => decodeBlock({ ...cutOff, packed: cutOff.packed.slice(0, -1) }), RangeError);
});

Deno.test("two bars are the same by their values alone", () => {
  const one = { ...bar("2021-01-04", 1), volume: 10 };
  assert.ok(sameBar(one, { ...one, source: "other", date: "2021-01-05" }));
  for (const other of [{ ...one, close: 2 }, { ...one, volume: null }, { ...one, vwap: 1 }]) {
    assert.ok(!sameBar(one, other));
  }
});
