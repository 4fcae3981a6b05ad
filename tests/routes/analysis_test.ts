import assert from "node:assert/strict";
import { METRIC_NAMES } from "../../lib/analysis/metrics.ts";
import { assertProblem, assertRefused, bodyOf, dump, type Json } from "../support/answers.ts";
import { startService, type TestService } from "../support/service.ts";

type Metrics = Record<string, { value: number | null; reason?: string }>;

const post = (service: TestService, path: string, body: unknown) =>
  service.request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const metricsOf = async (service: TestService, body: Json): Promise<Metrics> =>
  (await bodyOf<{ metrics: Metrics }>(await post(service, "/analysis/metrics", body))).metrics;

const BENCHMARK_METRICS = [
  ...["beta", "alpha_arithmetic", "alpha_geometric", "tracking_error", "information_ratio", "correlation"],
  ...["up_capture", "down_capture"],
];

/** The expected numbers are empyrical's, of its `mixed_returns` and `simple_benchmark` without their first day. */
const MIXED = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1];
const BENCHMARK = [0.01, 0, 0.01, 0, 0.01, 0, 0.01, 0];

Deno.test("metrics of a series: every name of the contract, each with a value or a reason", async () => {
  await using service = await startService();
  const before = await dump(service.kv);
  const body = await bodyOf(await post(service, "/analysis/metrics", { returns: MIXED }));
  assert.equal(body["observations"], 8);
  const metrics = body["metrics"] as Metrics;
  assert.deepEqual(Object.keys(metrics), [...METRIC_NAMES]);
  assert.ok(Math.abs((metrics["sharpe"]?.value ?? NaN) - 1.7238613961706866) < 1.5e-8);
  assert.deepEqual(metrics["var_historical"], { value: null, reason: "too_few_observations" });
  assert.deepEqual(body["parameters"], {
    ...{ periods_per_year: 252, risk_free: 0, minimum_acceptable_return: 0, required_return: 0, confidence: 0.95 },
  });
  const warnings = body["warnings"] as Json[];
  assert.deepEqual(warnings.map(({ code }) => code), ["few_observations"]);
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("metrics against a benchmark come on top", async () => {
  await using service = await startService();
  const metrics = await metricsOf(service, { returns: MIXED, benchmark: BENCHMARK });
  assert.deepEqual(Object.keys(metrics), [...METRIC_NAMES, ...BENCHMARK_METRICS]);
  assert.deepEqual(metrics["down_capture"], { value: null, reason: "no_down_periods" });
  // The series' covariance with the benchmark over the benchmark's variance: deviations of the latter are 0.005 each.
  const expected = (0.01 - 0.1 - 0.04 - 0.02 + 0.03 - 0.02 + 0.01 + 0.1) * 0.005 / (8 * 0.005 ** 2);
  assert.ok(Math.abs((metrics["beta"]?.value ?? NaN) - expected) < 1e-12);
});

Deno.test("parameters: the risk-free rate is a year's, acceptable and required returns are a period's", async () => {
  await using service = await startService();
  const sent = { returns: MIXED, periods_per_year: 12, minimum_acceptable_return: 0.1, required_return: 0.02 };
  const metrics = await metricsOf(service, sent);
  const yearly = await metricsOf(service, { ...sent, risk_free: 1.01 ** 12 - 1 });
  const [mean, deviation] = [0.00625, (metrics["volatility"]?.value ?? NaN) / Math.sqrt(12)];
  assert.ok(Math.abs((yearly["sharpe"]?.value ?? NaN) - (mean - 0.01) / deviation * Math.sqrt(12)) < 1e-9);
  const below = MIXED.map((r) => Math.min(0, r - 0.1) ** 2).reduce((sum, square) => sum + square) / 8;
  assert.ok(Math.abs((metrics["downside_deviation"]?.value ?? NaN) - Math.sqrt(below * 12)) < 1e-12);
  assert.ok(Math.abs((metrics["omega"]?.value ?? NaN) - (0.08 + 0.01) / (0.01 + 0.06 + 0.01 + 0.12)) < 1e-12);
});

Deno.test("the confidence moves VaR and ES, and the smallest number of observations with them", async () => {
  await using service = await startService();
  const returns = Array.from({ length: 101 }, (_, i) => (i - 50) / 1_000);
  const at = async (confidence: number) => await metricsOf(service, { returns, confidence });
  assert.ok(Math.abs(((await at(0.95))["var_historical"]?.value ?? NaN) - 0.045) < 1e-15);
  assert.ok(Math.abs(((await at(0.99))["var_historical"]?.value ?? NaN) - 0.049) < 1e-15);
  assert.ok(Math.abs(((await at(0.99))["es_historical"]?.value ?? NaN) - 0.0495) < 1e-15);
  assert.deepEqual((await at(0.995))["var_historical"], { value: null, reason: "too_few_observations" });
  const exactly = await metricsOf(service, { returns: returns.slice(0, 20), confidence: 0.95 });
  assert.notEqual(exactly["var_historical"]?.value, null);
  const fewer = await metricsOf(service, { returns: returns.slice(0, 19), confidence: 0.95 });
  assert.equal(fewer["var_historical"]?.value, null);
});

Deno.test("hard series: empty, of one, constant, enormous, tiny, alternating, more than everything lost", async () => {
  await using service = await startService();
  const series: Record<string, number[]> = {
    empty: [],
    one: [0.01],
    constant: Array(300).fill(0.1),
    zero: Array(300).fill(0),
    enormous: Array.from({ length: 300 }, (_, i) => i % 2 === 0 ? 1.7e308 : -1.7e308),
    tiny: Array.from({ length: 300 }, (_, i) => i % 2 === 0 ? 5e-324 : -5e-324),
    alternating: Array.from({ length: 300 }, (_, i) => i % 2 === 0 ? 0.01 : -0.01),
    ruined: [0.1, -1, 0.1],
    levered: [0.1, -1.4, 0.1, -1.2, 0.3],
  };
  for (const [name, returns] of Object.entries(series)) {
    const metrics = await metricsOf(service, { returns, benchmark: returns });
    assert.equal(Object.keys(metrics).length, 28);
    for (const [metric, { value, reason }] of Object.entries(metrics)) {
      assert.ok(value === null ? typeof reason === "string" : Number.isFinite(value), `${name} ${metric}`);
    }
  }
  const constant = await metricsOf(service, { returns: series["constant"] });
  assert.deepEqual(constant["volatility"], { value: 0 });
  for (const name of ["sharpe", "skewness", "excess_kurtosis", "var_cornish_fisher"]) {
    assert.deepEqual(constant[name], { value: null, reason: "zero_variance" }, name);
  }
  assert.deepEqual(constant["calmar"], { value: null, reason: "no_drawdown" });
  assert.deepEqual(constant["sortino"], { value: null, reason: "no_downside" });
  const ruined = await metricsOf(service, { returns: series["ruined"] });
  assert.deepEqual([ruined["total_return"], ruined["cagr"]], [{ value: -1 }, { value: -1 }]);
  assert.deepEqual(ruined["stability"], { value: null, reason: "value_not_positive" });
  const levered = await metricsOf(service, { returns: series["levered"] });
  assert.deepEqual(levered["cagr"], { value: null, reason: "value_not_positive" });
  assert.ok((levered["max_drawdown"]?.value ?? NaN) > 1);
});

Deno.test("an expansion that is not monotone is told with a warning", async () => {
  await using service = await startService();
  const returns = [...Array(299).fill(0).map((_, i) => i % 2 / 1_000), -0.5];
  const body = await bodyOf<{ warnings: Json[] }>(await post(service, "/analysis/metrics", { returns }));
  assert.deepEqual(body.warnings.map(({ code }) => code), ["not_monotone"]);
});

Deno.test("metrics that cannot be told: each value by its pointer", async () => {
  await using service = await startService();
  const cases: [body: unknown, pointer: string][] = [
    [{}, "/returns"],
    [{ returns: null }, "/returns"],
    [{ returns: "0.1" }, "/returns"],
    [{ returns: [0.1, null] }, "/returns/1"],
    [{ returns: [0.1, "0.2"] }, "/returns/1"],
    ['{ "returns": [0.1, 1e400] }', "/returns/1"],
    [{ returns: Array(25_001).fill(0) }, "/returns"],
    [{ returns: [0.1, 0.2], benchmark: [0.1] }, "/benchmark"],
    [{ returns: [0.1], benchmark: null }, "/benchmark"],
    ...[0, 1, 1.5, -0.5, "0.95", null].map((confidence): [unknown, string] => [
      { returns: [0.1], confidence },
      "/confidence",
    ]),
    [{ returns: [0.1], periods_per_year: 0 }, "/periods_per_year"],
    [{ returns: [0.1], periods_per_year: -252 }, "/periods_per_year"],
    [{ returns: [0.1], risk_free: -1 }, "/risk_free"],
    ['{ "returns": [0.1], "required_return": -1e400 }', "/required_return"],
    [{ returns: [0.1], minimum_acceptable_return: "0" }, "/minimum_acceptable_return"],
    [{ returns: [0.1], window: 3 }, "/window"],
  ];
  for (const [body, at] of cases) {
    const problem = await assertRefused(service, () => post(service, "/analysis/metrics", body), "validation-failed");
    const errors = problem["errors"] as { pointer: string }[];
    assert.deepEqual(errors.map(({ pointer }) => pointer), [at], JSON.stringify(body).slice(0, 100));
  }
  await assertProblem(await post(service, "/analysis/metrics", '{ "returns": [NaN] }'), "malformed-request");
  await assertProblem(
    await post(service, "/analysis/metrics", `{"returns":[${"0,".repeat(600_000)}0]}`),
    "payload-too-large",
  );
});

Deno.test("a money-weighted return: amounts as text or number, in any order", async () => {
  await using service = await startService();
  const cashFlows = [{ date: "2010-12-31", amount: 210 }, { date: "2010-01-01", amount: "-200" }];
  const body = await bodyOf(await post(service, "/analysis/money-weighted-return", { cash_flows: cashFlows }));
  assert.ok(Math.abs(Number(body["rate"]) - 0.050140747) < 5e-9);
  assert.deepEqual({ ...body, rate: 0, rates: [] }, {
    ...{ rate: 0, rates: [], method: "xirr_act_365", observations: 2, warnings: [] },
  });
});

Deno.test("no money-weighted return, and several", async () => {
  await using service = await startService();
  const flows = (...each: [date: string, amount: string][]) => ({
    cash_flows: each.map(([date, amount]) => ({ date, amount })),
  });
  const cases: [sent: unknown, reason: string][] = [
    [flows(), "too_few_observations"],
    [flows(["2020-01-01", "0"]), "no_sign_change"],
    [flows(["2020-01-01", "-1"], ["2021-01-01", "-2"]), "no_sign_change"],
    [flows(["2020-01-01", "-1"], ["2020-01-01", "2"]), "one_date"],
    [flows(["2021-01-01", "1"], ["2022-01-01", "-2"], ["2023-01-01", "2"]), "no_root"],
    [flows(["2021-01-01", "-1"], ["2021-01-02", "1000000"]), "overflow"],
  ];
  for (const [sent, reason] of cases) {
    const body = await bodyOf(await post(service, "/analysis/money-weighted-return", sent));
    assert.deepEqual([body["rate"], body["reason"], body["rates"]], [null, reason, []]);
  }
  const several = flows(["2021-01-01", "-100"], ["2022-01-01", "260"], ["2023-01-01", "-165"]);
  const body = await bodyOf(await post(service, "/analysis/money-weighted-return", several));
  assert.ok(Math.abs(Number(body["rate"]) - 0.1) < 1e-12);
  assert.deepEqual((body["warnings"] as Json[]).map(({ code }) => code), ["several_rates"]);
});

Deno.test("cash flows that are none: each value by its pointer", async () => {
  await using service = await startService();
  const path = "/analysis/money-weighted-return";
  const flow = { date: "2020-01-01", amount: "1" };
  const cases: [body: unknown, pointer: string][] = [
    [{}, "/cash_flows"],
    [{ cash_flows: [{ date: "2020-02-30", amount: "1" }] }, "/cash_flows/0/date"],
    [{ cash_flows: [flow, { date: "2020-01-01" }] }, "/cash_flows/1/amount"],
    ...["", "1e3", "NaN", "Infinity", "0x1", " 1", null, true].map((amount): [unknown, string] => [
      { cash_flows: [{ ...flow, amount }] },
      "/cash_flows/0/amount",
    ]),
    ['{ "cash_flows": [{ "date": "2020-01-01", "amount": 1e400 }] }', "/cash_flows/0/amount"],
    [{ cash_flows: Array(2_001).fill(flow) }, "/cash_flows"],
    [{ cash_flows: [{ ...flow, currency: "USD" }] }, "/cash_flows/0/currency"],
  ];
  for (const [body, at] of cases) {
    const problem = await assertRefused(service, () => post(service, path, body), "validation-failed");
    const errors = problem["errors"] as { pointer: string }[];
    assert.deepEqual(errors.map(({ pointer }) => pointer), [at], JSON.stringify(body).slice(0, 100));
  }
});

Deno.test("a backtest: Kupiec's test and the traffic light", async () => {
  await using service = await startService();
  const sent = { observations: 1043, exceptions: 57, confidence: 0.95 };
  const body = await bodyOf(await post(service, "/analysis/var-backtest", sent));
  assert.equal(Number(body["statistic"]).toPrecision(5), "0.46147");
  assert.equal(Number(body["p_value"]).toPrecision(5), "0.49694");
  assert.deepEqual([body["zone"], body["method"]], ["green", "kupiec_pof"]);
  assert.ok(Math.abs(Number(body["expected_exceptions"]) - 52.15) < 1e-12);
  const red = await bodyOf(
    await post(service, "/analysis/var-backtest", { observations: 250, exceptions: 10, confidence: 0.99 }),
  );
  assert.equal(red["zone"], "red");
  const none = await bodyOf(
    await post(service, "/analysis/var-backtest", { observations: 0, exceptions: 0, confidence: 0.99 }),
  );
  assert.deepEqual([none["statistic"], none["p_value"], none["reason"]], [null, null, "too_few_observations"]);
});

Deno.test("backtests that cannot be: each value by its pointer", async () => {
  await using service = await startService();
  const sent = { observations: 250, exceptions: 3, confidence: 0.99 };
  const cases: [body: unknown, pointer: string][] = [
    [{ ...sent, exceptions: 251 }, "/exceptions"],
    [{ ...sent, exceptions: -1 }, "/exceptions"],
    [{ ...sent, exceptions: 1.5 }, "/exceptions"],
    [{ ...sent, observations: -1, exceptions: 0 }, "/observations"],
    [{ ...sent, observations: 1_000_001 }, "/observations"],
    [{ ...sent, observations: "250" }, "/observations"],
    [{ ...sent, confidence: 0 }, "/confidence"],
    [{ ...sent, confidence: 1 }, "/confidence"],
    [{ observations: 250, exceptions: 3 }, "/confidence"],
  ];
  for (const [body, at] of cases) {
    const problem = await assertRefused(
      service,
      () => post(service, "/analysis/var-backtest", body),
      "validation-failed",
    );
    const errors = problem["errors"] as { pointer: string }[];
    assert.deepEqual(errors.map(({ pointer }) => pointer), [at], JSON.stringify(body));
  }
});
