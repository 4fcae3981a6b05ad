/**
 * A night that is cut off, and the process after it, which brings the store to the same end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LAYOUT } from "../../../lib/history/layout.ts";
import { voidLeases } from "../../../lib/jobs/ledger.ts";
import { actionFetchCollection } from "../../../lib/store/action_fetches.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { assertAgrees, bar, cutOff, FRIDAY, lastingIn, startPull, THURSDAY } from "./pull_harness.ts";

/** Each in a shard of its own: which of two markets is written first does not matter there. */
const ASSETS = ["AAA", "X:BTCUSD"];
const THREE_MINUTES_MS = 180_000;

const BEFORE = [bar("AAA", THURSDAY, 10), bar("X:BTCUSD", THURSDAY, 60_000)];
/** A new session, a new day of UTC, and a corrected bar of each market. */
const AFTER = [bar("AAA", THURSDAY, 10.5), bar("X:BTCUSD", THURSDAY, 60_001), bar("AAA", FRIDAY, 11)];
const COINS = [bar("X:BTCUSD", FRIDAY, 61_000)];

const byMarket = (bars: readonly DatedStandInBar[]) => (market: string, date: string) =>
  bars.filter((one) => one.date === date && market === (one.symbol.startsWith("X:") ? "crypto" : "stocks"));

const provider = {
  bars: byMarket([...AFTER, ...COINS]),
  splits: [{ symbol: "AAA", date: FRIDAY, ratio: 1.011 }],
  dividends: [{ symbol: "AAA", date: FRIDAY, cash: 0.25 }, {
    symbol: "AAA",
    date: THURSDAY,
    cash: 0.25,
    currency: "CAD",
  }],
};

async function prepared(): Promise<Deno.Kv> {
  const kv = await Deno.openKv(":memory:");
  const options = { kv, assets: ASSETS, assetStep: LAYOUT.assetsPerShard, now: "2024-03-08T12:00:00.000Z" };
  await using test = await startPull({ ...options, provider: { bars: byMarket(BEFORE) } });
  for (const market of ["stocks", "crypto"] as const) {
    assert.equal((await test.pull(THURSDAY, market)).state, "succeeded");
  }
  // The first fetch of splits and dividends goes back two years.
  const fetched = { provider: "polygon", through: THURSDAY };
  await actionFetchCollection(test.store).update(fetched.provider, () => fetched);
  return kv;
}

async function copyOf(kv: Deno.Kv): Promise<Deno.Kv> {
  const copy = await Deno.openKv(":memory:");
  for await (const { key, value } of kv.list({ prefix: [] })) await copy.set(key, value);
  return copy;
}

/** A Saturday, 03:10 in New York; the night was due ten minutes ago. */
const nightCutOff = (kv: Deno.Kv, commits: number): Promise<boolean> =>
  cutOff({
    ...{ kv, commits, provider, now: "2024-03-09T08:10:00.000Z" },
    begin: () => Promise.resolve(),
    async work(test) {
      await test.clock.until(test.keepTime()).catch(() => {});
      await test.live(THREE_MINUTES_MS);
    },
  });

async function resumed(kv: Deno.Kv): Promise<Record<string, unknown>> {
  await using test = await startPull({ kv, provider, now: "2024-03-09T08:30:00.000Z" });
  await voidLeases(test.services);
  await test.keepTime();
  await test.live(THREE_MINUTES_MS);
  for (const { id, state } of (await test.read("/jobs?limit=200")).items) assert.equal(state, "succeeded", id);
  await assertAgrees(test.services);
  return await lastingIn(kv);
}

/** Cuts a night off after its first commit and every so many from there, and answers how far they went. */
export async function cutNights(step: number): Promise<number> {
  using before = await prepared();
  using uninterrupted = await copyOf(before);
  await nightCutOff(uninterrupted, Infinity);
  const expected = await lastingIn(uninterrupted);
  assert.ok(`["market_days","stocks:${FRIDAY}"]` in expected && `["market_days","crypto:${FRIDAY}"]` in expected);
  assert.ok(`["splits",1,"${FRIDAY}"]` in expected && `["dividends",1,"${FRIDAY}"]` in expected);
  let commits = 1;
  for (let isCut = true; isCut; commits += step) {
    using kv = await copyOf(before);
    isCut = await nightCutOff(kv, commits);
    assert.deepEqual(await resumed(kv), expected, `cut off after ${commits} commits`);
  }
  return commits;
}
