import assert from "node:assert/strict";
import { holdUntil } from "../../lib/jobs/pacing.ts";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { searchAssets } from "../../lib/market/lookup.ts";
import { addAsset, userActor } from "../support/factories.ts";
import { startPull } from "../lib/market/pull_harness.ts";
import { startService } from "../support/service.ts";

const ASSETS = [
  { symbol: "PFE", name: "Pfizer Inc.", sicCode: "2834" },
  { symbol: "PFEX", name: "Pfenex Holdings", sicCode: "2836" },
  { symbol: "SPY", name: "SPDR S&P 500 ETF Trust", type: "ETF" },
];

const start = () => startPull({ provider: { assets: ASSETS, switches: { callsPerMinute: 0 } } });
const lookUp = (symbol: string) => ({ method: "POST", body: { symbol } });

Deno.test("POST /assets/lookup: 201 with what the provider says, its sector approximate; 200 from then on", async () => {
  await using test = await start();
  const made = await test.admin("/assets/lookup", lookUp("PFE"));
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("location"), "/assets/PFE");
  const asset = await bodyOf<Json>(made, 201);
  assert.deepEqual(asset, {
    ...{ symbol: "PFE", name: "Pfizer Inc.", kind: "stock", currency: "USD", status: "active" },
    ...{ sector: "health_care", sector_weights: null, sector_source: "approximate", latest: null },
    history: { from: null, to: null, asked: [] },
  });
  assert.deepEqual(await bodyOf(await test.request("/assets/PFE")), asset);
  assert.deepEqual(await bodyOf(await test.admin("/assets/lookup", lookUp("PFE"))), asset);
  assert.equal(test.provider.calls.length, 1);
});

Deno.test("POST /assets/lookup: a fund has no sector of its own", async () => {
  await using test = await start();
  const fund = await bodyOf<Json>(await test.admin("/assets/lookup", lookUp("SPY")), 201);
  assert.deepEqual([fund["kind"], fund["sector"]], ["fund", "unclassified"]);
});

Deno.test("POST /assets/lookup: 404 for what nobody knows, 401 for a stranger, and nothing is stored", async () => {
  await using test = await start();
  await assertProblem(await test.admin("/assets/lookup", lookUp("NONE")), "not-found");
  const strangers = await test.request("/assets/lookup", { method: "POST", body: "{" });
  await assertProblem(strangers, "unauthorized");
  assert.deepEqual((await bodyOf<Json>(await test.request("/assets")))["items"], []);
});

Deno.test("POST /assets/lookup: 503 where there is no provider, or it has no answer; the reason is told", async () => {
  await using alone = await startService();
  const unasked = await alone.admin("/assets/lookup", lookUp("PFE"));
  assert.equal(unasked.headers.get("retry-after"), "3600");
  await assertProblem(unasked, "unavailable");
  await using test = await start();
  test.provider.faults.add({ type: "status", status: 429, body: "", headers: { "retry-after": "30" } });
  const limited = await test.admin("/assets/lookup", lookUp("PFE"));
  assert.equal(limited.headers.get("retry-after"), "30");
  await assertProblem(limited, "unavailable");
});

Deno.test("POST /assets/lookup: 503 at once when the provider's next slot is too far away", async () => {
  await using test = await startPull({ provider: { assets: ASSETS } });
  await bodyOf(await test.admin("/assets/lookup", lookUp("PFE")), 201);
  await holdUntil(test.services, "polygon", Date.parse("2024-03-09T10:01:00.000Z"));
  const late = await test.admin("/assets/lookup", lookUp("SPY"));
  assert.equal(late.headers.get("retry-after"), "60");
  await assertProblem(late, "unavailable");
});

Deno.test("POST /assets/lookup: 429 of the provider holds up everybody's calls", async () => {
  await using test = await start();
  test.provider.faults.add({ type: "status", status: 429, body: "", headers: { "retry-after": "30" } });
  await assertProblem(await test.admin("/assets/lookup", lookUp("PFE")), "unavailable");
  const { provider } = await test.read("/market/status");
  assert.equal(provider.next_slot_at, "2024-03-09T10:00:30.000Z");
  const second = await test.admin("/assets/lookup", lookUp("PFE"));
  assert.equal(second.headers.get("retry-after"), "30");
  await assertProblem(second, "unavailable");
  assert.equal(test.provider.calls.length, 1);
});

Deno.test("POST /assets/lookup: 429 after 60 in an hour, until the next", async () => {
  await using test = await start();
  const hour = Date.parse("2024-03-09T10:00:00Z") / 3_600_000;
  await test.services.store.change().set(["lookups", "usr_system", hour], 60).commit();
  const refused = await test.admin("/assets/lookup", lookUp("PFE"));
  assert.equal(refused.headers.get("retry-after"), "3600");
  await assertProblem(refused, "rate-limited");
  await test.clock.advance(3_600_000);
  await bodyOf(await test.admin("/assets/lookup", lookUp("PFE")), 201);
});

Deno.test("GET /market/assets: the known ones for anybody, those of the provider for who may add them", async () => {
  await using test = await start();
  await addAsset(test, { symbol: "PFE", name: "Pfizer" });
  const known = { symbol: "PFE", name: "Pfizer", kind: "stock", currency: "USD", known: true };
  assert.deepEqual(await bodyOf(await test.request("/market/assets?q=pf")), { items: [known] });
  const found = await bodyOf<{ items: Json[] }>(await test.admin("/market/assets?q=pf"));
  assert.deepEqual(found.items.map(({ symbol, known }) => [symbol, known]), [["PFE", true], ["PFEX", false]]);
  await assertProblem(await test.request("/market/assets?q="), "validation-failed");
  const calls = test.provider.calls.length;
  const reading = { type: "api_key", id: "key_1", scopes: ["portfolios:read"] } as const;
  for (const actor of [userActor("usr_v", "viewer"), { ...userActor("usr_r"), by: reading }]) {
    assert.deepEqual((await searchAssets({ ...test.services, actor }, "pf", 20)).length, 1);
  }
  assert.equal(test.provider.calls.length, calls);
});
