/** What the provider says of an asset is taken over, but for what somebody has chosen. */
import assert from "node:assert/strict";
import { bodyOf } from "../../support/answers.ts";
import type { StandInAsset } from "../../support/provider_stand_in_assets.ts";
import { bar, FRIDAY, type Json, type PullTest, startPull, THURSDAY } from "./pull_harness.ts";

const DAY_MS = 86_400_000;
const PFE: StandInAsset = { symbol: "PFE", name: "Pfizer Inc.", sicCode: "2834", listedOn: "1944-01-17", figi: "F1" };

const start = (assets: readonly StandInAsset[], more: Json = {}): Promise<PullTest> =>
  startPull({ provider: { assets, switches: { callsPerMinute: 0 }, ...more } });

async function create(test: PullTest, body: Json): Promise<Json> {
  return await bodyOf<Json>(await test.admin("/assets", { method: "POST", body }), 201);
}

async function refresh(test: PullTest, symbol: string): Promise<Json> {
  await test.clock.advance(60_000);
  await bodyOf(await test.admin("/jobs", { method: "POST", body: { name: "refresh-asset", args: { symbol } } }), 202);
  await test.clock.until(test.worker.runDue());
  return await test.job(`refresh-asset:${symbol}`);
}

const factsOf = async (test: PullTest, symbol: string): Promise<Json> => {
  const { name, kind, currency, sector, sector_source, status } = await test.read(`/assets/${symbol}`);
  return { name, kind, currency, sector, sector_source, status };
};

/** New assets have their history asked for, too. */
const detailsAskedOf = (test: PullTest): number =>
  test.provider.calls.filter(({ path }) => path.startsWith("/v3/reference/tickers/")).length;

const PFIZER = { name: "Pfizer Inc.", kind: "stock", currency: "USD", sector: "health_care" };

Deno.test("POST /assets: a symbol is enough; the provider says the rest soon after", async () => {
  await using test = await start([PFE]);
  const made = await create(test, { symbol: "PFE" });
  assert.deepEqual([made.name, made.kind, made.sector], ["PFE", "stock", "unclassified"]);
  await test.clock.until(test.worker.runDue());
  const expected = { ...PFIZER, sector_source: "approximate", status: "active" };
  assert.deepEqual(await factsOf(test, "PFE"), expected);
  assert.equal(detailsAskedOf(test), 1);
});

Deno.test("what somebody has chosen stays, whatever the provider says, also from then on", async () => {
  await using test = await start([PFE]);
  await create(test, { symbol: "PFE", name: "My Pfizer", sector: "industrials" });
  await test.clock.until(test.worker.runDue());
  const expected = { ...PFIZER, name: "My Pfizer", sector: "industrials", sector_source: "manual", status: "active" };
  assert.deepEqual(await factsOf(test, "PFE"), expected);
  await bodyOf(await test.admin("/assets/PFE", { method: "PATCH", body: { sector_weights: { energy: 0.5 } } }));
  await refresh(test, "PFE");
  const { sector_weights, sector_source } = await test.read("/assets/PFE");
  assert.deepEqual([sector_weights, sector_source], [{ energy: 0.5 }, "manual"]);
});

Deno.test("an asset of which everything was said is asked about once, for its listing", async () => {
  await using test = await start([PFE]);
  await create(test, { symbol: "PFE", ...PFIZER });
  await test.clock.until(test.worker.runDue());
  assert.equal(detailsAskedOf(test), 1);
  assert.deepEqual((await factsOf(test, "PFE")).sector_source, "manual");
});

Deno.test("what the provider does not know, or says nothing of, stays", async () => {
  await using test = await start([{ symbol: "ODD", name: "Odd Rights", type: "RIGHT" }]);
  for (const symbol of ["ODD", "NONE"]) await create(test, { symbol, sector: "energy" });
  await test.clock.advance(60_000);
  await test.live(180_000);
  assert.deepEqual([(await factsOf(test, "ODD")).name, (await factsOf(test, "ODD")).kind], ["Odd Rights", "stock"]);
  assert.equal((await factsOf(test, "NONE")).name, "NONE");
  assert.equal((await test.job("backfill:asset:NONE")).state, "succeeded");
});

Deno.test("an asset stored before anything was derived keeps its name, kind, currency and sector", async () => {
  await using test = await start([PFE]);
  await create(test, { symbol: "PFE", name: "Old", sector: "energy" });
  const key = ["assets", 1];
  const stored = (await test.kv.get<Json>(key)).value;
  const later = [
    "chosen",
    "figi",
    "formerSymbols",
    "refreshedAt",
    "listedOn",
    "symbolsAsked",
    "symbolDoubt",
    "marketSince",
  ];
  const old = Object.fromEntries(Object.entries(stored).filter(([name]) => !later.includes(name)));
  await test.services.store.change().set(key, old).commit();
  await refresh(test, "PFE");
  const { name, sector } = await factsOf(test, "PFE");
  assert.deepEqual([name, sector], ["Old", "energy"]);
  // Of what was there before it was asked, nobody asks since when it has its symbol.
  assert.equal((await test.read("/market/backfill-plan?asset=PFE")).symbol_calls, 0);
});

Deno.test("details that say so make an asset delisted", async () => {
  await using test = await start([{ ...PFE, delistedOn: "2024-03-07" }]);
  await create(test, { symbol: "PFE" });
  await test.clock.until(test.worker.runDue());
  assert.equal((await factsOf(test, "PFE")).status, "delisted");
});

Deno.test("a symbol that another issuer has now changes nothing: by FIGI, else by when it was listed", async () => {
  const assets: StandInAsset[] = [{ ...PFE }, { symbol: "ABC", name: "Another Business Corp.", listedOn: FRIDAY }];
  await using test = await start(assets, { bars: [bar("PFE", THURSDAY, 2), bar("ABC", THURSDAY, 3)] });
  await create(test, { symbol: "PFE" });
  await create(test, { symbol: "ABC", name: "Old ABC" });
  await test.pull(THURSDAY);
  assets[0] = { ...PFE, name: "Pure Fine Eggs", figi: "F2" };
  for (const [symbol, name] of [["PFE", "Pfizer Inc."], ["ABC", "Old ABC"]] as const) {
    const job = await refresh(test, symbol);
    assert.equal((job.result as Json).issuer, "another");
    assert.equal((await factsOf(test, symbol)).name, name);
  }
  const { symbol_doubts } = await test.read("/market/status");
  assert.deepEqual(symbol_doubts.map(({ asset, issuer }: Json) => [asset, issuer]), [["ABC", "another"], [
    "PFE",
    "another",
  ]]);
  assert.match(await (await test.admin("/admin/market")).text(), /PFE<\/a>: its symbol is another issuer&#39;s by now/);
  await bodyOf(await test.admin("/assets/PFE/rename", { method: "POST", body: { symbol: "PFE1", since: FRIDAY } }));
  assert.deepEqual((await test.read("/market/status")).symbol_doubts.map(({ asset }: Json) => asset), ["ABC"]);
  assert.equal(test.logged.filter(({ message }) => /traded by another issuer/.test(String(message))).length > 1, true);
});

Deno.test("the night asks again about those not asked about for a week, twenty at most", async () => {
  const symbols = Array.from({ length: 25 }, (_, i) => `S${i}`);
  await using test = await startPull({
    provider: { assets: symbols.map((symbol) => ({ symbol, name: symbol })) },
    assets: symbols,
  });
  const asked = async () => (await test.read("/jobs?name=refresh-asset&limit=200")).items.length;
  await test.keepTime();
  await test.live(DAY_MS / 2);
  assert.equal(await asked(), 20);
  await test.live(DAY_MS / 2);
  await test.keepTime();
  await test.live(DAY_MS);
  assert.equal(await asked(), 25);
});
