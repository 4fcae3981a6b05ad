/** Backfills from a folder of CSV files, which has no plan and no pace. */
import assert from "node:assert/strict";
import { bodyOf } from "../../support/answers.ts";
import { addAsset } from "../../support/factories.ts";
import { startService } from "../../support/service.ts";
import { csv, folderOf } from "./csv_folder_harness.ts";
import { workOff } from "./backfill_harness.ts";
import type { Json } from "./pull_harness.ts";

const ROWS = [
  "A,2001-03-01,40,41,39,40,100,0,1",
  "A,2001-03-02,10,11,9,10,400,0.1,4",
  "A,2021-11-04,20,21,19,20,100,0,1",
  "A,2021-11-05,20,21,19,20.5,100,0,1",
];

Deno.test("a new asset gets all that the files have of it, with splits and dividends, however old", async () => {
  await using service = await startService({ provider: folderOf({ "a.csv": csv(...ROWS) }).provider });
  await addAsset(service, { symbol: "A" });
  await workOff(service);
  const job = await bodyOf<Json>(await service.admin("/jobs/backfill:asset:A"));
  assert.deepEqual([job.state, job.result.strategy, job.result.written, job.result.actions], [
    "succeeded",
    "by_asset",
    4,
    2,
  ]);
  const { history } = await bodyOf<Json>(await service.request("/assets/A"));
  assert.deepEqual([history.from, history.to], ["2001-03-01", "2021-11-05"]);
  const { items } = await bodyOf<Json>(await service.request("/assets/A/historic-values?adjust=splits&to=2001-12-31"));
  assert.deepEqual(items.map(({ close }: Json) => close), ["10", "10"]);
  const plan = await bodyOf<Json>(await service.admin("/market/backfill-plan"));
  assert.deepEqual([plan.from, plan.calls, plan.action_calls], ["1970-01-01", 0, 0]);
});

Deno.test("by date: days before the files begin are found out with few questions, days without rows were closed", async () => {
  const symbols = ["A", "B", "C", "D"];
  const rows = symbols.flatMap((symbol) =>
    ["2021-11-03", "2021-11-05"].map((date) => `${symbol},${date},20,21,19,20,100,0,1`)
  );
  await using service = await startService({ provider: folderOf({ "a.csv": csv(...rows) }).provider });
  for (const symbol of symbols) await addAsset(service, { symbol });
  for (const symbol of symbols) await service.admin(`/jobs/backfill:asset:${symbol}/cancel`, { method: "POST" });
  const body = { name: "backfill", args: { from: "2021-11-02", to: "2021-11-05" } };
  await bodyOf(await service.admin("/jobs", { method: "POST", body }), 202);
  await workOff(service);
  const job = await bodyOf<Json>(await service.admin("/jobs/backfill:all:2021-11-02..2021-11-05"));
  assert.deepEqual([job.state, job.result.strategy, job.result.written], ["succeeded", "by_date", 8]);
  const { items } = await bodyOf<Json>(await service.request("/market/days"));
  assert.deepEqual(items.map(({ date, status }: Json) => [date, status]), [
    ["2021-11-05", "complete"],
    ["2021-11-04", "closed"],
    ["2021-11-03", "complete"],
  ]);
});
