/** Each analysis, made again from nothing but what its explanation tells. */
import assert from "node:assert/strict";
import { type Decimal, decimal, plain, rounded, sum } from "../../lib/analysis/decimal.ts";
import { correlationMatrix } from "../../lib/analysis/correlation_matrix.ts";
import { kupiecTest, trafficLight } from "../../lib/analysis/kupiec.ts";
import { benchmarkMetricsOf, metricsOf } from "../../lib/analysis/metrics.ts";
import { sharpe } from "../../lib/analysis/performance_ratios.ts";
import { returnsOf } from "../../lib/analysis/returns.ts";
import { riskContributions, varContributions } from "../../lib/analysis/risk_contribution.ts";
import { historicalVar } from "../../lib/analysis/value_at_risk.ts";
import { volatility } from "../../lib/analysis/volatility.ts";
import { ES_METHODS, type EsMethod, VAR_METHODS, type VarMethod } from "../../lib/portfolios/tail_risk.ts";
import { bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { analysisOf, assertNear, weekdaysUpTo } from "../support/price_series.ts";
import { startService, type TestService } from "../support/service.ts";

interface Price {
  readonly date: string;
  readonly price_date?: string;
  readonly close: string | null;
  readonly factor?: string;
  readonly fx_rate?: string;
  readonly price: number;
}
interface Input {
  readonly asset: string;
  readonly amount: string;
  readonly sectors: Record<string, string>;
  readonly prices: Price[];
}
// deno-lint-ignore no-explicit-any
type Answer = any;

const DAYS = weekdaysUpTo("2021-11-05", 60);
const FROM = DAYS[20];
const closes = (pace: number, isLeftOut: (day: number) => boolean = () => false) =>
  Object.fromEntries(
    DAYS.flatMap((day, i) => isLeftOut(i) ? [] : [[day, (100 + 20 * Math.sin(i * pace) + i / 3).toFixed(4)]]),
  );

/** Of two sectors and two currencies, with a split, a short history and missing days. */
async function serviceWithPortfolio(): Promise<TestService> {
  const service = await startService();
  await addAsset(service, { symbol: "AA", currency: "EUR", sector_weights: { energy: 0.4, utilities: 0.6 } });
  await addAsset(service, { symbol: "BB", sector: "energy" });
  await addAsset(service, { symbol: "CC", sector: "energy" });
  await addAsset(service, { symbol: "MM" });
  await addAsset(service, { symbol: "C:EURUSD", kind: "currency" });
  await addCloses(service, "AA", closes(0.7));
  await addCloses(service, "BB", closes(1.3, (i) => i % 7 === 3));
  await addCloses(service, "CC", closes(0.4, (i) => i < 30));
  await addCloses(service, "MM", closes(0.9, (i) => i % 11 === 5));
  await addCloses(service, "C:EURUSD", Object.fromEntries(DAYS.map((day, i) => [day, (1.1 + i / 1_000).toFixed(3)])));
  const split = { items: [{ execution_date: DAYS[40], split_from: "1", split_to: "3" }] };
  await bodyOf(await service.admin("/assets/AA/splits", { method: "PUT", body: split }));
  await addPortfolio(service, { AA: "3", BB: "-0.5", CC: "2" }, { visibility: "public" });
  return service;
}

const ask = (service: TestService, path: string): Promise<Answer> =>
  analysisOf<Json>(service, `${path}${path.includes("?") ? "&" : "?"}explain=true`);

const pricesOf = ({ prices }: Input) => Float64Array.from(prices, ({ price }) => price);
const total = (inputs: Input[], of: (input: Input) => number) => inputs.reduce((sum, input) => sum + of(input), 0);
const valueAt = (inputs: Input[], place: number) =>
  total(inputs, ({ amount, prices }) => Number(amount) * (prices.at(place)?.price ?? NaN));
const valuesOf = (inputs: Input[]) => Float64Array.from(inputs[0]?.prices ?? [], (_, s) => valueAt(inputs, s));
const returnsIn = (values: Float64Array): Float64Array => returnsOf(values) ?? new Float64Array();

function assertPrices(inputs: Input[]): void {
  for (const { close, factor = "1", fx_rate = "1", price } of inputs.flatMap(({ prices }) => prices)) {
    if (close !== null) assertNear(price, Number(close) * Number(factor) * Number(fx_rate));
  }
}

type Newest = Input & { readonly as_of_price?: Price };

/** What an investment is worth on the day that an answer is of, from its decimals alone. */
function newestValue({ amount, prices, as_of_price = prices.at(-1) }: Newest): Decimal {
  const { close, adjusted = close, fx_rate } = as_of_price as Price & { adjusted?: string };
  const value = decimal(amount).times(adjusted ?? NaN);
  return fx_rate === undefined ? value : rounded(value.times(fx_rate));
}

const moneyOf = (fraction: number, value: Decimal): string => plain(rounded(decimal(fraction).times(value)));

/** Each is the sum of its members', by the shares of them that stand in it. */
function assertSectorRisks(sectors: Answer[], { inputs, assets, market_value }: Answer): void {
  for (const { sector, ...part } of sectors) {
    for (const name of ["component_volatility", "component_var", "share_of_var"]) {
      assertNear(
        part[name],
        total(inputs, ({ asset, sectors }) => {
          const whole = assets.find((of: Input) => of.asset === asset);
          return Number(sectors[sector] ?? 0) * whole[name];
        }),
      );
    }
    assert.equal(part.component_var_amount, moneyOf(part.component_var, decimal(market_value)));
  }
}

function assertMetrics(actual: Record<string, { value: number | null }>, expected: typeof actual): void {
  for (const [name, { value }] of Object.entries(expected)) {
    if (value === null) assert.equal(actual[name]?.value, null, name);
    else assertNear(actual[name]?.value, value, 1e-9);
  }
}

Deno.test("risk: the metrics, of the portfolio and against its benchmark", async () => {
  await using service = await serviceWithPortfolio();
  const { inputs, benchmark_inputs, ...risk } = await ask(
    service,
    `risk?from=${FROM}&benchmark=MM&confidence=0.9,0.95&horizon=10&rolling=15&missing=proxy_sector`,
  );
  assertPrices(inputs);
  const values = valuesOf(inputs);
  const told = { periodsPerYear: risk.periods_per_year, riskFree: 0, confidence: 0.9 };
  const zero = { minimumAcceptableReturn: 0, requiredReturn: 0 };
  assertMetrics(risk.metrics, metricsOf(returnsIn(values), { ...told, ...zero }));
  const common = benchmark_inputs.prices.filter(({ price_date }: Price) => price_date === undefined);
  const days = new Set(common.map(({ date }: Price) => date));
  const own = values.filter((_, s) => days.has(inputs[0].prices[s].date));
  const others = Float64Array.from(common, ({ price }: Price) => price);
  const value = inputs.reduce((sum: Decimal, input: Newest) => sum.plus(newestValue(input)), decimal(0));
  assert.equal(risk.market_value, plain(value));
  const returns = returnsIn(values);
  for (const { method, confidence, value: loss, amount } of risk.value_at_risk) {
    assertNear(loss, (VAR_METHODS[method as VarMethod](returns, confidence).value ?? NaN) * Math.sqrt(10));
    assert.equal(amount, moneyOf(loss, value));
  }
  for (const { method, confidence, value: loss, amount } of risk.expected_shortfall) {
    assertNear(loss, (ES_METHODS[method as EsMethod](returns, confidence).value ?? NaN) * Math.sqrt(10));
    assert.equal(amount, moneyOf(loss, value));
  }
  assert.equal(risk.rolling.items.length, returns.length - 14);
  for (const [i, rolled] of risk.rolling.items.entries()) {
    const window = returns.subarray(i, i + 15);
    assert.equal(rolled.date, inputs[0].prices[i + 15].date);
    assertNear(rolled.volatility, volatility(window, risk.periods_per_year).value ?? NaN);
    assertNear(rolled.sharpe, sharpe(window, { periodsPerYear: risk.periods_per_year }).value ?? NaN);
    assertNear(rolled.var_historical, historicalVar(window, 0.9).value ?? NaN);
  }
  assert.equal(risk.benchmark.observations, own.length - 1);
  assertMetrics(risk.benchmark.metrics, benchmarkMetricsOf(returnsIn(own), returnsIn(others), told));
});

Deno.test("performance: the span and every period, of the portfolio and of its benchmark", async () => {
  await using service = await serviceWithPortfolio();
  for (const rule of ["proxy_sector", "exclude", "shrink_window"]) {
    const path = `performance?from=${FROM}&benchmark=MM&missing=${rule}`;
    const { inputs, benchmark_inputs, span, periods, months } = await ask(service, path);
    assertPrices(inputs);
    const benchmark = new Map<string, number>(benchmark_inputs.prices.map(({ date, price }: Price) => [date, price]));
    const of = (from: string, to: string) => (benchmark.get(to) ?? NaN) / (benchmark.get(from) ?? NaN) - 1;
    assertNear(span.return.value, valueAt(inputs, -1) / valueAt(inputs, 0) - 1);
    const known = Object.values<Answer>(periods).filter((period) => period.return.value !== null);
    assert.ok(known.length >= 3);
    for (const { from, to, inputs, ...told } of known) {
      assert.deepEqual(inputs[0].prices.map(({ date }: Price) => date), [from, to]);
      assertNear(told.return.value, valueAt(inputs, -1) / valueAt(inputs, 0) - 1);
      assertNear(told.benchmark.value, of(from, to));
    }
    for (const month of months) assertNear(month.benchmark.value, of(month.from, month.to));
  }
});

Deno.test("contributions, and the sectors' own: weights, volatility and value at risk", async () => {
  await using service = await serviceWithPortfolio();
  const { inputs, periods_per_year, confidence, total: told, ...contributions } = await ask(
    service,
    `risk/contributions?from=${FROM}&to=${DAYS[57]}`,
  );
  assertPrices(inputs);
  const newest = inputs.map((input: Newest) => Number(input.amount) * (input.as_of_price?.price ?? NaN));
  const sum = newest.reduce((a: number, b: number) => a + b, 0);
  const weights = Float64Array.from(newest, (value: number) => value / sum);
  const split = riskContributions(inputs.map((input: Input) => returnsIn(pricesOf(input))), weights);
  assert.ok("components" in split);
  assertNear(told.volatility, split.deviation * Math.sqrt(periods_per_year));
  const ofVar = varContributions(split, weights, confidence);
  const value = inputs.reduce((sum: Decimal, input: Newest) => sum.plus(newestValue(input)), decimal(0));
  assert.equal(contributions.market_value, plain(value));
  assertNear(told.var, ofVar.total);
  assert.equal(told.var_amount, moneyOf(told.var, value));
  assertNear(told.diversification_ratio, split.diversificationRatio);
  for (const [i, part] of contributions.assets.entries()) {
    assert.equal(part.asset, inputs[i].asset);
    assertNear(part.weight, weights[i] ?? NaN);
    assertNear(part.component_volatility, (split.components[i] ?? NaN) * Math.sqrt(periods_per_year));
    assertNear(part.marginal_volatility, (split.marginals[i] ?? NaN) * Math.sqrt(periods_per_year));
    assertNear(part.component_var, ofVar.components[i] ?? NaN);
    assertNear(part.marginal_var, ofVar.marginals[i] ?? NaN);
    assert.equal(part.component_var_amount, moneyOf(part.component_var, value));
    assertNear(part.share_of_var, (ofVar.components[i] ?? NaN) / ofVar.total);
  }
  assertSectorRisks(contributions.sectors, { ...contributions, inputs });

  const { sectors, analysis } = await ask(service, "sectors?include=performance,risk");
  for (const { sector, performance } of sectors) {
    const at = (place: number) =>
      total(
        analysis.inputs,
        ({ amount, sectors, prices }) =>
          Number(amount) * Number(sectors[sector] ?? 0) * (prices.at(place)?.price ?? NaN),
      );
    assertNear(performance.return.value, at(-1) / at(0) - 1);
  }
  const whole = await ask(service, "risk/contributions");
  assert.deepEqual(whole.inputs, analysis.inputs);
  const risks = sectors.map(({ sector, risk }: Answer) => ({ sector, ...risk }));
  assertSectorRisks(risks, whole);
  assert.equal("analysis" in await ask(service, "sectors"), false);
});

Deno.test("backtest and correlations", async () => {
  await using service = await serviceWithPortfolio();
  const tested = await ask(service, `risk/backtest?from=${DAYS[50]}&lookback=12&confidence=0.9`);
  const [returns, sessions] = [returnsIn(valuesOf(tested.inputs)), tested.inputs[0].prices];
  assert.equal(tested.items.length, tested.observations);
  for (const day of tested.items) {
    const place = sessions.findIndex(({ date }: Price) => date === day.date) - 1;
    assertNear(day.return, returns[place] ?? NaN);
    assertNear(day.var, historicalVar(returns.slice(place - 12, place), 0.9).value ?? NaN);
  }
  const lost = tested.items.filter((day: Answer) => -day.return > day.var);
  assert.deepEqual(tested.exceptions, lost);
  const counted = { observations: tested.items.length, exceptions: lost.length, confidence: tested.confidence };
  const test = kupiecTest(counted);
  assert.ok("statistic" in test);
  assert.deepEqual(tested.kupiec, { statistic: test.statistic, p_value: test.pValue });
  const { zone, cumulativeProbability } = trafficLight(counted);
  assert.deepEqual([tested.zone, tested.cumulative_probability], [zone, cumulativeProbability]);
  assertNear(tested.expected_exceptions, counted.observations * 0.1);

  const { inputs, assets } = await ask(service, `correlations?from=${FROM}&missing=exclude`);
  const own = inputs.map((input: Input) => {
    const isOwn = (s: number) => input.prices[s]?.price_date === undefined;
    return returnsIn(pricesOf(input)).map((value, s) => isOwn(s) && isOwn(s + 1) ? value : NaN);
  });
  const matrix = correlationMatrix(own);
  const places = assets.labels.map((label: string) => inputs.findIndex(({ asset }: Input) => asset === label));
  assertNear(assets.values[0][1], matrix.values[places[0] * own.length + places[1]] ?? NaN);
});

interface Moved extends Input {
  readonly proxy?: { fraction: number; sectors: { sector: string; share: number; fraction: number }[] };
}

/** What all of a sector but one was worth on a day, shorts counted as if they were held. */
const sectorValue = (inputs: Moved[], sector: string, place: number, but: string): number =>
  total(
    inputs.filter(({ asset, prices }) => asset !== but && prices.length > 0),
    ({ amount, sectors, prices }) =>
      Math.abs(Number(amount)) * Number(sectors[sector] ?? 0) * (prices.at(place)?.price ?? NaN),
  );

Deno.test("a replay: how each moved, also by estimate, and what that comes to in money", async () => {
  await using service = await serviceWithPortfolio();
  await addAsset(service, { symbol: "NEW", sector_weights: { energy: 0.5, utilities: 0.25 } });
  await addCloses(service, "NEW", { [DAYS[59] ?? ""]: "40" });
  const body = { amount: "3" };
  await bodyOf(await service.admin("/portfolios/1/investments/NEW", { method: "PUT", body }));
  const { inputs: newest, scenarios: [replay] } = await ask(service, `risk/scenarios?from=${DAYS[22]}&to=${DAYS[45]}`);
  const inputs: Moved[] = replay.inputs;
  assert.equal(inputs.length, 4);
  const days = [DAYS[22], DAYS[30], DAYS[45]];
  const result = new Map<string, Answer>(replay.result.assets.map((of: Input) => [of.asset, of]));
  const changes: Decimal[] = [];
  for (const [i, input] of inputs.entries()) {
    const { asset, prices, proxy } = input;
    if (proxy === undefined) {
      assert.deepEqual(prices.map(({ date }) => date), days);
      assertNear(result.get(asset).fraction, (prices.at(-1)?.price ?? NaN) / (prices[0]?.price ?? NaN) - 1);
    } else {
      for (const { sector, fraction } of proxy.sectors) {
        const at = (place: number) => sectorValue(inputs, sector, place, asset);
        assertNear(fraction, at(-1) / at(0) - 1);
      }
      assert.deepEqual(proxy.sectors.map(({ sector, share }) => [sector, share]), [["energy", 2 / 3], [
        "utilities",
        1 / 3,
      ]]);
      assertNear(proxy.fraction, proxy.sectors.reduce((sum, { share, fraction }) => sum + share * fraction, 0));
      assertNear(result.get(asset).fraction, proxy.fraction);
    }
    const value = newestValue(newest[i]);
    assert.equal(result.get(asset).market_value, plain(value));
    changes.push(rounded(value.times(result.get(asset).fraction)));
    assert.equal(result.get(asset).change, plain(changes[i] ?? decimal(0)));
  }
  // CC had no price before the 30th day: back from it, as the rest of its sector.
  const [estimate, own] = inputs[2]?.prices ?? [];
  assert.equal(estimate?.close, null);
  const moved = sectorValue(inputs, "energy", 1, "CC") / sectorValue(inputs, "energy", 0, "CC");
  assertNear(own?.price, (estimate?.price ?? NaN) * moved);
  assert.equal(replay.result.change, plain(sum(changes)));
  assert.equal(replay.result.market_value, plain(sum(newest.map(newestValue))));
  assertNear(replay.result.fraction, Number(replay.result.change) / Number(replay.result.market_value));
  for (const { sector, change } of replay.result.sectors) {
    const shares = inputs.map(({ sectors }, i) => changes[i]?.times(sectors[sector] ?? 0) ?? decimal(0));
    assert.equal(change, plain(sum(shares)));
  }
});
