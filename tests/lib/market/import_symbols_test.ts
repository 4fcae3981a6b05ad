/** A file's rows go to whose symbols they were on their days. */
import assert from "node:assert/strict";
import { dividendsOf } from "../../../lib/history/corporate_actions.ts";
import { importBars } from "../../../lib/market/import_bars.ts";
import { bodyOf } from "../../support/answers.ts";
import { addAsset } from "../../support/factories.ts";
import { startService } from "../../support/service.ts";
import type { Json } from "./pull_harness.ts";

const ROWS = [
  ...["FB,2012-05-17,1,", "FB,2022-06-08,196,0.5", "FB,2022-06-10,5,0.1"],
  ...["META,2022-06-07,12,7", "META,2022-06-08,12,", "META,2022-06-09,184,"],
];

async function* file(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(["symbol,date,close,dividend", ...ROWS].join("\n")));
}

Deno.test("a row goes to whose symbol it was on its day, with its dividend; one of nobody known is counted with the reason", async () => {
  await using service = await startService({ now: "2024-03-09T10:00:00.000Z" });
  await addAsset(service, { symbol: "FB", listed_on: "2012-05-18" });
  const rename = { method: "POST", body: { symbol: "META", since: "2022-06-09" } };
  await bodyOf(await service.admin("/assets/FB/rename", rename));
  const ctx = service.services;
  const run = (createAssets: boolean) => importBars(ctx, file(), { source: "test", createAssets, onBadRow() {} });
  const closesOf = async (symbol: string) =>
    (await bodyOf<Json>(await service.admin(`/assets/${symbol}/historic-values`))).items
      .map(({ date, close }: Json) => `${date} ${close}`);
  const first = await run(false);
  assert.deepEqual([[...first.unknown], [...first.others]], [[["FB", 2]], [["META before 2022-06-09", 2]]]);
  assert.deepEqual(await closesOf("META"), ["2022-06-08 196", "2022-06-09 184"]);
  const { no } = (await ctx.assets.getBy("symbol", ["META"]))?.value ?? { no: 0 };
  assert.deepEqual((await dividendsOf(ctx, no)).map(({ cashAmount }) => cashAmount), ["0.5"]);
  const second = await run(true);
  assert.deepEqual([second.assetsCreated, [...second.unknown], [...second.others]], [1, [], [...first.others]]);
  assert.deepEqual(await closesOf("FB"), ["2012-05-17 1", "2022-06-10 5"]);
  assert.deepEqual(await closesOf("META"), ["2022-06-08 196", "2022-06-09 184"]);
});
