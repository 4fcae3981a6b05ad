import assert from "node:assert/strict";
import { DIVIDENDS, type Split, SPLITS, type Unrecorded } from "../../../lib/history/corporate_actions.ts";
import { writeBars } from "../../../lib/history/write.ts";
import { deleteAsset } from "../../../lib/market/assets.ts";
import { deleteAction, listActions, MAX_ACTIONS, putActions } from "../../../lib/market/corporate_actions.ts";
import { addDays } from "../../../lib/day.ts";
import { Problem } from "../../../lib/problem.ts";
import { bar } from "../history/harness.ts";
import { dump } from "../../support/answers.ts";
import { addAssets, addCloses } from "../../support/factories.ts";
import { startService, type TestService } from "../../support/service.ts";

const split = (executionDate: string, splitTo = "4", splitFrom = "1"): Unrecorded<Split> => ({
  ...{ executionDate, splitFrom, splitTo, source: "test" },
});

const putSplits = ({ services }: TestService, ...actions: Unrecorded<Split>[]) =>
  putActions(services, SPLITS, "AAPL", actions.map((action) => ({ action })), undefined);

const datesOf = async ({ services }: TestService) =>
  (await listActions(services, SPLITS, "AAPL")).items.map(({ executionDate }) => executionDate);

const dividendsFrom = (day: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    action: { exDividendDate: addDays(day, i), cashAmount: "0.01", source: "test" },
  }));

Deno.test("a put writes what differs in one version of the market, and nothing where nothing does", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const first = await putSplits(service, split("2020-08-31"), split("2014-06-09", "7"));
  assert.deepEqual([first.written, first.unchanged, first.quarantined], [2, 0, []]);
  const versions = (await Array.fromAsync(service.kv.list({ prefix: ["splits"] }))).map((entry) => entry.versionstamp);
  assert.deepEqual(new Set(versions), new Set([service.store.version("market")]));

  const before = await dump(service.kv);
  const again = await putSplits(service, { ...split("2020-08-31"), source: "elsewhere" }, split("2014-06-09", "7"));
  assert.deepEqual([again.written, again.unchanged, again.etag], [0, 2, first.etag]);
  assert.deepEqual(await dump(service.kv), before);

  const corrected = await putSplits(service, split("2020-08-31", "5"), split("2014-06-09", "7"));
  assert.deepEqual([corrected.written, corrected.unchanged], [1, 1]);
  assert.equal(corrected.etag, (await listActions(service.services, SPLITS, "AAPL")).etag);
  assert.deepEqual(await datesOf(service), ["2014-06-09", "2020-08-31"]);
});

Deno.test("rows that fail a check are named, and the others are stored", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const { written, quarantined } = await putSplits(
    service,
    split("2020-08-31"),
    split("2020-02-30"),
    split("2020-08-31", "5"),
    split("2021-01-01", "0"),
    split("2021-01-02", "2", "-1"),
    split("2021-01-03", "1.5", "1.5"),
    split("2021-01-04", "NaN"),
    split("2999-01-04"),
  );
  assert.equal(written, 2);
  assert.deepEqual(quarantined.map(({ row, reason }) => [row, reason]), [
    [2, "bad_date"],
    [3, "duplicate_date"],
    [4, "not_positive"],
    [5, "not_positive"],
    [6, "ratio_of_one"],
    [7, "not_positive"],
  ]);
  assert.deepEqual(await datesOf(service), ["2020-08-31", "2999-01-04"]);
});

Deno.test("puts at once, beside bars that are written, all land", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "MSFT");
  const days = Array.from({ length: 12 }, (_, i) => addDays("2021-01-01", i));
  await Promise.all(days.flatMap((date) => [
    putSplits(service, split(date)),
    writeBars(service.services, [{ assetNo: 2, bar: bar(date, 1) }]),
  ]));
  assert.deepEqual(await datesOf(service), days);
});

Deno.test("of two who delete at once one is told that there is nothing left", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await putSplits(service, split("2020-08-31"));
  const remove = () => deleteAction(service.services, SPLITS, "AAPL", "2020-08-31", undefined);
  const results = await Promise.allSettled([remove(), remove()]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  const refused = results.find((result) => result.status === "rejected");
  assert.ok(refused?.reason instanceof Problem);
  assert.equal(refused.reason.type, "not-found");
  assert.deepEqual(await datesOf(service), []);
});

Deno.test("an asset that is deleted meanwhile gets no split", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const results = await Promise.allSettled([
    deleteAsset(service.services, "AAPL", undefined),
    ...Array.from({ length: 5 }, (_, i) => putSplits(service, split(addDays("2021-01-01", i)))),
  ]);
  assert.equal(results[0]?.status, "fulfilled");
  assert.deepEqual(await Array.fromAsync(service.kv.list({ prefix: ["splits"] })), []);
});

Deno.test("as many rows as a put takes fit into one operation, and an asset goes with any number of them", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-01-04": "129.41" });
  for (const day of ["1990-01-01", "2000-01-01"]) {
    const rows = dividendsFrom(day, MAX_ACTIONS);
    assert.equal((await putActions(service.services, DIVIDENDS, "AAPL", rows, undefined)).written, MAX_ACTIONS);
  }
  await deleteAsset(service.services, "AAPL", undefined);
  const prefixes = ["dividends", "series", "sheets", "erasures"];
  for (const prefix of prefixes) {
    assert.deepEqual(await Array.fromAsync(service.kv.list({ prefix: [prefix] })), [], prefix);
  }
});
