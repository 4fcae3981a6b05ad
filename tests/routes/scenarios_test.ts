import assert from "node:assert/strict";
import { assertProblem, type Json } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { analysisOf } from "../support/price_series.ts";
import { startService, type TestService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

interface Scenarios extends Json {
  readonly scenarios: { name: string; replay?: Json; reason?: string; result: Result | null }[];
}
interface Result extends Json {
  readonly market_value: string;
  readonly change: string;
  readonly fraction: number;
  readonly assets: { asset: string; fraction: number; change: string }[];
  readonly sectors: { sector: string; change: string }[];
}

async function startThree(): Promise<TestService> {
  const service = await startService();
  await addAsset(service, { symbol: "AA", sector: "energy" });
  await addAsset(service, { symbol: "FUND", sector_weights: { energy: 0.25, utilities: 0.5 } });
  await addAsset(service, { symbol: "X:BTCUSD", kind: "crypto", sector: "unclassified" });
  await addCloses(service, "AA", { "2020-02-19": "20", "2020-03-23": "10", "2021-11-05": "50" });
  await addCloses(service, "FUND", { "2020-02-18": "100", "2020-03-20": "80", "2021-11-05": "200" });
  await addCloses(service, "X:BTCUSD", { "2021-11-05": "1000" });
  return service;
}

Deno.test("shocks: an asset's own before its sectors', a fund by its shares of them", async () => {
  await using service = await startThree();
  await addPortfolio(service, { "AA": "2", "FUND": "1", "X:BTCUSD": "-0.1" }, PUBLIC);
  const { scenarios, observations } = await analysisOf<Scenarios>(
    service,
    "risk/scenarios?shock=energy:-0.2&shock=utilities:-.1&shock=X:BTCUSD:0.5",
  );
  assert.equal(observations, 1);
  assert.equal(scenarios.length, 1);
  const { result } = scenarios[0] ?? {};
  assert.deepEqual(
    result?.assets.map(({ asset, fraction, change }) => [asset, fraction, change]),
    // 100 of energy fall by 20; 200 in the fund by a quarter of 20 % and half of 10 %; 100 short rise by half.
    [["X:BTCUSD", 0.5, "-50"], ["AA", -0.2, "-20"], ["FUND", -0.1, "-20"]],
  );
  assert.deepEqual([result?.market_value, result?.change, result?.fraction], ["200", "-90", -0.45]);
  assert.deepEqual(result?.sectors, [
    { sector: "unclassified", change: "-55" },
    { sector: "energy", change: "-25" },
    { sector: "utilities", change: "-10" },
  ]);
});

Deno.test("a span of the past over again, from its first close to its last", async () => {
  await using service = await startThree();
  await addPortfolio(service, { AA: "2", FUND: "1" }, PUBLIC);
  const { scenarios } = await analysisOf<Scenarios>(service, "risk/scenarios?from=2020-02-19&to=2020-03-23");
  assert.deepEqual(scenarios[0]?.replay, { from: "2020-02-19", to: "2020-03-23" });
  const { result } = scenarios[0] ?? {};
  // AA falls by half; the fund's closes are carried, from 100 to 80.
  assert.deepEqual(
    result?.assets.map(({ asset, change }) => [asset, change]),
    [["AA", "-50"], ["FUND", "-40"]],
  );
  assert.deepEqual([result?.market_value, result?.change, result?.fraction], ["300", "-90", -0.3]);
});

Deno.test("what was not there then: by the rest of its sector, or left out", async () => {
  await using service = await startThree();
  await addAsset(service, { symbol: "NEW", sector: "energy" });
  await addCloses(service, "NEW", { "2021-11-05": "10" });
  await addPortfolio(service, { "AA": "2", "NEW": "1", "X:BTCUSD": "1" }, PUBLIC);
  const path = "risk/scenarios?from=2020-02-19&to=2020-03-23";
  const replay = async (query: string) => (await analysisOf<Scenarios>(service, path + query)).scenarios[0]?.result;
  const bitcoin = { asset: "X:BTCUSD", amount: "1", reason: "no_price" };
  const proxied = await replay("");
  // NEW falls by half, as AA of the same sector did.
  assert.deepEqual(proxied?.assets.map(({ asset, change }) => [asset, change]), [["AA", "-50"], ["NEW", "-5"]]);
  assert.deepEqual(proxied?.["left_out"], [bitcoin]);
  const excluded = await replay("&missing=exclude");
  assert.deepEqual(excluded?.assets.map(({ asset }) => asset), ["AA"]);
  assert.deepEqual(excluded?.["left_out"], [{ asset: "NEW", amount: "1", reason: "no_price" }, bitcoin]);
});

Deno.test("asked for nothing: the known falls that have ended, null where there is no history", async () => {
  await using service = await startThree();
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  const { scenarios } = await analysisOf<Scenarios>(service, "risk/scenarios");
  assert.deepEqual(scenarios.map(({ name, reason, result }) => [name, reason, result?.change]), [
    ["Financial crisis, 2007 to 2009", "short_history", undefined],
    ["Fourth quarter of 2018", "short_history", undefined],
    ["Pandemic, 2020", undefined, "-50"],
  ]);
});

Deno.test("what is no shock and no span is refused", async () => {
  await using service = await startThree();
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  const refused: [query: string, parameter: string, detail: RegExp][] = [
    ["shock=energy", "shock", /such as energy:-0.2/],
    ["shock=energy:-1.5", "shock", /-1 or above/],
    ["shock=energy:1e3", "shock", /such as/],
    ["shock=energy:NaN", "shock", /such as/],
    ["shock=energy:-0.1&shock=energy:-0.2", "shock", /once/],
    ["shock=FUND:-0.1", "shock", /^FUND is neither a sector nor an asset of portfolio 1$/],
    ["from=2020-02-19", "to", /together with from/],
    ["from=2020-03-23&to=2020-02-19", "to", /after from/],
    ["from=2021-11-01&to=2021-11-20", "to", /or earlier/],
    ["from=2020-02-19&to=2020-03-23&as_of=2020-03-20", "to", /not be after as_of/],
    ["window=1y", "window", /not known/],
  ];
  for (const [query, parameter, detail] of refused) {
    const answer = await service.request(`/portfolios/1/risk/scenarios?${query}`);
    const { errors } = await assertProblem(answer, "validation-failed");
    const [error] = errors as { parameter: string; detail: string }[];
    assert.equal(error?.parameter, parameter, query);
    assert.match(error?.detail ?? "", detail, query);
  }
});
