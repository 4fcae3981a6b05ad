/** What is kept of prices: nothing that a write, or a new day, has made untrue. */
import assert from "node:assert/strict";
import { newestQuotes, type ValuationContext } from "../../../lib/portfolios/quotes.ts";
import { addAssets, addCloses } from "../../support/factories.ts";
import { startService, type TestService } from "../../support/service.ts";

const DAY_MS = 86_400_000;

async function startWithTwo(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { "2021-11-04": "150", "2021-11-05": "152" });
  return service;
}

const pricesIn = async (ctx: ValuationContext) =>
  (await newestQuotes(ctx, [2, 1])).map(({ asset, price }) => [asset.symbol, price?.price]);

Deno.test("quotes come in the order that was asked for, and are worked out once", async () => {
  await using service = await startWithTwo();
  const { services } = service;
  assert.deepEqual(await pricesIn(services), [["GS", undefined], ["AAPL", "152"]]);
  assert.deepEqual(services.quotes.counts(), { hits: 0, misses: 2, entries: 2 });
  const unasked = { ...services.assets, getMany: () => assert.fail("an asset was read again") };
  assert.deepEqual(await pricesIn({ ...services, assets: unasked }), [["GS", undefined], ["AAPL", "152"]]);
  assert.deepEqual(services.quotes.counts(), { hits: 2, misses: 2, entries: 2 });
});

Deno.test("whatever is written of an asset, the next quote says so", async () => {
  await using service = await startWithTwo();
  const { services } = service;
  const quoted = async () => (await newestQuotes(services, [1]))[0];
  assert.equal((await quoted())?.price?.price, "152");
  await addCloses(service, "AAPL", { "2021-11-05": "160" });
  assert.equal((await quoted())?.price?.price, "160");
  const items = [{ execution_date: "2021-11-06", split_from: "1", split_to: "4" }];
  await service.admin("/assets/AAPL/splits", { method: "PUT", body: { items } });
  const { price, split } = (await quoted())?.price ?? {};
  assert.deepEqual([price, split], ["40", { rawPrice: "160", factor: "4" }]);
  await service.admin("/assets/AAPL", { method: "PATCH", body: { sector: "energy" } });
  assert.equal((await quoted())?.asset.sector, "energy");
});

Deno.test("on its day a split that was announced before counts, and no quote of the day before is given", async () => {
  await using service = await startWithTwo();
  const items = [{ execution_date: "2021-11-08", split_from: "1", split_to: "2" }];
  await service.admin("/assets/AAPL/splits", { method: "PUT", body: { items } });
  assert.deepEqual((await pricesIn(service.services))[1], ["AAPL", "152"]);
  await service.clock.advance(2 * DAY_MS);
  assert.deepEqual((await pricesIn(service.services))[1], ["AAPL", "76"]);
});

Deno.test("what was worked out while somebody wrote is given to nobody after that", async () => {
  await using service = await startWithTwo();
  const { services } = service;
  const written: typeof services.assets.getMany = async (ids) => {
    const found = await services.assets.getMany(ids);
    await addCloses(service, "GS", { "2021-11-05": "400" });
    await service.admin("/assets/AAPL", { method: "PATCH", body: { name: "Apple" } });
    return found;
  };
  const [old] = await newestQuotes({ ...services, assets: { ...services.assets, getMany: written } }, [1]);
  assert.equal(old?.asset.name, "AAPL");
  assert.equal((await newestQuotes(services, [1]))[0]?.asset.name, "Apple");
});
