import { testCases } from "./harness.ts";

testCases([
  {
    what: "a count that is wrong",
    corrupt: (kv) => kv.set(["counts", "portfolios_by_owner", "usr_nobody"], 3),
    faults: ['["counts", "portfolios_by_owner", "usr_nobody"] says 3, but there are 0'],
  },
  {
    what: "a count of nothing that is counted",
    corrupt: (kv) => kv.set(["counts", "assets", "usr_nobody"], 3),
    faults: ['["counts", "assets", "usr_nobody"] counts nothing that is counted'],
  },
  {
    what: "an identity of nobody",
    corrupt: async (kv) => {
      const identity = {
        v: 1,
        id: "idn_1",
        issuer: "https://id.example",
        subject: "1",
        userId: "usr_x",
        createdAt: "x",
      };
      await kv.set(["identities", "idn_1"], identity);
      await kv.set(["identities_by_subject", "https://id.example", "1"], "idn_1");
      await kv.set(["identities_by_user", "usr_x", "idn_1"], "idn_1");
    },
    faults: ['["identities", "idn_1"] belongs to usr_x, who does not exist'],
  },
  {
    what: "a key and a session of nobody, their uses, and the count",
    corrupt: async (kv) => {
      const common = { v: 1, digest: "d", userId: "usr_x", createdAt: "x", expiresAt: "y" };
      await kv.set(["api_keys", "key_1"], {
        ...common,
        id: "key_1",
        prefix: "",
        name: "",
        scopes: [],
        allowedOrigins: [],
      });
      await kv.set(["sessions", "ses_1"], { ...common, id: "ses_1", userAgent: "", keyId: null });
      for (const [collection, id] of [["api_keys", "key_1"], ["sessions", "ses_1"]] as const) {
        await kv.set([`${collection}_by_digest`, "d"], id);
        await kv.set([`${collection}_by_user`, "usr_x", id], id);
        await kv.set(["credential_uses", id], "2021-11-06T12:00:00.000Z");
      }
      await kv.set(["counts", "api_keys_by_user", "usr_x"], 1);
    },
    faults: [
      '["api_keys", "key_1"] belongs to usr_x, who does not exist',
      '["sessions", "ses_1"] belongs to usr_x, who does not exist',
    ],
  },
  {
    what: "a count that is wrong, of what there is",
    corrupt: (kv) => kv.set(["counts", "portfolios_by_owner", "usr_a"], 3),
    faults: ['["counts", "portfolios_by_owner", "usr_a"] says 3, but there are 2'],
    changed: ['["counts", "portfolios_by_owner", "usr_a"]'],
  },
  {
    what: "the use of a key that is gone",
    corrupt: (kv) => kv.set(["credential_uses", "key_1"], "2021-11-06T12:00:00.000Z"),
    faults: ['["credential_uses", "key_1"] is left from a key or session that is gone'],
  },
]);
