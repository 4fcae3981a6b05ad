import { waitingBar } from "../../../lib/market/quarantined_bar.ts";
import { bar } from "../history/harness.ts";
import { NOW } from "../store/harness.ts";
import { patch, testCases, valueIn } from "./harness.ts";

testCases([
  {
    what: "what is known of a provider, and cannot be read",
    corrupt: (kv) => kv.set(["provider_states", "polygon"], { v: 9 }),
    faults: [/^\["provider_states", "polygon"\] cannot be read: calledAt: /],
  },
  {
    what: "a sequence below the highest number",
    corrupt: (kv) => kv.set(["sequences", "assets"], 301),
    faults: ['["sequences", "assets"] stands at 301, but assets go up to 302'],
  },
  {
    what: "a sequence that is missing",
    corrupt: (kv) => kv.delete(["sequences", "portfolios"]),
    faults: ['["sequences", "portfolios"] is missing, but portfolios go up to 2'],
    changed: ['["sequences", "portfolios"]'],
  },
  {
    what: "a sequence that is no number",
    corrupt: (kv) => kv.set(["sequences", "assets"], "302"),
    faults: ['["sequences", "assets"] holds 302, which is no whole number'],
  },
  {
    what: "a sequence below the number of an asset that is held, but does not exist",
    corrupt: async (kv) => {
      await patch(kv, ["portfolios", 1], {
        investments: [{ assetNo: 1, amount: "10" }, { assetNo: 400, amount: "1" }],
      });
      await kv.delete(["portfolios_by_asset", 300, 1]);
      await kv.set(["portfolios_by_asset", 400, 1], 1);
    },
    faults: [
      '["sequences", "assets"] stands at 302, but assets go up to 400',
      '["portfolios", 1] holds what does not exist: asset 400',
    ],
    left: ['["portfolios", 1] holds what does not exist: asset 400'],
    changed: ['["sequences", "assets"]'],
  },
  {
    what: "an investment in an asset that does not exist",
    corrupt: async (kv) => {
      await patch(kv, ["portfolios", 1], { investments: [{ assetNo: 1, amount: "10" }, { assetNo: 99, amount: "1" }] });
      await kv.delete(["portfolios_by_asset", 300, 1]);
      await kv.set(["portfolios_by_asset", 99, 1], 1);
    },
    faults: ['["portfolios", 1] holds what does not exist: asset 99'],
    left: "all",
  },
  {
    what: "a market day that has not begun",
    corrupt: async (kv) => {
      const day = await valueIn(kv, ["market_days", "stocks:2021-01-29"]);
      await kv.set(["market_days", "stocks:2026-11-21"], { ...day, date: "2026-11-21" });
      await kv.set(["market_days_by_market", "stocks", "stocks:2026-11-21"], "stocks:2026-11-21");
    },
    faults: ['["market_days", "stocks:2026-11-21"] has not begun: the newest day is 2026-11-20'],
  },
  {
    what: "a market day that is none",
    corrupt: async (kv) => {
      const day = await valueIn(kv, ["market_days", "stocks:2021-01-29"]);
      await kv.set(["market_days", "stocks:2021-02-29"], { ...day, date: "2021-02-29" });
      await kv.set(["market_days_by_market", "stocks", "stocks:2021-02-29"], "stocks:2021-02-29");
    },
    faults: ['["market_days", "stocks:2021-02-29"] 2021-02-29 is no day of the calendar'],
  },
  {
    what: "a closed market day with rows",
    corrupt: (kv) => patch(kv, ["market_days", "stocks:2021-01-29"], { status: "closed" }),
    faults: ['["market_days", "stocks:2021-01-29"] is closed, but has 4 rows'],
    changed: [
      '["market_days", "stocks:2021-01-29"]',
      '["market_days_by_market", "stocks", "stocks:2021-01-29"]',
    ],
  },
  {
    what: "a pending market day with rows",
    corrupt: (kv) => patch(kv, ["market_days", "stocks:2021-01-29"], { status: "pending" }),
    faults: ['["market_days", "stocks:2021-01-29"] is pending, but has 4 rows'],
    changed: ['["market_days", "stocks:2021-01-29"]'],
  },
  {
    what: "a complete market day without a revision",
    corrupt: (kv) => patch(kv, ["market_days", "stocks:2021-01-29"], { revision: 0 }),
    faults: ['["market_days", "stocks:2021-01-29"] is complete, but has no revision'],
    changed: ['["market_days", "stocks:2021-01-29"]'],
  },
  {
    what: "a complete market day that counts rows that do not wait",
    corrupt: (kv) => patch(kv, ["market_days", "stocks:2021-01-29"], { quarantined: 2 }),
    faults: ['["market_days", "stocks:2021-01-29"] says that 2 rows wait in quarantine, but there are 0'],
    changed: ['["market_days", "stocks:2021-01-29"]'],
  },
  {
    what: "a row in quarantine of an asset that does not exist, and is not counted",
    async corrupt(kv) {
      const facts = { market: "stocks", now: NOW } as const;
      const entry = waitingBar({ assetNo: 99, bar: bar("2021-01-29", 1) }, "high_below_low", facts);
      const { id } = entry;
      await kv.set(["quarantine", id], { v: 2, ...entry });
      for (const by of [["date", "2021-01-29"], ["asset", 99], ["state", "waiting"], ["waiting", "bar", 99]]) {
        const [name, ...value] = by;
        await kv.set([`quarantine_by_${name}`, ...value, id], id);
      }
    },
    faults: [
      '["market_days", "stocks:2021-01-29"] says that 0 rows wait in quarantine, but there are 1',
      /^\["quarantine", "2021-01-29:99:bar:\w+"\] belongs to asset 99, which does not exist$/,
    ],
    changed: ['["market_days", "stocks:2021-01-29"]'],
  },
  {
    what: "a split that cannot be read",
    corrupt: (kv) => patch(kv, ["splits", 1, "2021-01-29"], { splitTo: 4 }),
    faults: [/^\["splits", 1, "2021-01-29"\] cannot be read: splitTo: /],
    left: "all",
  },
  {
    what: "a split into nothing",
    corrupt: (kv) => patch(kv, ["splits", 1, "2021-01-29"], { splitTo: "0" }),
    faults: ['["splits", 1, "2021-01-29"] cannot be: not_positive'],
    left: "all",
  },
  {
    what: "splits and dividends that were recorded at no instant",
    corrupt: async (kv) => {
      // An instant to whoever reads it, but not in the form whose order is that of time.
      await patch(kv, ["splits", 1, "2021-01-29"], { recordedAt: "2021-11-05T21:00:00Z" });
      await patch(kv, ["dividends", 1, "2021-01-28"], { recordedAt: "2021-02-30T00:00:00.000Z" });
    },
    faults: [
      '["splits", 1, "2021-01-29"] was recorded at "2021-11-05T21:00:00Z", which is no instant such as 2021-11-05T21:00:00.000Z',
      '["dividends", 1, "2021-01-28"] was recorded at "2021-02-30T00:00:00.000Z", which is no instant such as 2021-11-05T21:00:00.000Z',
    ],
    left: "all",
  },
  {
    what: "currencies that there are not, of portfolios and assets; what a provider quotes in is taken",
    corrupt: async (kv) => {
      await patch(kv, ["portfolios", 1], { currency: "GBp" });
      await patch(kv, ["assets", 1], { currency: "" });
      await patch(kv, ["assets", 2], { currency: "BTC" });
      await patch(kv, ["assets", 3], { currency: "dollars" });
      await patch(kv, ["assets", 300], { currency: "GBp" });
    },
    faults: [
      '["portfolios", 1] is in "GBp", which is no currency',
      '["assets", 1] is in "", which is no currency',
      '["assets", 3] is in "dollars", which is no currency',
    ],
    left: "all",
    changed: [],
  },
  {
    what: "a dividend under another date",
    corrupt: (kv) => patch(kv, ["dividends", 1, "2021-01-28"], { exDividendDate: "2021-01-27" }),
    faults: ['["dividends", 1, "2021-01-28"] is of 2021-01-27'],
    left: "all",
  },
  {
    what: "a dividend of an asset that does not exist",
    corrupt: async (kv) => kv.set(["dividends", 99, "2021-01-28"], await valueIn(kv, ["dividends", 1, "2021-01-28"])),
    faults: ['["dividends", 99, "2021-01-28"] belongs to asset 99, which does not exist'],
  },
  {
    what: "an erasure of an asset that exists",
    corrupt: (kv) => kv.set(["erasures", 301], true),
    faults: ['["erasures", 301] would erase the history of asset 301, which exists'],
  },
  {
    what: "an erasure of nothing",
    corrupt: (kv) => kv.set(["erasures", "A1"], true),
    faults: ['["erasures", "A1"] names no asset by its number'],
  },
  {
    what: "versions, sequences and fixtures that there are not",
    corrupt: async (kv) => {
      for (const first of ["versions", "sequences", "fixtures"]) {
        await kv.set([first], 1);
        await kv.set([first, "colors"], 1);
        await kv.set([first, 7], "x");
      }
      await kv.set(["versions", "market", "x"], true);
      await kv.set(["sequences", "assets", 1], 1);
      await kv.set(["fixtures", "demo", "x"], true);
    },
    faults: [
      '["sequences"] is no sequence that this program keeps',
      '["sequences", "assets", 1] is no sequence that this program keeps',
      '["sequences", "colors"] is no sequence that this program keeps',
      '["sequences", 7] is no sequence that this program keeps',
      '["versions"] is no version that this program keeps',
      '["versions", "colors"] is no version that this program keeps',
      '["versions", "market", "x"] is no version that this program keeps',
      '["versions", 7] is no version that this program keeps',
      '["fixtures"] is no fixture that this program keeps',
      '["fixtures", "colors"] is no fixture that this program keeps',
      '["fixtures", "demo", "x"] is no fixture that this program keeps',
      '["fixtures", 7] is no fixture that this program keeps',
    ],
  },
  {
    what: "keys that nothing answers for",
    corrupt: async (kv) => {
      await kv.set(["aaa"], 1);
      await kv.set(["assets_by_color", "red", 1], 1);
      await kv.set(["zzz", 1n, new Uint8Array([1, 255])], 1);
      await kv.set([7, true], 1);
    },
    faults: [
      '["aaa"] is nothing that this program keeps',
      '["assets_by_color", "red", 1] is nothing that this program keeps',
      '["zzz", 1n, 0x01ff] is nothing that this program keeps',
      "[7, true] is nothing that this program keeps",
    ],
  },
]);
