import assert from "node:assert/strict";
import { nextNumber } from "../../../lib/store/sequence.ts";
import type { Store } from "../../../lib/store/store.ts";
import { openTestStore } from "./harness.ts";

const COUNT = 50;

async function take(store: Store): Promise<number> {
  for (;;) {
    const next = await nextNumber(store, "things");
    const change = store.change().check(["things", next.number], null).set(["things", next.number], true);
    if (await next.stage(change).commit() !== undefined) return next.number;
  }
}

Deno.test("numbers taken at once are 1 and up, none twice and none left out", async () => {
  using opened = await openTestStore();
  const taken = await Promise.all(Array.from({ length: COUNT }, () => take(opened.store)));
  assert.deepEqual(taken.sort((a, b) => a - b), Array.from({ length: COUNT }, (_, i) => i + 1));
});

Deno.test("a number is taken by the commit, not by asking, and is not given again when its bearer is gone", async () => {
  using opened = await openTestStore();
  const { store } = opened;
  assert.equal((await nextNumber(store, "things")).number, 1);
  assert.equal(await take(store), 1);
  await store.change().delete(["things", 1]).commit();
  assert.equal(await take(store), 2);
  assert.equal((await nextNumber(store, "others")).number, 1);
});

Deno.test("of two that were offered the same number one is refused", async () => {
  using opened = await openTestStore();
  const { store } = opened;
  const [first, second] = [await nextNumber(store, "things"), await nextNumber(store, "things")];
  assert.equal(first.number, second.number);
  assert.ok(await first.stage(store.change()).commit());
  assert.equal(await second.stage(store.change()).commit(), undefined);
});
