/** A new asset takes up a symbol that was another issuer's: it inherits nothing, and finds what was its own. */
import assert from "node:assert/strict";
import { verify } from "../../../lib/verify/mod.ts";
import { assertProblem, bodyOf } from "../../support/answers.ts";
import { addAsset } from "../../support/factories.ts";
import type { ProviderStandInOptions } from "../../support/provider_stand_in.ts";
import { startService } from "../../support/service.ts";
import { backfill, barsOf, closesOf, planOf, rest, weekdays, workOff } from "./backfill_harness.ts";
import { csv, folderOf } from "./csv_folder_harness.ts";
import { bar, type Json, type PullTest, startPull } from "./pull_harness.ts";

/** META was a fund's until 8 June 2022, and FB what is META since. */
const CHANGED = "2022-06-09";
const DAYS = weekdays("2022-06-06", "2022-06-10");
const BARS = [
  ...DAYS.map((day) => bar("META", day, day < CHANGED ? 150 : 184)),
  ...DAYS.filter((day) => day < CHANGED).map((day) => bar("FB", day, 196)),
];
const META = { symbol: "META", name: "Meta Platforms, Inc.", listedOn: "2012-05-18" };
const RENAMES = [{ from: "FB", to: "META", date: CHANGED }];
const NOW = "2022-06-11T10:00:00.000Z";

const start = (provider: Partial<ProviderStandInOptions>): Promise<PullTest> =>
  startPull({ now: NOW, provider: { bars: BARS, ...provider } });

const OWN = Object.fromEntries(DAYS.map((day) => [day, day < CHANGED ? "196" : "184"]));
const UNDER_THE_SYMBOL = Object.fromEntries(DAYS.map((day) => [day, day < CHANGED ? "150" : "184"]));
const SINCE_THE_CHANGE = { "2022-06-09": "184", "2022-06-10": "184" };

Deno.test("the provider tells of a rename: the history is its own, under the symbols of the time", async () => {
  const dividends = [
    { symbol: "FB", date: "2022-06-07", cash: 0.5 },
    { symbol: "META", date: "2022-06-08", cash: 7 },
    { symbol: "META", date: "2022-06-10", cash: 0.25 },
  ];
  await using test = await start({ assets: [META], renames: RENAMES, dividends });
  await addAsset(test, { symbol: "META" });
  await rest(test);
  assert.deepEqual(await closesOf(test, "META"), OWN);
  const asset = await test.read("/assets/META");
  assert.deepEqual([asset.listed_on, asset.former_symbols], ["2012-05-18", [{ symbol: "FB", until: CHANGED }]]);
  const paid = (await test.read("/assets/META/dividends")).items;
  assert.deepEqual(paid.map(({ ex_dividend_date, cash_amount }: Json) => [ex_dividend_date, cash_amount]), [
    ["2022-06-07", "0.5"],
    ["2022-06-10", "0.25"],
  ]);
  assert.equal((await planOf(test)).calls, 0);
  assert.deepEqual(await Array.fromAsync(verify(test.services)), []);
});

Deno.test("the days of many assets, and a day that is pulled by hand, keep to it too", async () => {
  const others = ["A", "B", "C", "D", "E"];
  await using test = await start({
    ...{ bars: [...BARS, ...barsOf(others, DAYS)], assets: [META], renames: RENAMES },
  });
  for (const symbol of ["META", ...others]) await addAsset(test, { symbol });
  for (const { id } of (await test.read("/jobs")).items) await test.admin(`/jobs/${id}/cancel`, { method: "POST" });
  await test.clock.advance(60_000);
  const job = await backfill(test, { from: DAYS[0], to: DAYS[4] });
  assert.deepEqual([job.state, job.result.strategy], ["succeeded", "by_date"]);
  assert.deepEqual(await closesOf(test, "META"), OWN);
  await test.pull("2022-06-08");
  assert.deepEqual(await closesOf(test, "META"), OWN);
});

Deno.test("it knows of no rename, but of a listing: nothing older is asked for, and it was not listed yet", async () => {
  await using test = await start({ assets: [{ ...META, listedOn: CHANGED }] });
  test.provider.faults.add({ type: "status", status: 404, body: {} }, { path: "/vX/", times: Infinity });
  await addAsset(test, { symbol: "META" });
  await rest(test);
  assert.deepEqual(await closesOf(test, "META"), SINCE_THE_CHANGE);
  const gaps = await test.read(`/market/gaps?from=${DAYS[0]}&to=${DAYS[4]}`);
  assert.deepEqual([gaps.expected, gaps.present, gaps.assets], [2, 2, []]);
  const notListed = gaps.days.map(({ date, reasons }: Json) => `${date} ${reasons.not_listed_yet}`);
  assert.deepEqual(notListed, ["2022-06-06 1", "2022-06-07 1", "2022-06-08 1"]);
  await test.pull("2022-06-08");
  assert.deepEqual(await closesOf(test, "META"), SINCE_THE_CHANGE);
});

Deno.test("a provider that knows neither, and one that fails for it alone: the history comes all the same", async () => {
  await using knowing = await start({});
  await addAsset(knowing, { symbol: "META" });
  await rest(knowing);
  assert.deepEqual(await closesOf(knowing, "META"), UNDER_THE_SYMBOL);
  await using failing = await start({ assets: [META], renames: RENAMES });
  failing.provider.faults.add({ type: "html" }, { path: "/vX/", times: Infinity });
  await addAsset(failing, { symbol: "META" });
  await rest(failing);
  assert.deepEqual(await closesOf(failing, "META"), UNDER_THE_SYMBOL);
  assert.equal((await failing.job("backfill:asset:META")).state, "succeeded");
});

Deno.test("it fails at first: what is asked then is its own", async () => {
  await using test = await start({ assets: [META], renames: RENAMES });
  test.provider.faults.add({ type: "html" }, { path: "/vX/", times: 2 });
  await addAsset(test, { symbol: "META" });
  await rest(test);
  assert.deepEqual(await closesOf(test, "META"), OWN);
});

Deno.test("what an administrator says of the listing counts, and must be a day before the symbol changed", async () => {
  await using test = await start({ assets: [META] });
  await addAsset(test, { symbol: "META", listed_on: CHANGED });
  await rest(test);
  assert.deepEqual(await closesOf(test, "META"), SINCE_THE_CHANGE);
  assert.equal((await test.read("/assets/META")).listed_on, CHANGED);
  const patch = (listed_on: string | null) => test.admin("/assets/META", { method: "PATCH", body: { listed_on } });
  for (const day of ["2022-06-12", "2022-02-30"]) await assertProblem(await patch(day), "validation-failed");
  assert.equal((await bodyOf<Json>(await patch(null))).listed_on, undefined);
  const { items: [{ changes }] } = await test.read("/audit?limit=1");
  assert.deepEqual(changes, [{ pointer: "/listed_on", from: CHANGED, to: null }]);
});

Deno.test("a folder of files knows of no renames: what it has is the asset's", async () => {
  const rows = DAYS.map((day) => `META,${day},5,5,5,5,1`);
  await using service = await startService({ now: NOW, provider: folderOf({ "bars.csv": csv(...rows) }).provider });
  await addAsset(service, { symbol: "META" });
  await workOff(service);
  const { items } = await bodyOf<Json>(await service.admin("/assets/META/historic-values"));
  assert.equal(items.length, DAYS.length);
});
