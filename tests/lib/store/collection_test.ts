import assert from "node:assert/strict";
import { asset, keysIn, openTestStore, portfolio } from "./harness.ts";

Deno.test("an entity is found by its id and by what is unique of it", async () => {
  using opened = await openTestStore();
  const { store, ctx: { assets } } = opened;
  const stamp = await assets.insert(store.change(), asset(7, { symbol: "AAPL" })).commit();
  assert.ok(stamp);
  const stored = { value: asset(7, { symbol: "AAPL" }), versionstamp: stamp };
  assert.deepEqual(await assets.get(7), stored);
  assert.deepEqual(await assets.getFresh(7), stored);
  assert.deepEqual(await assets.getBy("symbol", ["AAPL"]), stored);
  assert.deepEqual(await assets.getMany([8, 7, 7]), [undefined, stored, stored]);
  assert.deepEqual(await assets.idsBy("symbol", [["MSFT"], ["AAPL"]]), [undefined, 7]);
  assert.equal(await assets.get(8), undefined);
  assert.equal(await assets.getBy("symbol", ["MSFT"]), undefined);
});

Deno.test("index entries hold the id and nothing else, one for each value", async () => {
  using opened = await openTestStore();
  const { kv, store, ctx: { assets } } = opened;
  const sectorWeights = { energy: 0.25, utilities: 0.5 };
  await assets.insert(store.change(), asset(7, { symbol: "FUND", sectorWeights })).commit();
  assert.deepEqual(await keysIn(kv), [
    "assets/7",
    "assets_by_kind/stock/FUND/7",
    "assets_by_sector/energy/FUND/7",
    "assets_by_sector/utilities/FUND/7",
    "assets_by_status/active/FUND/7",
    "assets_by_symbol/FUND",
  ]);
  const pointers = await Array.fromAsync(kv.list({ prefix: ["assets_by_sector"] }), ({ value }) => value);
  assert.deepEqual(pointers, [7, 7]);
  const entries = assets.entriesOf(asset(7, { symbol: "FUND", sectorWeights }));
  assert.deepEqual(entries.map(({ key }) => key.join("/")).sort(), (await keysIn(kv)).slice(1));
});

Deno.test("an id or a unique value is given once; a refused insert leaves nothing behind", async () => {
  using opened = await openTestStore();
  const { kv, store, ctx: { assets } } = opened;
  await assets.insert(store.change(), asset(1, { symbol: "AAPL" })).commit();
  const before = await keysIn(kv);
  assert.equal(await assets.insert(store.change(), asset(1, { symbol: "MSFT" })).commit(), undefined);
  assert.equal(await assets.insert(store.change(), asset(2, { symbol: "AAPL" })).commit(), undefined);
  assert.deepEqual(await keysIn(kv), before);
  assert.equal((await assets.get(1))?.value.symbol, "AAPL");
});

Deno.test("a replaced entity stands under its new values and no longer under the old ones", async () => {
  using opened = await openTestStore();
  const { kv, store, ctx: { portfolios } } = opened;
  const before = portfolio(1, { investments: [{ assetNo: 3, amount: "1" }, { assetNo: 4, amount: "1" }] });
  await portfolios.insert(store.change(), before).commit();
  const after = { ...before, name: "Renamed", investments: [{ assetNo: 4, amount: "2" }, { assetNo: 5, amount: "1" }] };
  const stored = await portfolios.getFresh(1);
  assert.ok(stored);
  await portfolios.replace(store.change(), stored, after).commit();
  assert.deepEqual(await keysIn(kv), [
    "portfolios/1",
    "portfolios_by_asset/4/1",
    "portfolios_by_asset/5/1",
    "portfolios_by_name/active/renamed/1",
    "portfolios_by_owner/usr_a/active/1",
    "portfolios_by_owner_and_name/usr_a/Renamed",
    "portfolios_by_status/active/1",
    "portfolios_by_visibility/private/active/1",
  ]);
  assert.deepEqual((await portfolios.get(1))?.value, after);
  assert.equal(await portfolios.getBy("owner_and_name", ["usr_a", "Portfolio 1"]), undefined);
});

Deno.test("a replacement writes only what has changed", async () => {
  using opened = await openTestStore();
  const { kv, store, ctx: { portfolios } } = opened;
  const before = portfolio(1, { investments: [{ assetNo: 3, amount: "1" }, { assetNo: 4, amount: "1" }] });
  const inserted = await portfolios.insert(store.change(), before).commit();
  const stored = await portfolios.getFresh(1);
  assert.ok(stored);
  const after = { ...before, investments: [{ assetNo: 4, amount: "9" }] };
  const replaced = await portfolios.replace(store.change(), stored, after).commit();
  const stamps = await Array.fromAsync(
    kv.list({ prefix: [] }),
    ({ key, versionstamp }) => [key.join("/"), versionstamp],
  );
  const written = stamps.filter(([, stamp]) => stamp === replaced).map(([key]) => key);
  assert.deepEqual(written, ["portfolios/1", "versions/portfolios"]);
  assert.equal(stamps.filter(([, stamp]) => stamp === inserted).length, 6);
});

Deno.test("of two changes to one version of an entity the second is refused", async () => {
  using opened = await openTestStore();
  const { store, ctx: { portfolios } } = opened;
  await portfolios.insert(store.change(), portfolio(1)).commit();
  const stored = await portfolios.getFresh(1);
  assert.ok(stored);
  const renamed = (name: string) => portfolios.replace(store.change(), stored, { ...stored.value, name }).commit();
  const results = await Promise.all([renamed("first"), renamed("second")]);
  assert.equal(results.filter((stamp) => stamp === undefined).length, 1);
  assert.equal(await portfolios.remove(store.change(), stored).commit(), undefined);
});

Deno.test("a replacement cannot take another's unique value, nor another id", async () => {
  using opened = await openTestStore();
  const { kv, store, ctx: { portfolios } } = opened;
  for (const id of [1, 2]) await portfolios.insert(store.change(), portfolio(id)).commit();
  const stored = await portfolios.getFresh(1);
  assert.ok(stored);
  const before = await keysIn(kv);
  const taken = { ...stored.value, name: "Portfolio 2" };
  assert.equal(await portfolios.replace(store.change(), stored, taken).commit(), undefined);
  assert.throws(() => portfolios.replace(store.change(), stored, { ...stored.value, id: 3 }), /id of portfolios 1/);
  assert.deepEqual(await keysIn(kv), before);
});

Deno.test("what is removed leaves nothing, and its unique value is free again", async () => {
  using opened = await openTestStore();
  const { kv, store, ctx: { assets } } = opened;
  await assets.insert(store.change(), asset(1, { symbol: "AAPL" })).commit();
  const stored = await assets.get(1);
  assert.ok(stored);
  await assets.remove(store.change(), stored).commit();
  assert.deepEqual(await keysIn(kv), []);
  assert.equal(await assets.get(1), undefined);
  assert.ok(await assets.insert(store.change(), asset(2, { symbol: "AAPL" })).commit());
  assert.equal((await assets.getBy("symbol", ["AAPL"]))?.value.no, 2);
});

Deno.test("update decides again after a lost race, and writes nothing where nothing changes", async () => {
  using opened = await openTestStore();
  const { store, ctx: { portfolios } } = opened;
  const add = () =>
    portfolios.update(1, (before) => {
      const { investments } = before ?? portfolio(1);
      const assetNo = Math.max(0, ...investments.map((held) => held.assetNo)) + 1;
      return { ...portfolio(1), investments: [...investments, { assetNo, amount: "1" }] };
    });
  await Promise.all(Array.from({ length: 20 }, add));
  const after = await portfolios.getFresh(1);
  assert.deepEqual(after?.value.investments.map(({ assetNo }) => assetNo), Array.from({ length: 20 }, (_, i) => i + 1));
  const version = store.version("portfolios");
  assert.deepEqual(await portfolios.update(1, (before) => before ?? portfolio(1)), after);
  assert.equal(store.version("portfolios"), version);
});

Deno.test("a stored value of another shape or schema version is refused, not passed on", async () => {
  using opened = await openTestStore();
  const { kv, ctx: { assets } } = opened;
  const cases: [unknown, RegExp][] = [
    [
      { v: 2, ...asset(1) },
      /\["assets", 1\] cannot be read: it has schema version 2; this program reads 1; deno task verify says/,
    ],
    [{ v: 1, ...asset(1), kind: "tulip" }, /kind/],
    ["AAPL", /\["assets", 1\] cannot be read: it holds no record/],
  ];
  for (const [value, expected] of cases) {
    await kv.set(["assets", 1], value);
    await assert.rejects(assets.getFresh(1), expected);
  }
});
