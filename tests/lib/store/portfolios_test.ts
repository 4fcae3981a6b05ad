import assert from "node:assert/strict";
import fc from "fast-check";
import { UnreadableEntry } from "../../../lib/store/unreadable.ts";
import { contextOf, openTestStore, portfolio } from "./harness.ts";

const investment = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.string())
  .map(([assetNo, amount]) => ({ assetNo, amount }));

Deno.test("property: a portfolio is read as it was written, however many investments it has", async () => {
  using opened = await openTestStore();
  const { store } = opened;
  const { portfolios } = contextOf(store);
  const investments = fc.uniqueArray(investment, { maxLength: 500, selector: ({ assetNo }) => assetNo });
  let id = 0;
  await fc.assert(
    fc.asyncProperty(investments, async (investments) => {
      const written = portfolio(++id, { investments });
      await portfolios.insert(store.change(), written).commit();
      assert.deepEqual((await portfolios.get(id))?.value, written);
    }),
    { numRuns: 50 },
  );
});

Deno.test("investments are stored as columns; rows of a program before are read as ever, and become columns when they change", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  const { portfolios } = contextOf(store);
  const before = portfolio(1, { investments: [{ assetNo: 7, amount: "2.5" }, { assetNo: 3, amount: "-1" }] });
  await kv.set(["portfolios", 1], { v: 1, ...before });
  const read = await portfolios.get(1);
  assert.deepEqual(read?.value, before);
  await portfolios.update(1, () => ({ ...before, name: "Renamed" }));
  const { value } = await kv.get(["portfolios", 1]);
  const investments = { assetNos: [7, 3], amounts: ["2.5", "-1"] };
  assert.deepEqual(value, { v: 1, ...before, name: "Renamed", investments });
  assert.deepEqual((await portfolios.get(1))?.value, { ...before, name: "Renamed" });
});

Deno.test("columns that do not fit together are refused", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  for (const investments of [{ assetNos: [1, 2], amounts: ["1"] }, { assetNos: [1], amounts: ["1", "2"] }, {}]) {
    await kv.set(["portfolios", 1], { v: 1, ...portfolio(1), investments });
    await assert.rejects(contextOf(store).portfolios.getFresh(1), UnreadableEntry);
  }
});
