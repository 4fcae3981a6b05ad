/**
 * Version 2 to 3: what is in quarantine waits for somebody to accept or reject it, and may be a split or a dividend. Until then
 * it was always a bar of the stock market, and nobody could decide.
 *
 * @module
 */
import { z } from "zod";
import { changes } from "../change.ts";
import type { ReadsAndCommits } from "../reads.ts";

const entryBefore = z.looseObject({ v: z.literal(1), id: z.string(), assetNo: z.number() });

/** Each takes a check; an operation has ten. */
const ENTRIES_PER_OPERATION = 10;

export async function quarantineStates(kv: ReadsAndCommits): Promise<void> {
  for (;;) {
    const entries = await oldEntries(kv);
    if (entries.length === 0) return;
    for (let i = 0; i < entries.length; i += ENTRIES_PER_OPERATION) {
      const change = changes(kv, () => {});
      for (const { key, versionstamp, value } of entries.slice(i, i + ENTRIES_PER_OPERATION)) {
        const { id, assetNo } = value;
        const added = { kind: "bar", market: "stocks", comparedWith: null, state: "waiting", decision: null };
        change.check(key, versionstamp).set(key, { ...value, v: 2, ...added })
          .set(["quarantine_by_state", "waiting", id], id)
          .set(["quarantine_by_waiting", "bar", assetNo, id], id);
      }
      await change.commit();
    }
  }
}

async function oldEntries(kv: ReadsAndCommits) {
  const entries = await Array.fromAsync(kv.list({ prefix: ["quarantine"] }));
  return entries.flatMap(({ key, value, versionstamp }) => {
    const entry = entryBefore.safeParse(value);
    return entry.success ? [{ key, versionstamp, value: entry.data }] : [];
  });
}
