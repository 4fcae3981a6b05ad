/**
 * One way of damaging the sample of the verifier's tests for each kind of fault; all of them together, too.
 *
 * @module
 */
import { decodeBlock, encodeBlock } from "../../../lib/history/block.ts";
import type { FaultKind } from "../../../lib/verify/check.ts";
import { portfolio } from "../store/harness.ts";
import { AT, patch, patchSpan, removeWithPointers, valueIn } from "../verify/harness.ts";

type Damage = (kv: Deno.Kv) => Promise<unknown>;

export const DAMAGES: Readonly<Record<FaultKind, Damage>> = {
  missing_pointer: (kv) => kv.delete(["assets_by_kind", "stock", "A302", 302]),
  wrong_pointer: (kv) => kv.set(["assets_by_symbol", "A302"], 99),
  stray_pointer: (kv) => kv.set(["assets_by_sector", "energy", "GONE", 99], 99),
  shared_value: (kv) => kv.set(["portfolios", 3], { v: 1, ...portfolio(3, { name: "Portfolio 1" }) }),
  unreadable: (kv) => kv.set(["splits", 2, "2021-01-29"], { v: 9 }),
  misplaced: async (kv) => kv.set(["dividends", 1, "2021-01-26"], await valueIn(kv, ["dividends", 1, "2021-01-28"])),
  unreadable_state: (kv) => kv.set(["provider_states", "polygon"], { v: 9 }),
  unknown_key: (kv) => kv.set(["zzz"], true),
  low_sequence: (kv) => kv.set(["sequences", "assets"], 301),
  wrong_count: (kv) => kv.set(["counts", "portfolios_by_owner", "usr_a"], 9),
  credential_of_nobody: async (kv) => {
    const common = { digest: "d", userId: "usr_x", userAgent: "", createdAt: AT, expiresAt: AT, keyId: null };
    await kv.set(["sessions", "ses_1"], { v: 1, id: "ses_1", ...common });
    await kv.set(["sessions_by_digest", "d"], "ses_1");
    await kv.set(["sessions_by_user", "usr_x", "ses_1"], "ses_1");
  },
  use_of_nothing: (kv) => kv.set(["credential_uses", "key_1"], AT),
  impossible_day: (kv) => patch(kv, ["market_days", "stocks:2021-01-29"], { revision: 0 }),
  miscounted_day: (kv) => patch(kv, ["market_days", "stocks:2021-01-29"], { quarantined: 7 }),
  impossible_bars: async (kv) => {
    const bars = decodeBlock(await valueIn(kv, ["series", 2, "2021-02"]));
    await kv.set(["series", 2, "2021-02"], encodeBlock(bars.map((bar) => ({ ...bar, high: 0.1 }))));
  },
  impossible_action: (kv) => patch(kv, ["splits", 1, "2021-01-29"], { splitTo: "0" }),
  impossible_instant: (kv) => patch(kv, ["dividends", 1, "2021-01-28"], { recordedAt: "soon" }),
  impossible_currency: (kv) => patch(kv, ["portfolios", 2], { currency: "dollars" }),
  impossible_correction: async (kv) =>
    kv.set(["superseded", 1, "2021-01-27", 1], await valueIn(kv, ["superseded", 1, "2021-01-29", 1])),
  nothing_in_it: (kv) => kv.set(["series", 301, "2021-01"], encodeBlock([])),
  wrong_sheet: (kv) => kv.delete(["sheets", "2021-01-29", 0]),
  wrong_record: (kv) => patchSpan(kv, 0, 0, { lastClose: 7 }),
  wrong_erasure: (kv) => kv.set(["erasures", 301], true),
  gone_asset: (kv) => removeWithPointers(kv, 3),
  lost_asset: async (kv) => {
    await patch(kv, ["portfolios", 1], { investments: [{ assetNo: 1, amount: "10" }, { assetNo: 99, amount: "1" }] });
    await kv.delete(["portfolios_by_asset", 300, 1]);
    await kv.set(["portfolios_by_asset", 99, 1], 1);
  },
  wrong_lease: (kv) => patch(kv, ["jobs", "nothing:1"], { lease: { owner: "lost", expires_at: AT } }),
  log_of_no_job: (kv) => kv.set(["job_logs", "nothing:2"], { v: 1, job_id: "nothing:2", runs: [] }),
};

export async function damage(kv: Deno.Kv): Promise<void> {
  for (const inflict of Object.values(DAMAGES)) await inflict(kv);
}
