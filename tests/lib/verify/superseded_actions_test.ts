import { AT, patch, testCases, valueIn } from "./harness.ts";

const KEY = ["superseded_splits", 1, AT, "2021-01-29"];
const split = {
  ...{ v: 1, executionDate: "2021-01-29", splitFrom: "1", splitTo: "5", source: "test" },
  recordedAt: "2021-01-01T00:00:00.000Z",
};

testCases([
  {
    what: "superseded splits under keys of another form",
    corrupt: async (kv) => {
      const value = await valueIn(kv, KEY);
      await kv.set(["superseded_splits", 1, "yesterday", "2021-01-29"], value);
      await kv.set(["superseded_splits", 1, AT], value);
      await kv.set(["superseded_splits", 1, AT, "2021-01-28"], value);
    },
    faults: [
      `["superseded_splits", 1, "${AT}"] stands under no asset, instant and date`,
      `["superseded_splits", 1, "${AT}", "2021-01-28"] begins with that of 2021-01-29`,
      '["superseded_splits", 1, "yesterday", "2021-01-29"] stands under no asset, instant and date',
    ],
    left: "all",
  },
  {
    what: "superseded dividends that cannot be read, and those that hold nothing",
    corrupt: async (kv) => {
      await patch(kv, ["superseded_dividends", 1, AT, "2021-01-27"], { v: 9 });
      await patch(kv, KEY, { actions: [] });
    },
    faults: [
      /^\["superseded_splits", .*\] cannot be read: actions: /,
      /^\["superseded_dividends", .*\] cannot be read: v: /,
    ],
    left: "all",
  },
  {
    what: "superseded splits that cannot be, one that was recorded after it was replaced, and one at no instant",
    corrupt: (kv) =>
      patch(kv, KEY, {
        actions: [{ ...split, recordedAt: AT }, { ...split, executionDate: "2021-02-30" }, {
          ...{ ...split, executionDate: "2021-03-01", recordedAt: "1" },
        }],
      }),
    faults: [
      `["superseded_splits", 1, "${AT}", "2021-01-29"] that of 2021-01-29 was recorded later; that of 2021-02-30 cannot be: bad_date; that of 2021-03-01 was recorded at "1", which is no instant such as 2021-11-05T21:00:00.000Z`,
    ],
    left: "all",
  },
  {
    what: "superseded splits of an asset that does not exist",
    corrupt: async (kv) => await kv.set(["superseded_splits", 99, AT, "2021-01-29"], await valueIn(kv, KEY)),
    faults: [`["superseded_splits", 99, "${AT}", "2021-01-29"] belongs to asset 99, which does not exist`],
  },
]);
