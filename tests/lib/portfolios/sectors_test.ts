import assert from "node:assert/strict";
import { plainFixed } from "../../../lib/analysis/fixed_point.ts";
import { sectorsOf } from "../../../lib/portfolios/sectors.ts";
import { addAssets, addCloses, addPortfolio } from "../../support/factories.ts";
import { startService, type TestService } from "../../support/service.ts";

/** Services whose portfolio is valued while somebody else writes, the first `times` times that it is. */
function interrupted(service: TestService, times: number, write: (time: number) => Promise<void>) {
  const { assets } = service.services;
  let time = 0;
  const getMany: typeof assets.getMany = async (ids) => {
    const found = await assets.getMany(ids);
    if (time < times) await write(++time);
    return found;
  };
  return { ...service.services, assets: { ...assets, getMany } };
}

const DAY = "2021-11-05";

async function startWithTwo(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { [DAY]: "100" });
  await addCloses(service, "GS", { [DAY]: "100" });
  await addPortfolio(service, { AAPL: "1", GS: "1" });
  return service;
}

Deno.test("all of a report comes from one version of the market, the one that it names", async () => {
  await using service = await startWithTwo();
  const portfolio = await service.services.portfolios.get(1);
  assert.ok(portfolio);
  const ctx = interrupted(service, 2, async (time) => {
    await addCloses(service, "AAPL", { [DAY]: String(100 + time) });
    await addCloses(service, "GS", { [DAY]: String(100 + time) });
  });
  const report = await sectorsOf(ctx, portfolio, undefined);
  assert.equal(report.marketVersion, service.store.version("market"));
  assert.equal(plainFixed(report.allocation.marketValue), "204");
});

Deno.test("a market that never rests does not hold a report up for ever; it names the version that it began with", async () => {
  await using service = await startWithTwo();
  const portfolio = await service.services.portfolios.get(1);
  assert.ok(portfolio);
  let writes = 0;
  const ctx = interrupted(service, Infinity, async (time) => {
    writes = time;
    await addCloses(service, "AAPL", { [DAY]: String(100 + time) });
  });
  const report = await sectorsOf(ctx, portfolio, undefined);
  assert.equal(writes, 5);
  assert.ok(report.marketVersion < service.store.version("market"));
});
