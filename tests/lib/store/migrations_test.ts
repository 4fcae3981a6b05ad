/** A store that an earlier program wrote is brought to the form that this one reads, whatever happens meanwhile. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { StoreUnusable } from "../../../lib/store/kv_file.ts";
import { marketDayCollection } from "../../../lib/store/market_days.ts";
import { migrate, type Migration } from "../../../lib/store/migrations/mod.ts";
import { quarantineCollection } from "../../../lib/store/quarantine.ts";
import { openStore } from "../../../lib/store/store.ts";
import { assertClean } from "../history/harness.ts";
import { contextOf, delayed, kvWith, spoil, spoiled } from "./harness.ts";

const DAYS = Array.from({ length: 12 }, (_, i) => `2024-03-${String(i + 1).padStart(2, "0")}`);

/** A market day as programs before the first migration stored it. */
const oldDay = (date: string, status = "complete") => ({
  ...{ v: 1, date, status, rows: 2, quarantined: 0, revision: 1, source: "polygon" },
  ...{ fetchedAt: "2024-03-09T10:01:00.000Z", reason: null },
});

/** A row in quarantine as programs before the second migration stored it. */
const oldEntry = (date: string) => ({
  ...{ v: 1, id: `${date}:3`, date, assetNo: 3, reason: "high_below_low", source: "polygon" },
  ...{ row: { open: 1, high: 1, low: 2, close: 1 }, recordedAt: "2024-03-09T10:01:00.000Z" },
});

/** An asset as programs before the third migration stored it: under fewer keys. */
const oldAsset = (no: number) => ({
  ...{
    v: 1,
    no,
    symbol: `A${no}`,
    name: `A${no}`,
    kind: "fund",
    currency: "USD",
    sector: "energy",
    sectorWeights: null,
  },
  ...{ sectorSource: "manual", status: "delisted", createdAt: "2024-03-01T00:00:00.000Z" },
  updatedAt: "2024-03-01T00:00:00.000Z",
});

async function oldStore(): Promise<Deno.Kv> {
  const kv = await Deno.openKv(":memory:");
  for (const date of DAYS) {
    await kv.set(["market_days", date], oldDay(date));
    const entry = oldEntry(date);
    await kv.set(["quarantine", entry.id], entry);
    await kv.set(["quarantine_by_date", date, entry.id], entry.id);
    await kv.set(["quarantine_by_asset", 3, entry.id], entry.id);
  }
  for (let no = 1; no <= 12; no++) {
    await kv.set(["assets", no], oldAsset(no));
    await kv.set(["assets_by_symbol", `A${no}`], no);
    await kv.set(["assets_by_sector", "energy", `A${no}`, no], no);
  }
  await kv.set(["sequences", "assets"], 12);
  await kv.set(["versions", "market"], true);
  return kv;
}

const contentOf = async (kv: Deno.Kv): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    await Array.fromAsync(kv.list({ prefix: [] }), ({ key, value }) => [key.join("/"), value] as const),
  );

const MIGRATED = Object.fromEntries([
  ...DAYS.flatMap((date) => [
    [`market_days/stocks:${date}`, { ...oldDay(date), v: 2, market: "stocks", quarantined: 1 }],
    [`market_days_by_market/stocks/stocks:${date}`, `stocks:${date}`],
    [`quarantine/${date}:3`, {
      ...{
        ...oldEntry(date),
        v: 2,
        kind: "bar",
        market: "stocks",
        comparedWith: null,
        state: "waiting",
        decision: null,
      },
    }],
    ...[`date/${date}`, "asset/3", "state/waiting", "waiting/bar/3"].map((
      under,
    ) => [`quarantine_by_${under}/${date}:3`, `${date}:3`]),
  ]),
  ...Array.from({ length: 12 }, (_, i) => i + 1).flatMap((no) => [
    [`assets/${no}`, oldAsset(no)],
    ...[`symbol/A${no}`, ...["sector/energy", "kind/fund", "status/delisted"].map((under) => `${under}/A${no}/${no}`)]
      .map((under) => [`assets_by_${under}`, no]),
  ]),
  ["sequences/assets", 12],
  ["schema_version", 6],
  ["versions/market", true],
]);

Deno.test("days from before there were markets are days of stocks, rows in quarantine wait, and everything agrees", async () => {
  using kv = await oldStore();
  const store = await openStore(kv, { shared: false });
  assert.deepEqual(await contentOf(kv), MIGRATED);
  const days = marketDayCollection(store);
  const { items } = await days.list({ by: "market", value: ["stocks"], limit: 2, reverse: true });
  assert.deepEqual(items.map(({ value }) => value.date), ["2024-03-12", "2024-03-11"]);
  const [waiting] = (await quarantineCollection(store).list({ by: "state", value: ["waiting"], limit: 1 })).items;
  assert.deepEqual(waiting?.value.row, { open: 1, high: 1, low: 2, close: 1 });
  await assertClean(contextOf(store));
});

Deno.test("a new store has the newest form, and one that has it is only read", async () => {
  using kv = await Deno.openKv(":memory:");
  await migrate(kv);
  assert.deepEqual(await contentOf(kv), { schema_version: 6 });
  const readOnly = kvWith(kv, { atomic: () => assert.fail("nothing is to be written") });
  await migrate(readOnly);
});

Deno.test("cut off after any commit, the next start brings it to the same end", async () => {
  let isCut = true;
  for (let commits = 0; isCut; commits++) {
    using kv = await oldStore();
    let left = commits;
    const dying = kvWith(kv, {
      atomic() {
        const operation = kv.atomic();
        const commit = operation.commit.bind(operation);
        operation.commit = () => left-- > 0 ? commit() : Promise.reject(new Error("the process is gone"));
        return operation;
      },
    });
    isCut = await migrate(dying).then(() => false, () => true);
    await migrate(kv);
    assert.deepEqual(await contentOf(kv), MIGRATED, `cut off after ${commits} commits`);
  }
});

Deno.test("property: several processes that start at once come to the same end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      using kv = await oldStore();
      await scheduler.waitFor(Promise.all([1, 2, 3].map(() => migrate(delayed(kv, scheduler)))));
      assert.deepEqual(await contentOf(kv), MIGRATED);
    }),
    { numRuns: 20 },
  );
});

Deno.test("each step is taken once, in order, from the form that the store has", async () => {
  using kv = await Deno.openKv(":memory:");
  const taken: string[] = [];
  const step = (name: string): Migration => () => Promise.resolve(void taken.push(name));
  await migrate(kv, [step("to 2")]);
  await migrate(kv, [step("to 2"), step("to 3"), step("to 4")]);
  await migrate(kv, [step("to 2"), step("to 3"), step("to 4")]);
  assert.deepEqual(taken, ["to 2", "to 3", "to 4"]);
  assert.deepEqual(await contentOf(kv), { schema_version: 4 });
});

Deno.test("what cannot be read stays as it is, and all else is brought to the new form", async () => {
  using kv = await oldStore();
  const spoiledKeys = [["market_days", DAYS[3] ?? ""], ["quarantine", `${DAYS[4]}:3`], ["assets", 5]];
  for (const key of spoiledKeys) await spoil(kv, key);
  const left = Object.fromEntries(
    await Promise.all(spoiledKeys.map(async (key) => [key.join("/"), (await kv.get(key)).value])),
  );
  await migrate(spoiled(kv));
  const ofSpoiled = new RegExp(`${DAYS[3]}$|(state|waiting)/.*${DAYS[4]}|assets_by_(kind|status)/.*/A5/5$`);
  const migrated = Object.entries(MIGRATED).filter(([key]) => !/^market_days/.test(key) || !ofSpoiled.test(key))
    .filter(([key]) => !/^(quarantine|assets)_by/.test(key) || !ofSpoiled.test(key));
  // What cannot be read is not counted.
  const day = `market_days/stocks:${DAYS[4]}`;
  const uncounted = { [day]: { ...MIGRATED[day] as object, quarantined: 0 } };
  assert.deepEqual(await contentOf(kv), { ...Object.fromEntries(migrated), ...uncounted, ...left });
});

Deno.test("a store whose form cannot be read is refused, with what to do", async () => {
  using kv = await oldStore();
  await spoil(kv, ["schema_version"]);
  await assert.rejects(openStore(spoiled(kv), { shared: false }), (error: Error) => {
    assert.ok(error instanceof StoreUnusable);
    assert.match(
      error.message,
      /^\["schema_version"\] of the store cannot be read; write it as text \(deno task backup/,
    );
    return true;
  });
});

Deno.test("a store that a newer program wrote is refused, and left alone", async () => {
  using kv = await oldStore();
  await kv.set(["schema_version"], 99);
  const before = await contentOf(kv);
  await assert.rejects(openStore(kv, { shared: false }), (error: Error) => {
    assert.ok(error instanceof StoreUnusable);
    assert.match(error.message, /^The store has the form 99, and this program reads forms up to 6: a newer Foliolens/);
    return true;
  });
  assert.deepEqual(await contentOf(kv), before);
});
