/**
 * Version 4 to 5: a complete day counts all of its rows that wait in quarantine. Until then those that came with an asset's own
 * history were left out, and those of an asset that was deleted went on being counted.
 *
 * @module
 */
import { z } from "zod";
import { changes } from "../change.ts";
import type { ReadsAndCommits } from "../reads.ts";

const completeDay = z.looseObject({
  v: z.literal(2),
  market: z.string(),
  date: z.string(),
  status: z.literal("complete"),
  quarantined: z.number(),
});

type Day = z.infer<typeof completeDay>;

export async function waitingRows(kv: ReadsAndCommits): Promise<void> {
  for await (const { key } of kv.list({ prefix: ["market_days"] })) await recount(kv, key);
}

/** Again, where the day was changed meanwhile. */
async function recount(kv: ReadsAndCommits, key: Deno.KvKey): Promise<void> {
  for (let isDone = false; !isDone;) {
    const { value, versionstamp } = await kv.get(key);
    const day = completeDay.safeParse(value).data;
    const quarantined = day && await waitingOf(kv, day);
    isDone = quarantined === day?.quarantined ||
      await changes(kv, () => {}).check(key, versionstamp).set(key, { ...day, quarantined }).commit() !== undefined;
  }
}

async function waitingOf(kv: ReadsAndCommits, { market, date }: Day): Promise<number> {
  const waiting = z.looseObject({ kind: z.literal("bar"), market: z.literal(market), state: z.literal("waiting") });
  let count = 0;
  for await (const { key } of kv.list({ prefix: ["quarantine_by_date", date] })) {
    const { value } = await kv.get(["quarantine", String(key.at(-1))]);
    if (waiting.safeParse(value).success) count += 1;
  }
  return count;
}
