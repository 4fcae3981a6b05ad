/** Wherever a pull is cut off, the one after it brings the store to the same end. */
import assert from "node:assert/strict";
import { voidLeases } from "../../../lib/jobs/ledger.ts";
import { LAYOUT } from "../../../lib/history/layout.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { assertAgrees, bar, cutOff, FRIDAY, lastingIn, startPull } from "./pull_harness.ts";

/** One in each of four shards, so that four operations store them. */
const ASSETS = ["AAA", "BBB", "CCC", "DDD"];
const BAD = { open: 1, high: 1, low: 2, close: 1 };

const first = (): DatedStandInBar[] => [
  bar("AAA", FRIDAY, 1),
  bar("BBB", FRIDAY, 2),
  bar("CCC", FRIDAY, 3),
  { ...bar("DDD", FRIDAY, 4), ...BAD },
];

/** Two corrections, a bar that was missing, and one that is bad now. */
const second = (): DatedStandInBar[] => [
  bar("AAA", FRIDAY, 1.5),
  { ...bar("BBB", FRIDAY, 2), ...BAD },
  bar("CCC", FRIDAY, 3.5),
  bar("DDD", FRIDAY, 4),
];

/** A KV that has the assets and, where there are any, the bars of an earlier pull. */
async function prepared(before: readonly DatedStandInBar[] | undefined): Promise<Deno.Kv> {
  const kv = await Deno.openKv(":memory:");
  const options = { kv, assets: ASSETS, assetStep: LAYOUT.assetsPerShard };
  await using test = await startPull({ ...options, provider: { bars: before ?? [] } });
  if (before !== undefined) assert.equal((await test.pull(FRIDAY)).state, "succeeded");
  return kv;
}

const pullCutOff = (kv: Deno.Kv, bars: readonly DatedStandInBar[], commits: number): Promise<boolean> =>
  cutOff({
    ...{ kv, commits, provider: { bars }, now: "2024-03-09T10:10:00.000Z" },
    begin: (test) => test.ask(FRIDAY),
    work: (test) => test.clock.until(test.worker.runDue()),
  });

/** The next process, as it starts. */
async function resumed(kv: Deno.Kv, bars: readonly DatedStandInBar[]): Promise<Record<string, unknown>> {
  await using test = await startPull({ kv, provider: { bars }, now: "2024-03-09T10:11:00.000Z" });
  await voidLeases(test.services);
  await test.clock.until(test.worker.runDue());
  const { state, error } = await test.job(`pull-market-day:${FRIDAY}`);
  assert.deepEqual([state, error], ["succeeded", null]);
  await assertAgrees(test.services);
  return await lastingIn(kv);
}

const SCENES = [
  { what: "a new day", before: undefined, bars: first() },
  { what: "a day that is complete, with corrections", before: first(), bars: second() },
  { what: "a day that is complete, without any", before: first(), bars: first() },
];
for (const { what, before, bars } of SCENES) {
  Deno.test(`${what}: cut off after each commit, and resumed`, async () => {
    using uninterrupted = await prepared(before);
    await pullCutOff(uninterrupted, bars, Infinity);
    const expected = await lastingIn(uninterrupted);
    let commits = 1;
    for (let isCut = true; isCut; commits++) {
      using kv = await prepared(before);
      isCut = await pullCutOff(kv, bars, commits);
      assert.deepEqual(await resumed(kv, bars), expected, `cut off after ${commits} commits`);
    }
    assert.ok(commits > 4, `${commits} commits`);
  });
}
