import assert from "node:assert/strict";
import { assertProblem, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses, addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { addReturns, analysisOf, assertNear } from "../support/price_series.ts";
import { startService, type TestService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

type Metric = { value: number | null; reason?: string };
interface Tail {
  method: string;
  confidence: number;
  horizon_days: number;
  scaled?: string;
  value: number | null;
  amount: string | null;
  reason?: string;
}
interface Risk extends Json {
  readonly observations: number;
  readonly metrics: Record<string, Metric>;
  readonly value_at_risk: Tail[];
  readonly expected_shortfall: Tail[];
  readonly warnings: { code: string; detail: string }[];
  readonly benchmark?: { asset: string; observations: number; metrics: Record<string, Metric> };
  readonly rolling: { sessions: number; items: Record<string, unknown>[] };
}

const tailOf = (tails: Tail[], method: string, confidence: number): Tail | undefined =>
  tails.find((tail) => tail.method === method && tail.confidence === confidence);

/** -20 to 20 thousandths, in an order that has each sum to nothing. */
const SPREAD = Array.from({ length: 41 }, (_, i) => (i % 2 === 0 ? i : -i - 1) / 2_000);

/** One stock with these returns, of which the portfolio holds 10. */
async function startOne(returns: readonly number[]): Promise<TestService> {
  const service = await startService();
  await addReturns(service, { symbol: "AA", sector: "energy" }, returns);
  await addPortfolio(service, { AA: "10" }, PUBLIC);
  return service;
}

Deno.test("metrics worked by hand: 10 % up, down and up again", async () => {
  await using service = await startOne([0.1, -0.1, 0.1]);
  const risk = await analysisOf<Risk>(service, "risk?window=3d");
  assert.equal(risk.observations, 3);
  assert.equal(risk["periods_per_year"], 252);
  // 100, 110, 99, 108.9
  assert.equal(risk["market_value"], "1089");
  const { metrics } = risk;
  assertNear(metrics["mean"]?.value, 1 / 30);
  assertNear(metrics["total_return"]?.value, 0.089);
  assertNear(metrics["volatility"]?.value, Math.sqrt(0.04 / 3) * Math.sqrt(252));
  assertNear(metrics["downside_deviation"]?.value, Math.sqrt(0.01 / 3) * Math.sqrt(252));
  assertNear(metrics["sharpe"]?.value, 1 / 30 / Math.sqrt(0.04 / 3) * Math.sqrt(252));
  assertNear(metrics["max_drawdown"]?.value, 0.1);
  assertNear(metrics["omega"]?.value, 2);
  assert.deepEqual(metrics["var_historical"], { value: null, reason: "too_few_observations" });
  const { depth, ...drawdown } = risk["drawdown"] as Json;
  assertNear(depth, 0.1);
  assert.deepEqual(drawdown, { peak: "2021-11-03", trough: "2021-11-04", recovery: null, days: 2 });
  assert.deepEqual(risk["concentration"], {
    asset: { herfindahl: { value: 1 }, effective_number: { value: 1 } },
    sector: { herfindahl: { value: 1 }, effective_number: { value: 1 } },
  });
  assert.equal(risk.warnings[0]?.code, "few_observations");
});

Deno.test("value at risk and expected shortfall by method and level, as a fraction and as money", async () => {
  await using service = await startOne(SPREAD);
  const risk = await analysisOf<Risk>(service, "risk?window=41d");
  assert.deepEqual(
    risk.value_at_risk.map(({ method, confidence }) => [method, confidence]),
    ["historical", "gaussian", "cornish_fisher", "ewma"].flatMap((method) => [[method, 0.95], [method, 0.99]]),
  );
  assert.deepEqual(
    risk.expected_shortfall.map(({ method, confidence }) => [method, confidence]),
    [["historical", 0.975], ["gaussian", 0.975]],
  );
  // Sorted, the returns are -20 to 20 thousandths: 5 % of the way is -18.
  const historical = tailOf(risk.value_at_risk, "historical", 0.95);
  assertNear(historical?.value, 0.018);
  assert.equal(historical?.horizon_days, 1);
  assert.equal("scaled" in (historical ?? {}), false);
  assertNear(Number(historical?.amount) / Number(risk["market_value"]), 0.018, 1e-9);
  assert.match(historical?.amount ?? "", /^\d+(\.\d{1,8})?$/);
  assert.deepEqual(
    [tailOf(risk.value_at_risk, "historical", 0.99)?.reason, tailOf(risk.value_at_risk, "historical", 0.99)?.amount],
    ["too_few_observations", null],
  );
  // The sum of squares of 1 to 20 is 2870; the mean is 0.
  const deviation = Math.sqrt(2 * 2870 / 40) / 1_000;
  assertNear(tailOf(risk.value_at_risk, "gaussian", 0.95)?.value, 1.6448536269514722 * deviation, 1e-9);
  // 2.5 % of the way is -19; the mean of -19 and -20.
  assertNear(tailOf(risk.expected_shortfall, "historical", 0.975)?.value, 0.0195);
});

Deno.test("a horizon of several days: by the root of time, and the answer says so", async () => {
  await using service = await startOne(SPREAD);
  const one = await analysisOf<Risk>(service, "risk?window=41d&confidence=0.9");
  const four = await analysisOf<Risk>(service, "risk?window=41d&confidence=0.9&horizon=4");
  assert.equal(four["confidence"], 0.9);
  for (const [i, tail] of [...four.value_at_risk, ...four.expected_shortfall].entries()) {
    const day = [...one.value_at_risk, ...one.expected_shortfall][i];
    assert.deepEqual([tail.method, tail.confidence, tail.horizon_days, tail.scaled], [
      day?.method,
      0.9,
      4,
      "sqrt_time",
    ]);
    assertNear(tail.value, 2 * Number(day?.value));
  }
});

Deno.test("a risk-free rate a year lowers Sharpe by its daily rate", async () => {
  await using service = await startOne([0.1, -0.1, 0.1]);
  const { metrics } = await analysisOf<Risk>(service, "risk?window=3d&risk_free=0.05");
  const daily = 1.05 ** (1 / 252) - 1;
  assertNear(metrics["sharpe"]?.value, (1 / 30 - daily) / Math.sqrt(0.04 / 3) * Math.sqrt(252), 1e-9);
});

Deno.test("against a benchmark, on the days on which both have prices", async () => {
  await using service = await startOne([0.02, 0.04, -0.02, 0.06]);
  await addReturns(service, { symbol: "MARKET", kind: "index" }, [0.01, 0.02, -0.01, 0.03]);
  const { benchmark } = await analysisOf<Risk>(service, "risk?window=4d&benchmark=MARKET");
  assert.deepEqual([benchmark?.asset, benchmark?.observations], ["MARKET", 4]);
  assertNear(benchmark?.metrics["beta"]?.value, 2, 1e-9);
  assertNear(benchmark?.metrics["correlation"]?.value, 1, 1e-9);
  await addAsset(service, { symbol: "GAPS", kind: "index" });
  await addCloses(service, "GAPS", { "2021-11-01": "10", "2021-11-03": "11", "2021-11-05": "12" });
  const gaps = await analysisOf<Risk>(service, "risk?window=4d&benchmark=GAPS");
  assert.equal(gaps.benchmark?.observations, 2);
  assert.deepEqual(gaps.warnings.filter(({ code }) => code === "benchmark_gaps").map(({ detail }) => detail), [
    "The benchmark GAPS has prices on 3 of 5 sessions; returns are taken between those",
  ]);
});

Deno.test("a benchmark without a common day has no number; an unknown one is refused", async () => {
  await using service = await startOne([0.02, 0.04]);
  await addAsset(service, { symbol: "OLD", kind: "index" });
  await addCloses(service, "OLD", { "2020-11-02": "10", "2020-11-03": "11" });
  const { benchmark } = await analysisOf<Risk>(service, "risk?window=2d&benchmark=OLD");
  assert.equal(benchmark?.observations, 0);
  for (const metric of Object.values(benchmark?.metrics ?? {})) {
    assert.deepEqual(metric, { value: null, reason: "too_few_observations" });
  }
  await assertProblem(await service.request("/portfolios/1/risk?benchmark=NONE"), "validation-failed", [
    { parameter: "benchmark", detail: "There is no asset NONE" },
  ]);
});

Deno.test("the rolling series begins where its window is full", async () => {
  await using service = await startOne([0.1, -0.1, 0.1]);
  const { rolling } = await analysisOf<Risk>(service, "risk?window=3d&rolling=2");
  assert.deepEqual(rolling.items.map(({ date }) => date), ["2021-11-04", "2021-11-05"]);
  for (const { volatility } of rolling.items) assertNear(volatility, Math.sqrt(0.02) * Math.sqrt(252));
});

Deno.test("crypto assets alone have 365 days in a year", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "X:BTCUSD", kind: "crypto" });
  await addCloses(service, "X:BTCUSD", { "2021-11-04": "100", "2021-11-05": "110", "2021-11-06": "99" });
  await addPortfolio(service, { "X:BTCUSD": "1" }, PUBLIC);
  const risk = await analysisOf<Risk>(service, "risk");
  assert.equal(risk["periods_per_year"], 365);
  assertNear(risk.metrics["volatility"]?.value, Math.sqrt(0.02) * Math.sqrt(365));
});

Deno.test("no number where there is none: empty, unpriced, one price, constant, short, worth nothing", async () => {
  await using service = await startService();
  await addAssets(service, "NONE", "ONE");
  await addReturns(service, { symbol: "FLAT" }, [0, 0, 0]);
  await addReturns(service, { symbol: "AA" }, [0.1, -0.1, 0.1]);
  await addReturns(service, { symbol: "BB" }, [0.1, -0.1, 0.1]);
  await addCloses(service, "ONE", { "2021-11-05": "1" });
  const cases: [name: string, amounts: Record<string, string>, metric: string, reason: string][] = [
    ["empty", {}, "volatility", "too_few_observations"],
    ["unpriced", { NONE: "1" }, "mean", "too_few_observations"],
    ["one price", { ONE: "1" }, "total_return", "too_few_observations"],
    ["constant", { FLAT: "1" }, "sharpe", "zero_variance"],
    ["all short", { AA: "-1" }, "volatility", "value_not_positive"],
    ["worth nothing", { AA: "1", BB: "-1" }, "var_gaussian", "value_not_positive"],
  ];
  for (const [i, [name, amounts, metric, reason]] of cases.entries()) {
    await addPortfolio(service, amounts, { ...PUBLIC, name });
    const risk = await analysisOf<Risk>(service, "risk?benchmark=AA", i + 1);
    assert.deepEqual(risk.metrics[metric], { value: null, reason }, name);
    assert.doesNotMatch(JSON.stringify(risk), /NaN|Infinity/);
    for (
      const path of [
        "performance?benchmark=AA",
        "risk/contributions",
        "risk/backtest",
        "risk/scenarios",
        "correlations",
      ]
    ) {
      assert.doesNotMatch(JSON.stringify(await analysisOf(service, path, i + 1)), /NaN|Infinity/, `${name} ${path}`);
    }
  }
});

Deno.test("parameters that cannot be are refused, each by its name", async () => {
  await using service = await startOne([0.1]);
  const refused: [query: string, parameter: string][] = [
    ...["0", "1", "1.5", "-0.5", "x", "", "0.95,", "0.95,1", "1e-1"].map((sent): [string, string] => [
      `confidence=${sent}`,
      "confidence",
    ]),
    ...["0", "-1", "1.5", "253", "x"].map((sent): [string, string] => [`horizon=${sent}`, "horizon"]),
    ...["-1", "x", "1e9"].map((sent): [string, string] => [`risk_free=${sent}`, "risk_free"]),
    ...["1", "1001", "2.5"].map((sent): [string, string] => [`rolling=${sent}`, "rolling"]),
    ["benchmark=A%20B", "benchmark"],
  ];
  for (const [query, parameter] of refused) {
    const { errors } = await assertProblem(await service.request(`/portfolios/1/risk?${query}`), "validation-failed");
    assert.equal((errors as { parameter: string }[])[0]?.parameter, parameter, query);
  }
});

Deno.test("of a portfolio that is not for all to see there is nothing to analyse", async () => {
  await using service = await startService();
  await addForeignPortfolio(service);
  for (
    const path of ["risk", "performance", "risk/contributions", "risk/backtest", "risk/scenarios", "correlations"]
  ) {
    await assertProblem(await service.request(`/portfolios/1/${path}`), "not-found");
  }
});
