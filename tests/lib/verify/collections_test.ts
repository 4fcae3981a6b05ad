import { portfolio } from "../store/harness.ts";
import { patch, testCases } from "./harness.ts";

testCases([
  {
    what: "an index entry that is missing",
    corrupt: (kv) => kv.delete(["assets_by_sector", "energy", "A2", 2]),
    faults: ['["assets_by_sector", "energy", "A2", 2] is missing: ["assets", 2] has it'],
  },
  {
    what: "one of several index entries that is missing",
    corrupt: (kv) => kv.delete(["assets_by_sector", "utilities", "A302", 302]),
    faults: ['["assets_by_sector", "utilities", "A302", 302] is missing: ["assets", 302] has it'],
  },
  {
    what: "an index entry of an entity that does not have it",
    corrupt: (kv) => kv.set(["portfolios_by_visibility", "public", "active", 1], 1),
    faults: [
      '["portfolios_by_visibility", "public", "active", 1] is left from ["portfolios", 1], which does not have it',
    ],
  },
  {
    what: "an index entry of an entity that does not exist",
    corrupt: (kv) => kv.set(["assets_by_sector", "energy", "GONE", 99], 99),
    faults: ['["assets_by_sector", "energy", "GONE", 99] is left from ["assets", 99], which does not exist'],
  },
  {
    what: "an index entry that points elsewhere",
    corrupt: (kv) => kv.set(["assets_by_sector", "energy", "A2", 2], 1),
    faults: ['["assets_by_sector", "energy", "A2", 2] points at 1, but ["assets", 2] has it'],
  },
  {
    what: "a unique key that points at nothing there is",
    corrupt: (kv) => kv.set(["assets_by_symbol", "A2"], 99),
    faults: ['["assets_by_symbol", "A2"] points at 99, but ["assets", 2] has it'],
  },
  {
    what: "a unique key that holds no id",
    corrupt: (kv) => kv.set(["assets_by_symbol", "NEW"], { no: 1 }),
    faults: ['["assets_by_symbol", "NEW"] points at [object Object], which is no id'],
  },
  {
    what: "a unique key that nobody has",
    corrupt: (kv) => kv.set(["portfolios_by_owner_and_name", "usr_a", "Old name"], 1),
    faults: [
      '["portfolios_by_owner_and_name", "usr_a", "Old name"] is left from ["portfolios", 1], which does not have it',
    ],
  },
  {
    what: "two entities with one unique value",
    corrupt: (kv) => patch(kv, ["portfolios", 2], { name: "Portfolio 1" }),
    faults: [
      '["portfolios_by_owner_and_name", "usr_a", "Portfolio 1"] points at 1, but ["portfolios", 2] has it',
      '["portfolios_by_name", "active", "portfolio 1", 2] is missing: ["portfolios", 2] has it',
      '["portfolios_by_owner_and_name", "usr_a", "Portfolio 2"] is left from ["portfolios", 2], which does not have it',
      '["portfolios_by_name", "active", "portfolio 2", 2] is left from ["portfolios", 2], which does not have it',
    ],
    left: [
      '["portfolios_by_owner_and_name", "usr_a", "Portfolio 1"] points at 1, but ["portfolios", 2] has it',
    ],
    changed: [
      '["portfolios_by_name", "active", "portfolio 1", 2]',
      '["portfolios_by_name", "active", "portfolio 2", 2]',
      '["portfolios_by_owner_and_name", "usr_a", "Portfolio 2"]',
    ],
  },
  {
    what: "an entity that is gone without its entries",
    corrupt: (kv) => kv.delete(["assets", 301]),
    faults: [
      '["assets_by_symbol", "A301"] is left from ["assets", 301], which does not exist',
      '["assets_by_sector", "energy", "A301", 301] is left from ["assets", 301], which does not exist',
      '["assets_by_kind", "stock", "A301", 301] is left from ["assets", 301], which does not exist',
      '["assets_by_status", "active", "A301", 301] is left from ["assets", 301], which does not exist',
    ],
    changed: [
      '["assets", 301]',
      '["assets_by_kind", "stock", "A301", 301]',
      '["assets_by_sector", "energy", "A301", 301]',
      '["assets_by_status", "active", "A301", 301]',
      '["assets_by_symbol", "A301"]',
    ],
  },
  {
    what: "an entity that cannot be read",
    corrupt: (kv) => patch(kv, ["assets", 2], { kind: "tulip" }),
    faults: [/^\["assets", 2\] cannot be read: kind: Invalid option/],
    left: "all",
  },
  {
    what: "an entity of another schema version",
    corrupt: (kv) => patch(kv, ["portfolios", 1], { v: 7 }),
    faults: [/^\["portfolios", 1\] cannot be read: v: Invalid input: expected 1/],
    left: "all",
  },
  {
    what: "an entity under another's key",
    corrupt: (kv) => kv.set(["portfolios", 4], { v: 1, ...portfolio(3) }),
    faults: ['["portfolios", 4] holds what belongs to ["portfolios", 3]'],
    left: "all",
  },
  {
    what: "a job without its due time",
    corrupt: async (kv) => {
      for await (const { key } of kv.list({ prefix: ["jobs_by_due"] })) await kv.delete(key);
    },
    faults: [/^\["jobs_by_due", .*"nothing:1"\] is missing: \["jobs", "nothing:1"\] has it$/],
  },
]);
