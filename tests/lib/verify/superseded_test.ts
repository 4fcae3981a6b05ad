import { decodeSuperseded, encodeSuperseded, type Superseded } from "../../../lib/history/superseded.ts";
import { testCases, valueIn } from "./harness.ts";

const KEY = ["superseded", 0, "2021-01-29", 1];

const patchRows = async (kv: Deno.Kv, change: (rows: Superseded[]) => Superseded[]) =>
  await kv.set(KEY, encodeSuperseded(change(decodeSuperseded(await valueIn(kv, KEY)))));

testCases([
  {
    what: "superseded bars under keys of another form",
    corrupt: async (kv) => {
      const value = await valueIn(kv, KEY);
      await kv.set(["superseded", 0.5, "2021-01-29", 1], value);
      await kv.set(["superseded", 0, "2021-02-29", 1], value);
      await kv.set(["superseded", 0, "2021-01-29"], value);
    },
    faults: [
      '["superseded", 0, "2021-01-29"] stands under no shard, day and version',
      '["superseded", 0, "2021-02-29", 1] stands under no shard, day and version',
      '["superseded", 0.5, "2021-01-29", 1] stands under no shard, day and version',
    ],
    left: "all",
  },
  {
    what: "superseded bars that cannot be read",
    corrupt: (kv) => kv.set(KEY, { v: 9 }),
    faults: [
      '["superseded", 0, "2021-01-29", 1] cannot be read: Superseded bars are not of the form that this program reads',
    ],
    left: "all",
  },
  {
    what: "superseded bars of another shard, and some that differ in nothing",
    corrupt: (kv) =>
      patchRows(
        kv,
        ([first, ...rest]) => first ? [{ ...first, assetNo: 300 }, ...rest, { ...first, differing: {} }] : [],
      ),
    faults: [
      '["superseded", 0, "2021-01-29", 1] asset 300 is of another shard; asset 1 differs in nothing',
    ],
    left: "all",
  },
  {
    what: "superseded bars whose place nothing took",
    corrupt: async (kv) => {
      await kv.set(["superseded", 0, "2021-01-27", 1], await valueIn(kv, KEY));
      await patchRows(kv, (rows) => rows.map((row) => row.assetNo === 3 ? { ...row, assetNo: 4 } : row));
    },
    faults: [
      '["superseded", 0, "2021-01-27", 1] asset 1 has no bar on this day; asset 2 has no bar on this day; asset 3 has no bar on this day',
      '["superseded", 0, "2021-01-29", 1] belongs to asset 4, which does not exist',
    ],
    left: [
      '["superseded", 0, "2021-01-27", 1] asset 1 has no bar on this day; asset 2 has no bar on this day; asset 3 has no bar on this day',
    ],
    changed: ['["superseded", 0, "2021-01-29", 1]'],
  },
  {
    what: "no rows, and more than a shard has assets",
    corrupt: async (kv) => {
      await kv.set(KEY, encodeSuperseded([]));
      const [row] = decodeSuperseded(await valueIn(kv, ["superseded", 0, "2021-01-28", 1]));
      if (row) await kv.set(["superseded", 0, "2021-01-28", 1], encodeSuperseded(Array(257).fill(row)));
    },
    faults: [
      '["superseded", 0, "2021-01-28", 1] holds 257 rows',
      '["superseded", 0, "2021-01-29", 1] holds no rows',
    ],
    left: ['["superseded", 0, "2021-01-28", 1] holds 257 rows'],
    changed: ['["superseded", 0, "2021-01-29", 1]'],
  },
]);
