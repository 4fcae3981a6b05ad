import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, dump, itemsOf, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const apple = {
  symbol: "AAPL",
  name: "Apple Inc.",
  kind: "stock",
  currency: "USD",
  sector: "information_technology",
  sector_weights: null,
  sector_source: "manual",
  status: "active",
  latest: null,
  history: { from: null, to: null, asked: [] },
};

const post = (service: TestService, body: unknown) => service.admin("/assets", { method: "POST", body });

const symbolsOf = async (service: TestService, query: string): Promise<unknown[]> =>
  (await itemsOf(await service.request(`/assets${query}`))).map(({ symbol }) => symbol);

Deno.test("POST /assets: 201 with where it is, its version and the whole asset", async () => {
  await using service = await startService();
  const answer = await post(service, { symbol: "AAPL", name: " Apple Inc. ", sector: "information_technology" });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get("location"), "/assets/AAPL");
  assert.match(answer.headers.get("etag") ?? "", /^"[0-9a-f]{20}\.none~[\w-]{12}"$/);
  assert.deepEqual(await answer.json(), apple);
  assert.deepEqual(await bodyOf(await service.request("/assets/AAPL")), apple);
});

Deno.test("POST /assets: 201 for every kind, status and sector, and for none", async () => {
  await using service = await startService();
  const kinds = ["stock", "fund", "crypto", "currency", "index", "other"];
  const statuses = ["active", "inactive", "delisted"];
  const sectors = [
    ...["energy", "materials", "industrials", "utilities", "health_care", "financials", "consumer_discretionary"],
    ...["consumer_staples", "information_technology", "communication_services", "real_estate", "unclassified"],
  ];
  for (const [i, sector] of sectors.entries()) {
    const facts = { kind: kinds[i % 6], status: statuses[i % 3], sector, currency: "JPY" };
    const { kind, status, sector: is, currency } = await addAsset(service, { symbol: `A${i}`, ...facts });
    assert.deepEqual({ kind, status, sector: is, currency }, facts);
  }
  const plain = await addAsset(service, { symbol: "PLAIN" });
  assert.deepEqual([plain["sector"], plain["sector_weights"]], ["unclassified", null]);
  const nothing = await addAsset(service, { symbol: "NOTHING", sector: null, sector_weights: null });
  assert.deepEqual([nothing["sector"], nothing["sector_weights"]], ["unclassified", null]);
});

Deno.test("POST /assets: 201 for every kind of symbol, which is case-sensitive", async () => {
  await using service = await startService();
  const symbols = ["A", "a", "BRK.B", "X:BTCUSD", "0700", "T-1", "...", "-", "A".repeat(20)];
  await addAssets(service, ...symbols);
  for (const symbol of symbols) {
    for (const path of [symbol, encodeURIComponent(symbol), `${symbol}/`]) {
      assert.equal((await bodyOf(await service.request(`/assets/${path}`)))["symbol"], symbol);
    }
  }
  await assertProblem(await service.request("/assets/brk.b"), "not-found");
});

Deno.test("POST /assets: 422 for a symbol that is none", async () => {
  await using service = await startService();
  const bad = ["", " AAPL", "A B", "A/B", "A%2FB", "A?", "A#", "É", "A\u0000", "A\ud800", "A".repeat(21), ".", ".."];
  for (const symbol of [...bad, 7, null, undefined]) {
    const problem = await assertRefused(service, () => post(service, { symbol, name: "x" }), "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map(({ pointer }) => pointer), ["/symbol"], String(symbol));
  }
});

const BAD_FACTS: [facts: Json, pointers: string | string[], detail?: string][] = [
  [{ name: "" }, "/name", "must not be empty"],
  [{ name: "x".repeat(201) }, "/name", "must have 200 characters at most"],
  [{ name: "a\u0007b" }, "/name", "must not contain control characters or lone surrogates"],
  [{ kind: "bond" }, "/kind"],
  [{ currency: "usd" }, "/currency", "must be a currency code of ISO 4217 such as USD, or a minor unit such as GBp"],
  [
    { currency: "__proto__" },
    "/currency",
    "must be a currency code of ISO 4217 such as USD, or a minor unit such as GBp",
  ],
  [{ status: "gone" }, "/status"],
  [{ sector: "technology" }, "/sector"],
  [{ sector: "Energy" }, "/sector"],
  [{ sector: "__proto__" }, "/sector"],
  [{ sector: "" }, "/sector"],
  [{ sector_weights: {} }, "/sector_weights", "must name a sector"],
  [
    { sector_weights: { energy: 0.5, technology: 0.5 } },
    "/sector_weights/technology",
    '"technology" is not known here',
  ],
  [{ sector_weights: { energy: 0 } }, "/sector_weights/energy", "must be above 0"],
  [{ sector_weights: { energy: -0.1 } }, "/sector_weights/energy", "must be above 0"],
  [{ sector_weights: { energy: 1.5 } }, ["/sector_weights/energy", "/sector_weights"], "must be 1 at most"],
  [{ sector_weights: { energy: "0.5" } }, "/sector_weights/energy"],
  [{ sector_weights: { energy: null } }, "/sector_weights/energy"],
  [{ sector_weights: [0.5] }, "/sector_weights"],
  [
    { sector_weights: { energy: 0.7, materials: 0.2, utilities: 0.1000001 } },
    ...["/sector_weights", "add up to 1.0000001, which is more than 1"] as const,
  ],
  [{ sector: "energy", sector_weights: { energy: 0.5 } }, "/sector_weights", "must not be given beside sector"],
  [{ latest: null }, "/latest", '"latest" is not known here'],
  [{ sector_source: "provider" }, "/sector_source", '"sector_source" is not known here'],
];

Deno.test("POST and PATCH: 422 with the pointer of what is wrong, and nothing is stored", async () => {
  await using service = await startService();
  await addAssets(service, "OLD");
  for (const [facts, pointers, detail] of BAD_FACTS) {
    const asked = [
      () => post(service, { symbol: "NEW", name: "New", ...facts }),
      () => service.admin("/assets/OLD", { method: "PATCH", body: facts }),
    ];
    for (const ask of asked) {
      const problem = await assertRefused(service, ask, "validation-failed");
      const errors = problem["errors"] as Json[];
      assert.deepEqual(errors.map(({ pointer }) => pointer), [pointers].flat(), JSON.stringify(facts));
      if (detail !== undefined) assert.equal(errors[0]?.["detail"], detail);
    }
  }
});

Deno.test("POST /assets: 422 for weights under keys of the prototype", async () => {
  await using service = await startService();
  for (const key of ["__proto__", "constructor", "toString"]) {
    const body = `{"symbol":"A","name":"A","sector_weights":{"energy":0.5,"${key}":0.1}}`;
    const headers = { "content-type": "application/json" };
    const ask = () => service.admin("/assets", { method: "POST", body, headers });
    const problem = await assertRefused(service, ask, "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map(({ pointer }) => pointer), [`/sector_weights/${key}`]);
  }
});

Deno.test("POST /assets: weights that add up to 1 in decimals, though not in doubles", async () => {
  await using service = await startService();
  const weights = { energy: 0.7, materials: 0.2, utilities: 0.1 };
  assert.ok(0.7 + 0.2 + 0.1 < 1 && 0.1 + 0.2 + 0.7 >= 1);
  const asset = await addAsset(service, { symbol: "MIX", kind: "fund", sector_weights: weights });
  assert.deepEqual([asset["sector"], asset["sector_weights"]], [null, weights]);
});

Deno.test("POST /assets: 409 for a symbol that is taken", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const errors = [{ pointer: "/symbol", detail: "is taken by another asset" }];
  await assertRefused(service, () => post(service, { symbol: "AAPL", name: "Other" }), "conflict", errors);
});

Deno.test("GET /assets: by symbol, by sector, and by what is sought", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AAPL", name: "Apple Inc.", sector: "information_technology" });
  await addAsset(service, { symbol: "APLE", name: "Hospitality REIT", sector: "real_estate" });
  await addAsset(service, { symbol: "MIX", name: "Pineapple Fund", sector_weights: { energy: 0.5, real_estate: 0.2 } });
  assert.deepEqual(await symbolsOf(service, ""), ["AAPL", "APLE", "MIX"]);
  assert.deepEqual(await symbolsOf(service, "?sector=real_estate"), ["APLE", "MIX"]);
  assert.deepEqual(await symbolsOf(service, "?sector=energy"), ["MIX"]);
  assert.deepEqual(await symbolsOf(service, "?sector=unclassified"), []);
  assert.deepEqual(await symbolsOf(service, "?q=apple"), ["AAPL", "MIX"]);
  assert.deepEqual(await symbolsOf(service, "?q=ap"), ["APLE", "MIX", "AAPL"].toSorted());
  assert.deepEqual(await symbolsOf(service, "?q=aPl"), ["APLE"]);
  assert.deepEqual(await symbolsOf(service, "?q=.*"), []);
  assert.deepEqual(await symbolsOf(service, "?q=%00&sector=energy"), []);
  for (const query of ["sector=technology", "sector=", "q=", `q=${"x".repeat(101)}`, "sort=name", "q=a&q=b"]) {
    const [parameter] = query.split("=");
    const problem = await assertProblem(await service.request(`/assets?${query}`), "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map((error) => error["parameter"]), [parameter], query);
  }
});

Deno.test("GET /assets: with the newest price of each", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { "2021-11-05": "151.28", "2021-11-04": "150.96" });
  const latest = { price: "151.28", date: "2021-11-05" };
  assert.deepEqual((await itemsOf(await service.request("/assets"))).map((asset) => asset["latest"]), [latest, null]);
  assert.deepEqual((await bodyOf(await service.request("/assets/AAPL")))["latest"], latest);
});

Deno.test("PATCH /assets/{symbol}: 200 with what was given, and nothing else", async () => {
  await using service = await startService();
  await post(service, { symbol: "AAPL", name: "Apple Inc.", sector: "information_technology" });
  const patch = async (body: Json) => await bodyOf(await service.admin("/assets/AAPL", { method: "PATCH", body }));
  assert.deepEqual(await patch({}), apple);
  const facts = { name: "Apple", kind: "other", currency: "EUR", status: "delisted" };
  assert.deepEqual(await patch(facts), { ...apple, ...facts });
  const weights = { energy: 0.4, utilities: 0.1 };
  assert.deepEqual(await patch({ sector_weights: weights }), {
    ...apple,
    ...facts,
    sector: null,
    sector_weights: weights,
  });
  assert.deepEqual(await symbolsOf(service, "?sector=information_technology"), []);
  assert.deepEqual(await symbolsOf(service, "?sector=utilities"), ["AAPL"]);
  assert.deepEqual(await patch({ sector: "energy" }), { ...apple, ...facts, sector: "energy" });
  assert.deepEqual(await patch({ sector: null }), { ...apple, ...facts, sector: "unclassified" });
  assert.deepEqual(await symbolsOf(service, "?sector=utilities"), []);
  assert.deepEqual(await symbolsOf(service, "?sector=unclassified"), ["AAPL"]);
});

Deno.test("GET /assets: by kind and status, alone and together, from either end", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "A", kind: "fund", sector: "energy" });
  await addAsset(service, { symbol: "B", kind: "fund", status: "inactive" });
  await addAsset(service, { symbol: "C", sector: "energy" });
  const symbols = async (query: string) =>
    (await itemsOf(await service.request(`/assets?${query}`))).map((a) => a["symbol"]);
  assert.deepEqual(await symbols("kind=fund"), ["A", "B"]);
  assert.deepEqual(await symbols("kind=fund&order=desc"), ["B", "A"]);
  assert.deepEqual(await symbols("status=active"), ["A", "C"]);
  assert.deepEqual(await symbols("kind=fund&status=active"), ["A"]);
  assert.deepEqual(await symbols("sector=energy&kind=stock"), ["C"]);
  assert.deepEqual(await symbols("kind=crypto"), []);
  await bodyOf(await service.admin("/assets/A", { method: "PATCH", body: { kind: "other", status: "delisted" } }));
  assert.deepEqual(await symbols("kind=fund"), ["B"]);
  assert.deepEqual(await symbols("status=delisted"), ["A"]);
  for (const query of ["kind=bond", "status=gone", "order=up"]) {
    await assertProblem(await service.request(`/assets?${query}`), "validation-failed");
  }
});

Deno.test("PATCH and DELETE /assets/{symbol}: 404 for what is not there, 422 for another symbol", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  for (const path of ["/assets/aapl", "/assets/XYZ", "/assets/A%20B", "/assets/%ff"]) {
    await assertRefused(service, () => service.admin(path, { method: "PATCH", body: {} }), "not-found");
    await assertRefused(service, () => service.admin(path, { method: "DELETE" }), "not-found");
  }
  const rename = () => service.admin("/assets/AAPL", { method: "PATCH", body: { symbol: "APPL" } });
  await assertRefused(service, rename, "validation-failed", [
    { pointer: "/symbol", detail: '"symbol" is not known here' },
  ]);
});

Deno.test("DELETE /assets/{symbol}: 204, and neither its history nor an index entry is left", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "GS", { "2021-11-05": "407.08" });
  const keys = async () =>
    (await dump(service.kv)).map(({ key }) => key).filter(([first]) => !/^audit/.test(String(first)));
  const before = await keys();
  await addAsset(service, { symbol: "BA", sector_weights: { industrials: 0.5, energy: 0.1 } });
  await addCloses(service, "BA", { "2021-11-05": "224.46", "2021-09-01": "217", "2020-01-02": "333" });
  assert.equal((await service.admin("/assets/BA", { method: "DELETE" })).status, 204);
  await assertProblem(await service.request("/assets/BA"), "not-found");
  await assertProblem(await service.request("/assets/BA/historic-values"), "not-found");
  assert.deepEqual(await keys(), [["asset_removals"], ...before]);

  await addAssets(service, "BA");
  assert.equal((await bodyOf(await service.request("/assets/BA")))["latest"], null);
  assert.deepEqual(
    (await dump(service.kv)).find(({ key }) => key[0] === "assets_by_symbol" && key[1] === "BA")?.value,
    4,
  );
});

Deno.test("DELETE /assets/{symbol}: 409 while a portfolio holds it", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addPortfolio(service, { AAPL: "1" });
  const remove = () => service.admin("/assets/AAPL", { method: "DELETE" });
  await assertRefused(service, remove, "conflict");
  await bodyOf(await service.admin("/portfolios/1/investments/AAPL", { method: "DELETE" }));
  assert.equal((await remove()).status, 204);
});
