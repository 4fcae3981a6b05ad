import assert from "node:assert/strict";
import { sideBySide } from "../../../lib/portfolios/side_by_side.ts";

Deno.test("results in the order of what they are of, never more at once than the width", async () => {
  let [underWay, most] = [0, 0];
  const work = async (n: number) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < n % 3; turn++) await Promise.resolve();
    underWay -= 1;
    return n * n;
  };
  assert.deepEqual(await sideBySide([5, 4, 3, 2, 1], 2, work), [25, 16, 9, 4, 1]);
  assert.equal(most, 2);
  assert.deepEqual(await sideBySide([], 2, work), []);
  await assert.rejects(sideBySide([1, 2], 2, () => Promise.reject(new Error("broken"))), /broken/);
});
