/** Whatever is sent in whatever order, and whatever is decided meanwhile. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { quarantineCollection, type QuarantineEntry } from "../../../lib/store/quarantine.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { assertAgrees, bar, type Json, type PullTest, startPull } from "./pull_harness.ts";

const DAYS = ["2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"];

/** Close together, far apart, and (below 0) with a low above the high. */
const rowOf = (date: string, close: number): DatedStandInBar =>
  close < 0 ? { ...bar("AAA", date, -close), low: 1 - close, high: -close } : bar("AAA", date, close);
const closes = fc.constantFrom(10, 12, 25, 30, -10.5, -25.5);

type Step =
  | { readonly type: "pull"; readonly day: number; readonly close: number }
  | { readonly type: "decide"; readonly which: number; readonly word: "accept" | "reject" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ type: fc.constant("pull" as const), day: fc.nat(3), close: closes }) },
    fc.record({
      type: fc.constant("decide" as const),
      which: fc.nat(5),
      word: fc.constantFrom("accept" as const, "reject" as const),
    }),
  ),
  { minLength: 4, maxLength: 14 },
);

const entriesOf = (test: PullTest): Promise<QuarantineEntry[]> =>
  Array.fromAsync(quarantineCollection(test.store).each(), ({ value }) => value);

const storedBars = async (test: PullTest): Promise<Map<string, number>> =>
  new Map((await test.read("/assets/AAA/historic-values")).items.map(({ date, close }: Json) => [date, Number(close)]));

/** Answers the close that is stored from then on, where the decision stores one. */
async function decide(test: PullTest, { which, word }: Extract<Step, { type: "decide" }>) {
  const waiting = (await entriesOf(test)).filter(({ state }) => state === "waiting");
  const entry = waiting[which % Math.max(1, waiting.length)];
  if (entry === undefined) return undefined;
  const isBad = entry.reason !== "price_jump";
  const body = word === "accept" && isBad ? { bar: { close: "11" } } : undefined;
  const answer = await test.admin(`/market/quarantine/${entry.id}/${word}`, { method: "POST", ...(body && { body }) });
  assert.equal(answer.status, 200, await answer.text());
  return word === "accept"
    ? { date: entry.date, close: body === undefined ? Number(entry.row["close"]) : 11 }
    : undefined;
}

Deno.test("property: nothing that was rejected is stored, nothing that was accepted is lost, and every day counts right", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const sent = new Map<string, number>();
      await using test = await startPull({
        assets: ["AAA"],
        provider: {
          bars: (market, date) => market === "stocks" && sent.has(date) ? [rowOf(date, sent.get(date) ?? 0)] : [],
          switches: { callsPerMinute: 0 },
        },
      });
      /** By date, what somebody has accepted and nothing else was sent for since. */
      const accepted = new Map<string, number>();
      for (const step of taken) {
        if (step.type === "decide") {
          const stored = await decide(test, step);
          if (stored !== undefined) accepted.set(stored.date, stored.close);
        } else {
          const date = DAYS[step.day] ?? "";
          if (sent.get(date) !== step.close) accepted.delete(date);
          sent.set(date, step.close);
          assert.equal((await test.pull(date)).state, "succeeded");
        }
        const stored = await storedBars(test);
        for (const [date, close] of accepted) assert.equal(stored.get(date), close, `accepted on ${date}`);
        for (const { state, date, row } of await entriesOf(test)) {
          if (state === "rejected") assert.notEqual(stored.get(date), row["close"], `rejected on ${date}`);
        }
      }
      for (const { date, quarantined } of (await test.read("/market/days")).items) {
        const waiting = (await entriesOf(test)).filter((entry) => entry.date === date && entry.state === "waiting");
        assert.equal(quarantined, waiting.length, date);
      }
      await assertAgrees(test.services);
    }),
    { numRuns: 25 },
  );
});
