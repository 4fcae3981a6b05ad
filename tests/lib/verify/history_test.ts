import { decodeBlock, encodeBlock, type RecordedBar } from "../../../lib/history/block.ts";
import { encodeShard } from "../../../lib/history/shard.ts";
import { encodeSheet } from "../../../lib/history/sheet.ts";
import { DAYS, patch, patchSpan, removeWithPointers, testCases, valueIn } from "./harness.ts";

const sheet = (...rows: [number, number][]) => encodeSheet(new Map(rows));

async function patchBlock(kv: Deno.Kv, key: Deno.KvKey, change: (bars: RecordedBar[]) => RecordedBar[]): Promise<void> {
  await kv.set(key, encodeBlock(change(decodeBlock(await valueIn(kv, key)))));
}

const ALL_OF_ASSET_3 = [
  '["assets", 3]',
  '["assets_by_kind", "stock", "A3", 3]',
  '["assets_by_sector", "energy", "A3", 3]',
  '["assets_by_status", "active", "A3", 3]',
  '["assets_by_symbol", "A3"]',
  '["series", 3, "2021-01"]',
  '["series", 3, "2021-02"]',
  '["shards", 0]',
  ...DAYS.flatMap((day) => [`["sheets", "${day}", 0]`, `["superseded", 0, "${day}", 1]`]).sort(),
];

testCases([
  {
    what: "a sheet that is missing",
    corrupt: (kv) => kv.delete(["sheets", "2021-01-29", 0]),
    faults: ['["sheets", "2021-01-29", 0] is missing: 3 assets have a bar'],
  },
  {
    what: "a sheet of a day without bars",
    corrupt: (kv) => kv.set(["sheets", "2021-03-01", 1], sheet([300, 5])),
    faults: ['["sheets", "2021-03-01", 1] differs from the series: asset 300 has no bar'],
  },
  {
    what: "a sheet of a shard without assets",
    corrupt: (kv) => kv.set(["sheets", "2021-01-29", 9], sheet([2_500, 5])),
    faults: ['["sheets", "2021-01-29", 9] differs from the series: asset 2500 has no bar'],
  },
  {
    what: "a sheet that differs",
    corrupt: (kv) => kv.set(["sheets", "2021-01-29", 0], sheet([1, 2], [2, 3.5], [4, 9])),
    faults: [
      '["sheets", "2021-01-29", 0] differs from the series: asset 2 closed at 3.5 here, at 3 there; asset 3 is missing; ' +
      "asset 4 has no bar",
    ],
  },
  {
    what: "an empty sheet",
    corrupt: (kv) => kv.set(["sheets", "2021-03-01", 0], sheet()),
    faults: ['["sheets", "2021-03-01", 0] holds no rows'],
  },
  {
    what: "a sheet that cannot be read",
    corrupt: (kv) => kv.set(["sheets", "2021-01-29", 0], { v: 9 }),
    faults: ['["sheets", "2021-01-29", 0] cannot be read: A sheet is not of the form that this program reads'],
  },
  {
    what: "sheets and shards under keys of another form",
    corrupt: async (kv) => {
      await kv.set(["sheets", "2021-01-32", 0], sheet());
      await kv.set(["sheets", "2021-01-29"], sheet());
      await kv.set(["shards", 0.5], encodeShard(new Map()));
    },
    faults: [
      '["sheets", "2021-01-29"] stands under no day and shard',
      '["sheets", "2021-01-32", 0] stands under no day and shard',
      '["shards", 0.5] stands under no shard',
    ],
  },
  {
    what: "blocks under keys of another form",
    corrupt: async (kv) => {
      const block = await valueIn(kv, ["series", 1, "2021-01"]);
      for (const no of [-1, 0, 1.5, "1", true]) await kv.set(["series", no, "2021-01"], block);
      await kv.set(["series", 2], block);
    },
    faults: [
      '["series", "1", "2021-01"] stands under no asset and block',
      '["series", -1, "2021-01"] stands under no asset and block',
      '["series", 0, "2021-01"] stands under no asset and block',
      '["series", true, "2021-01"] stands under no asset and block',
      '["series", 1.5, "2021-01"] stands under no asset and block',
      '["series", 2] stands under no asset and block',
    ],
    left: "all",
  },
  {
    what: "a block that cannot be read",
    corrupt: (kv) => patch(kv, ["series", 2, "2021-01"], { packed: new Uint8Array(3) }),
    faults: [/^\["series", 2, "2021-01"\] cannot be read: Offset is outside the bounds/],
    left: "all",
  },
  {
    what: "a block without bars",
    corrupt: (kv) => kv.set(["series", 301, "2021-01"], encodeBlock([])),
    faults: ['["series", 301, "2021-01"] holds no bars'],
  },
  {
    what: "a block with a date twice",
    corrupt: (kv) => patchBlock(kv, ["series", 2, "2021-01"], (bars) => bars.concat(bars.slice(1))),
    faults: ['["series", 2, "2021-01"] is out of order: 2021-01-29 comes after 2021-01-29'],
    left: "all",
  },
  {
    what: "a block out of order",
    corrupt: (kv) => patchBlock(kv, ["series", 2, "2021-01"], (bars) => bars.reverse()),
    faults: ['["series", 2, "2021-01"] is out of order: 2021-01-28 comes after 2021-01-29'],
    left: "all",
  },
  {
    what: "a block with a date of another one",
    corrupt: async (kv) => {
      const february = decodeBlock(await valueIn(kv, ["series", 2, "2021-02"]));
      await patchBlock(kv, ["series", 2, "2021-01"], (bars) => bars.concat(february));
    },
    faults: ['["series", 2, "2021-01"] holds 2021-02-01, which is of another block'],
    left: "all",
  },
  {
    what: "bars that cannot be",
    corrupt: (kv) => patchBlock(kv, ["series", 2, "2021-01"], (bars) => bars.map((bar) => ({ ...bar, high: 0.1 }))),
    faults: [
      '["series", 2, "2021-01"] holds bars that cannot be: 2021-01-28: high_below_low; 2021-01-29: high_below_low',
    ],
    left: "all",
  },
  {
    what: "a close that differs from its sheet",
    corrupt: (kv) =>
      patchBlock(kv, ["series", 300, "2021-01"], ([first, ...rest]) => first ? [{ ...first, close: 9 }, ...rest] : []),
    faults: ['["sheets", "2021-01-28", 1] differs from the series: asset 300 closed at 300 here, at 9 there'],
    changed: ['["series", 300, "2021-01"]', '["sheets", "2021-01-28", 1]'],
  },
  {
    what: "a close that cannot be: what its sheet and its shard say may be right",
    corrupt: (kv) =>
      patchBlock(kv, ["series", 300, "2021-02"], (bars) => bars.map((bar) => ({ ...bar, close: 0, low: null }))),
    faults: [
      '["series", 300, "2021-02"] holds bars that cannot be: 2021-02-01: not_positive',
      /^\["shards", 1\] says of asset 300: .*, closed at 302; its series says: .*, closed at 0$/,
      '["sheets", "2021-02-01", 1] differs from the series: asset 300 closed at 302 here, at 0 there',
    ],
    left: "all",
  },
  {
    what: "a series that is missing",
    corrupt: (kv) => kv.delete(["series", 300, "2021-02"]),
    faults: [
      '["shards", 1] says of asset 300: 2021-01-28 to 2021-02-01, closed at 302; its series says: 2021-01-28 to ' +
      "2021-01-29, closed at 301",
      '["sheets", "2021-02-01", 1] differs from the series: asset 300 has no bar',
      '["superseded", 1, "2021-02-01", 1] asset 300 has no bar on this day',
    ],
    left: ['["superseded", 1, "2021-02-01", 1] asset 300 has no bar on this day'],
    changed: ['["shards", 1]', '["sheets", "2021-02-01", 1]'],
  },
  {
    what: "a first day that is another",
    corrupt: (kv) => patchSpan(kv, 0, 1, { firstDay: 18_656 }),
    faults: [/^\["shards", 0\] says of asset 2: 2021-01-29 to 2021-02-01, .*its series says: 2021-01-28 to 2021-02-01/],
  },
  {
    what: "a last close that is another",
    corrupt: (kv) => patchSpan(kv, 1, 43, { lastClose: 1 }),
    faults: [/^\["shards", 1\] says of asset 300: .*, closed at 1; its series says: .*, closed at 302$/],
  },
  {
    what: "a span of an asset without history",
    corrupt: (kv) => patchSpan(kv, 1, 44, {}),
    faults: ['["shards", 1] says of asset 301: 2021-01-28 to 2021-01-28, closed at 1; its series says: nothing'],
  },
  {
    what: "what a shard says, beside a block that cannot be read: of its asset it may be right",
    corrupt: async (kv) => {
      await patchSpan(kv, 0, 0, { lastClose: 7 });
      await kv.set(["series", 2, "2021-01"], { v: 2 });
      await kv.set(["sheets", "2021-01-28", 0], sheet([2, 2]));
    },
    faults: [
      '["series", 2, "2021-01"] cannot be read: A series block is not of the form that this program reads',
      /^\["shards", 0\] says of asset 1: .*, closed at 7; its series says: .*, closed at 3$/,
      '["sheets", "2021-01-28", 0] differs from the series: asset 1 is missing; asset 3 is missing',
    ],
    left: ['["series", 2, "2021-01"] cannot be read: A series block is not of the form that this program reads'],
    changed: ['["sheets", "2021-01-28", 0]', '["shards", 0]'].sort(),
  },
  {
    what: "a shard's record that is missing",
    corrupt: (kv) => kv.delete(["shards", 1]),
    faults: [/^\["shards", 1\] says of asset 300: nothing; its series says: 2021-01-28 to 2021-02-01, closed at 302$/],
  },
  {
    what: "a shard's record that cannot be read",
    corrupt: (kv) => kv.set(["shards", 1], { v: 2 }),
    faults: ['["shards", 1] cannot be read: A shard is not of the form that this program reads'],
  },
  {
    what: "the history of an asset that does not exist, but is held",
    corrupt: (kv) => removeWithPointers(kv, 300),
    faults: [
      '["portfolios", 1] holds what does not exist: asset 300',
      '["portfolios", 2] holds what does not exist: asset 300',
      '["series", 300] belongs to asset 300, which does not exist, but is held by a portfolio',
    ],
    left: "all",
  },
  {
    what: "the history of an asset that does not exist, with a block that cannot be read",
    corrupt: async (kv) => {
      await removeWithPointers(kv, 3);
      await kv.set(["series", 3, "2021-01"], { v: 2 });
    },
    faults: [
      '["series", 3, "2021-01"] cannot be read: A series block is not of the form that this program reads',
      '["series", 3] belongs to asset 3, which does not exist',
    ],
    changed: ALL_OF_ASSET_3,
  },
  {
    what: "the history of an asset that does not exist",
    corrupt: (kv) => removeWithPointers(kv, 3),
    faults: ['["series", 3] belongs to asset 3, which does not exist'],
    changed: ALL_OF_ASSET_3,
  },
]);
