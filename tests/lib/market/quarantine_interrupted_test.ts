/** Wherever a decision is cut off, asking for it again brings the store to the same end. */
import assert from "node:assert/strict";
import { assertAgrees, bar, cutOff, FRIDAY, lastingIn, type PullTest, startPull, THURSDAY } from "./pull_harness.ts";

const WEDNESDAY = "2024-03-06";
const DAYS = [WEDNESDAY, THURSDAY, FRIDAY];
const BARS = [bar("AAA", WEDNESDAY, 10), bar("AAA", THURSDAY, 22), bar("AAA", FRIDAY, 23)];
const provider = { bars: BARS, switches: { callsPerMinute: 0 } };

/** Two bars wait, the second because of the first. */
async function prepared(): Promise<Deno.Kv> {
  const kv = await Deno.openKv(":memory:");
  await using test = await startPull({ kv, assets: ["AAA"], provider });
  for (const day of DAYS) assert.equal((await test.pull(day)).state, "succeeded");
  return kv;
}

async function decide(test: PullTest, word: string): Promise<void> {
  const { items } = await test.read(`/market/quarantine?date=${THURSDAY}`);
  const answer = await test.admin(`/market/quarantine/${items[0].id}/${word}`, { method: "POST" });
  assert.equal(answer.status, 200, await answer.text());
}

async function again(kv: Deno.Kv, word: string): Promise<Record<string, unknown>> {
  await using test = await startPull({ kv, provider });
  await decide(test, word);
  await assertAgrees(test.services);
  return await lastingIn(kv);
}

for (const word of ["accept", "reject"]) {
  Deno.test(`a decision to ${word} is cut off after each commit, and asked for again`, async () => {
    using uninterrupted = await prepared();
    const expected = await again(uninterrupted, word);
    let commits = 1;
    for (let isCut = true; isCut; commits++) {
      using kv = await prepared();
      isCut = await cutOff({
        ...{ kv, commits, provider },
        begin: () => Promise.resolve(),
        async work(test) {
          const decided = decide(test, word);
          decided.catch(() => {});
          await test.clock.settle();
        },
      });
      assert.deepEqual(withoutTimes(await again(kv, word)), withoutTimes(expected), `cut off after ${commits} commits`);
    }
    assert.ok(commits > (word === "accept" ? 3 : 2), `${commits} commits`);
  });
}

const withoutTimes = (stored: Record<string, unknown>): unknown =>
  JSON.parse(JSON.stringify(stored, (name, value) => name === "at" ? "" : value));
