import assert from "node:assert/strict";
import { finishErasures } from "../../../lib/history/erase.ts";
import { deleteAsset } from "../../../lib/market/assets.ts";
import { dump } from "../../support/answers.ts";
import { type CutService, isOfCut, startCuttable } from "../../support/cut.ts";
import { addAssets, addCloses } from "../../support/factories.ts";

/** But for the audit, whose ids are made up. */
const contents = async (kv: Deno.Kv) =>
  (await dump(kv)).filter(({ key: [first] }) => !/^audit/.test(String(first))).map(({ key, value }) => ({
    key,
    value,
  }));

async function startWithHistory(): Promise<CutService> {
  const service = await startCuttable();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "GS", { "2021-11-05": "407.08" });
  await addCloses(service, "AAPL", { "2021-11-05": "151.28", "2021-10-01": "142.65", "2020-01-02": "75.09" });
  return service;
}

Deno.test("a deletion that is cut off anywhere has either not begun, or is finished at the next start", async () => {
  await using whole = await startWithHistory();
  const before = await contents(whole.kv);
  whole.cutAt(Infinity);
  await deleteAsset(whole.services, "AAPL", undefined);
  const [after, last] = [await contents(whole.kv), whole.operations()];
  assert.ok(last > 10);
  let finished = 0;
  for (let n = 1; n <= last; n++) {
    await using service = await startWithHistory();
    service.cutAt(n);
    await assert.rejects(deleteAsset(service.services, "AAPL", undefined), isOfCut);
    await finishErasures(service.services);
    const isThere = (await service.kv.get(["assets", 1])).versionstamp !== null;
    if (!isThere) finished += 1;
    assert.deepEqual(await contents(service.kv), isThere ? before : after, `cut off at operation ${n} of ${last}`);
  }
  assert.ok(finished > 0 && finished < last);
});
