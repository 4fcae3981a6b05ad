/** Wherever a backfill is cut off, it goes on where it was, and asks for nothing that it has. */
import assert from "node:assert/strict";
import { voidLeases } from "../../../lib/jobs/ledger.ts";
import { bodyOf } from "../../support/answers.ts";
import { addAsset } from "../../support/factories.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { askForBackfill, assertStored, backfill, barsOf, callsOf, planOf, rest, weekdays } from "./backfill_harness.ts";
import { assertAgrees, bar, lastingIn, type PullTest, startPull } from "./pull_harness.ts";

const TO = "2024-03-08";

interface Scene {
  readonly what: string;
  readonly assets: readonly string[];
  readonly days: readonly string[];
  readonly calls: number;
}

const SCENES: readonly Scene[] = [
  { what: "by asset", assets: ["A", "B"], days: weekdays("2024-03-05", TO), calls: 2 },
  { what: "by date", assets: ["A", "B", "C"], days: weekdays("2024-03-07", TO), calls: 2 },
];

const spanOf = ({ days }: Scene) => ({ from: days[0] ?? "", to: TO });

/** Some of it is garbage. */
const barsIn = ({ assets, days }: Scene): DatedStandInBar[] => [
  ...barsOf(assets, days).filter(({ symbol, date }) => symbol !== "A" || date !== TO),
  { ...bar("A", TO, 3), low: 4 },
];

/** A process that is gone as soon as it has made so many commits. Answers whether it came so far, and its calls. */
async function cutOff(kv: Deno.Kv, scene: Scene, commits: number): Promise<{ isCut: boolean; calls: string[] }> {
  const never = new Promise<never>(() => {});
  let left = Infinity;
  const test = await startPull({
    ...{ kv, assets: scene.assets, provider: { bars: barsIn(scene) } },
    async through(operation) {
      if (left === 0) return await never;
      const result = await operation();
      return left === 0 ? await never : result;
    },
    committed: () => void (left -= 1),
  });
  await askForBackfill(test, spanOf(scene));
  left = commits;
  const ended = test.clock.until(test.worker.runDue());
  await (commits === Infinity ? ended : ended.catch(() => {}));
  // A process that is gone cannot be stopped, only its surroundings can.
  test.services.store.close();
  await test.provider.stop();
  return { isCut: left === 0, calls: callsOf(test) };
}

/** Without what was asked for: what is stored already is not, so that it depends on where it was cut off. */
const barsAndDays = async (kv: Deno.Kv): Promise<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(await lastingIn(kv)).filter(([key]) => !key.startsWith('["asked_histories"')));

async function resumed(kv: Deno.Kv, scene: Scene): Promise<string[]> {
  await using test = await startPull({ kv, provider: { bars: barsIn(scene) }, now: "2024-03-09T10:11:00.000Z" });
  await voidLeases(test.services);
  await rest(test);
  const { state, error, progress } = await test.read(`/jobs/backfill:all:${scene.days[0]}..${TO}`);
  const total = scene.assets.length * scene.days.length;
  assert.deepEqual([state, error, progress], ["succeeded", null, { done: total, total }]);
  await assertAgrees(test.services);
  return callsOf(test);
}

for (const scene of SCENES) {
  Deno.test(`${scene.what}: cut off after every other commit, and resumed`, async () => {
    using uninterrupted = await Deno.openKv(":memory:");
    const { calls } = await cutOff(uninterrupted, scene, Infinity);
    assert.equal(calls.length, scene.calls);
    const expected = await barsAndDays(uninterrupted);
    let commits = 1;
    for (let isCut = true; isCut; commits += 2) {
      using kv = await Deno.openKv(":memory:");
      const first = await cutOff(kv, scene, commits);
      isCut = first.isCut;
      const all = [...first.calls, ...await resumed(kv, scene)];
      assert.deepEqual(await barsAndDays(kv), expected, `cut off after ${commits} commits`);
      const what = (call: string) => call.replace(/ .*/, "");
      assert.deepEqual([...new Set(all.map(what))], calls.map(what));
      // Only what was under way when the process was cut off.
      assert.ok(all.length <= calls.length + 1, `${all.length} calls when cut off after ${commits} commits`);
    }
    assert.ok(commits > 8, `${commits} commits`);
  });
}

const MANY = Array.from({ length: 25 }, (_, i) => `S${String.fromCharCode(65 + i)}`);
const DAYS = weekdays("2024-01-02", TO);
const SPAN = { from: "2024-01-02", to: TO };
const JOB = "backfill:all:2024-01-02..2024-03-08";

Deno.test("a long one is done in parts: its result adds up, and each part begins to count attempts anew", async () => {
  const bars = barsOf(MANY, DAYS);
  await using test = await startPull({ provider: { bars }, assets: MANY });
  await askForBackfill(test, SPAN);
  await test.live(150_000);
  const under = await test.read(`/jobs/${JOB}`);
  assert.deepEqual([under.state, under.progress.total, under.result.calls], ["running", MANY.length * DAYS.length, 25]);
  assert.ok(under.progress.done > 10 * DAYS.length && under.progress.done < 15 * DAYS.length, under.progress.done);
  assert.equal(under.result.provider_calls * DAYS.length, under.progress.done);
  await test.live(200_000);
  const { state, attempts, result, progress, timeline } = await test.read(`/jobs/${JOB}`);
  assert.deepEqual([state, attempts, result.provider_calls, result.written], [
    "succeeded",
    1,
    25,
    MANY.length * DAYS.length,
  ]);
  assert.deepEqual(progress, { done: result.written, total: result.written });
  assert.ok(timeline.some(({ event }: { event: string }) => event === "continues"));
  await assertStored(test, bars, MANY);
});

Deno.test("an urgent pull takes the next slot, however much a backfill has left", async () => {
  await using test = await startPull({ provider: { bars: barsOf(MANY, DAYS) }, assets: MANY });
  await askForBackfill(test, SPAN);
  await test.live(30_000);
  const before = test.provider.calls.length;
  await test.ask(TO);
  await test.live(15_000);
  assert.deepEqual(callsOf(test).slice(before, before + 1), [`stocks/${TO}`]);
  assert.equal((await test.job(`pull-market-day:${TO}`)).state, "succeeded");
});

Deno.test("cancelled and asked for again, it goes on where it was", async () => {
  const bars = barsOf(MANY.slice(0, 6), DAYS);
  await using test = await startPull({ provider: { bars }, assets: MANY.slice(0, 6) });
  await askForBackfill(test, SPAN);
  await test.live(30_000);
  await test.admin(`/jobs/${JOB}/cancel`, { method: "POST" });
  await test.live(20_000);
  assert.equal((await test.job(JOB)).state, "cancelled");
  const plan = await planOf(test, `?from=${SPAN.from}&to=${TO}`);
  assert.equal(plan.calls, 6 - test.provider.calls.length);
  await askForBackfill(test, SPAN);
  await test.live(100_000);
  assert.equal((await test.job(JOB)).state, "succeeded");
  assert.deepEqual(callsOf(test), MANY.slice(0, 6).map((symbol) => `${symbol} ${SPAN.from}/${TO}`));
  await assertStored(test, bars, MANY.slice(0, 6));
});

Deno.test("two at once ask for nothing twice", async () => {
  const symbols = MANY.slice(0, 4);
  const bars = barsOf(symbols, DAYS);
  await using test = await startPull({ provider: { bars }, assets: symbols });
  await askForBackfill(test, SPAN);
  for (const asset of symbols) await askForBackfill(test, { ...SPAN, asset });
  await rest(test);
  assert.deepEqual(callsOf(test).toSorted(), symbols.map((symbol) => `${symbol} ${SPAN.from}/${TO}`));
  await assertStored(test, bars, symbols);
  for (const { state } of (await test.read("/jobs")).items) assert.equal(state, "succeeded");
});

Deno.test("an asset that is removed meanwhile is left out, and leaves nothing behind", async () => {
  const bars = barsOf(["A", "B", "C"], DAYS);
  await using test = await startPull({ provider: { bars }, assets: ["A", "B", "C"] });
  await askForBackfill(test, SPAN);
  await test.live(5_000);
  for (const symbol of ["A", "C"]) {
    assert.equal((await test.admin(`/assets/${symbol}`, { method: "DELETE" })).status, 204);
  }
  await test.live(60_000);
  assert.equal((await test.job(JOB)).state, "succeeded");
  assert.deepEqual(callsOf(test).map((call) => call.slice(0, 1)), ["A", "B"]);
  const numbers = Array.from(await test.stored(), ([key]) => key).filter((key) => /asked_histories|"series"/.test(key));
  assert.ok(numbers.length > 0 && numbers.every((key) => /",2[\],]/.test(key)), numbers.join());
  await assertAgrees(test.services);
});

Deno.test("the jobs of an asset that is gone before they run or meanwhile are cancelled, and say why", async () => {
  const gone = async (test: PullTest, id: string) => {
    const { state, timeline } = await test.job(id);
    return [state, timeline.at(-1)?.detail];
  };
  await using test = await startPull({ provider: { bars: barsOf(["A"], DAYS) } });
  await addAsset(test, { symbol: "A" });
  await bodyOf(
    await test.admin("/jobs", { method: "POST", body: { name: "refresh-asset", args: { symbol: "A" } } }),
    202,
  );
  await test.admin("/assets/A", { method: "DELETE" });
  await rest(test);
  assert.deepEqual(await gone(test, "backfill:asset:A"), ["cancelled", "There is no asset A any more"]);
  assert.deepEqual(await gone(test, "refresh-asset:A"), ["cancelled", "There is no asset A"]);
  assert.equal(test.provider.calls.length, 0);

  await addAsset(test, { symbol: "A" });
  await test.live(5_000);
  assert.equal((await test.job("backfill:asset:A")).state, "running");
  await test.admin("/assets/A", { method: "DELETE" });
  await rest(test);
  assert.deepEqual(await gone(test, "backfill:asset:A"), ["cancelled", "There is no asset A any more"]);
});

Deno.test("what fails for one asset does not hold up the others, and is tried again", async () => {
  const symbols = ["A", "B", "C"];
  const bars = barsOf(symbols, DAYS);
  await using test = await startPull({ provider: { bars }, assets: symbols });
  test.provider.faults.add({ type: "truncated_json" }, { path: "/v2/aggs/ticker/A/", times: 2 });
  const { state, result } = await backfill(test, SPAN);
  assert.deepEqual([state, result.provider_calls, result.written], ["succeeded", 5, 3 * DAYS.length]);
  assert.deepEqual(callsOf(test).map((call) => call[0]), ["A", "B", "C", "A", "A"]);
  await assertStored(test, bars, symbols);
});
