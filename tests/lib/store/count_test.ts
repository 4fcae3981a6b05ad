import assert from "node:assert/strict";
import fc from "fast-check";
import { countKey, countOf } from "../../../lib/store/count.ts";
import type { Store } from "../../../lib/store/store.ts";
import { delayed, openTestStore } from "./harness.ts";

const [WHAT, USER] = ["portfolios_by_owner", "usr_a"] as const;

/** Makes a thing of the user, or takes it away again, with the count in the same commit. */
async function countThing(store: Store, thing: string, more: 1 | -1): Promise<void> {
  const key = [WHAT, USER, thing];
  for (;;) {
    const count = await countOf(store, WHAT, USER);
    const change = count.stage(store.change(), more);
    if (more === 1) change.set(key, null);
    else change.delete(key);
    if (await change.commit() !== undefined) return;
  }
}

Deno.test("however makings and removals interleave, the first and the last of a user included, the count is what there is", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { minLength: 2, maxLength: 4 }),
      async (scheduler, isKept) => {
        using opened = await scheduler.waitFor(openTestStore({ answerMs: Infinity }, (kv) => delayed(kv, scheduler)));
        const { store, kv } = opened;
        const work = Promise.all(isKept.map(async (kept, thing) => {
          await countThing(store, `${thing}`, 1);
          if (!kept) await countThing(store, `${thing}`, -1);
        }));
        await scheduler.waitFor(work);
        const { value } = await kv.get(countKey(WHAT, USER));
        assert.equal(value, isKept.filter(Boolean).length);
      },
    ),
    { numRuns: 100 },
  ));
