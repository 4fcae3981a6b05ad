import assert from "node:assert/strict";
import fc from "fast-check";
import { assertProblem, type Json } from "../support/answers.ts";
import { addPortfolio } from "../support/factories.ts";
import { addReturns, analysisOf, assertNear } from "../support/price_series.ts";
import { startService, type TestService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

interface Part extends Json {
  readonly asset: string;
  readonly weight: number;
  readonly component_volatility: number;
  readonly component_var: number;
  readonly component_var_amount: string;
  readonly share_of_var: number;
  readonly marginal_var: number;
}
interface Contributions extends Json {
  readonly total: { volatility: number; var: number; var_amount: string; diversification_ratio: number };
  readonly assets: Part[];
  readonly sectors: (Part & { sector: string })[];
}

const Z = -1.6448536269514722;
const sumOf = (parts: readonly Part[], name: string): number =>
  parts.reduce((sum, part) => sum + Number(part[name]), 0);

/** Two stocks that end at 100 again, with deviations of 1 % and 2 %, and nothing in common. */
async function startTwo(): Promise<TestService> {
  const service = await startService();
  const back = (values: number[]) => [...values, 1 / values.reduce((growth, value) => growth * (1 + value), 1) - 1];
  await addReturns(service, { symbol: "AA", sector: "energy" }, back([0.01, 0.01, -0.01, -0.01]));
  await addReturns(service, {
    symbol: "BB",
    sector_weights: { energy: 0.25, financials: 0.5 },
  }, back([0.02, -0.02, 0.02, -0.02]));
  return service;
}

Deno.test("what each asset adds, by hand: two that move apart", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3", BB: "1" }, PUBLIC);
  const answer = await analysisOf<Contributions>(service, "risk/contributions?window=5d");
  const a = [0.01, 0.01, -0.01, -0.01, 1 / (1.01 ** 2 * 0.99 ** 2) - 1];
  const b = [0.02, -0.02, 0.02, -0.02, 1 / (1.02 ** 2 * 0.98 ** 2) - 1];
  const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const cov = (xs: number[], ys: number[]) =>
    xs.reduce((sum, x, i) => sum + (x - mean(xs)) * ((ys[i] ?? NaN) - mean(ys)), 0) / (xs.length - 1);
  const p = a.map((x, i) => 0.75 * x + 0.25 * (b[i] ?? NaN));
  const deviation = Math.sqrt(cov(p, p));
  assert.equal(answer["market_value"], "400");
  assertNear(answer.total.volatility, deviation * Math.sqrt(252), 1e-9);
  assertNear(answer.total.var, -mean(p) - Z * deviation, 1e-9);
  const apart = 0.75 * Math.sqrt(cov(a, a)) + 0.25 * Math.sqrt(cov(b, b));
  assertNear(answer.total.diversification_ratio, apart / deviation, 1e-9);
  for (const [symbol, weight, own] of [["AA", 0.75, a], ["BB", 0.25, b]] as const) {
    const part = answer.assets.find(({ asset }) => asset === symbol);
    assertNear(part?.weight, weight, 1e-9);
    const marginal = cov([...own], p) / deviation;
    assertNear(part?.component_volatility, weight * marginal * Math.sqrt(252), 1e-9);
    assertNear(part?.marginal_var, -mean([...own]) - Z * marginal, 1e-9);
    assertNear(part?.component_var, weight * (-mean([...own]) - Z * marginal), 1e-9);
    assertNear(Number(part?.component_var_amount), 400 * Number(part?.component_var), 1e-7);
  }
  const [aa, bb] = answer.assets;
  const sectors = Object.fromEntries(answer.sectors.map(({ sector, component_var }) => [sector, component_var]));
  assertNear(sectors["energy"], Number(aa?.component_var) + 0.25 * Number(bb?.component_var), 1e-9);
  assertNear(sectors["financials"], 0.5 * Number(bb?.component_var), 1e-9);
  assertNear(sectors["unclassified"], 0.25 * Number(bb?.component_var), 1e-9);
});

Deno.test("property: the parts add up to the whole, by asset and by sector, longs and shorts alike", async () => {
  const daily = fc.array(fc.integer({ min: -80, max: 80 }).map((n) => n / 1_000), { minLength: 5, maxLength: 8 });
  const amount = fc.integer({ min: -40, max: 90 }).filter((n) => n !== 0);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(daily, amount), { minLength: 2, maxLength: 4 }), async (held) => {
      await using service = await startService();
      for (const [i, [returns]] of held.entries()) {
        const sector = i % 2 === 0 ? "energy" : "utilities";
        await addReturns(service, { symbol: `A${i}`, sector }, returns);
      }
      await addPortfolio(service, Object.fromEntries(held.map(([, amount], i) => [`A${i}`, `${amount}`])), PUBLIC);
      const { total, reason, assets, sectors } = await analysisOf<Contributions>(service, "risk/contributions");
      if (total === null) return assert.match(String(reason), /^(value_not_positive|zero_variance)$/);
      for (const parts of [assets, sectors]) {
        const scale = 1 + parts.reduce((sum, part) => sum + Math.abs(part.weight), 0);
        assertNear(sumOf(parts, "weight"), 1, 1e-9 * scale);
        assertNear(sumOf(parts, "component_volatility"), total.volatility, 1e-9 * scale);
        assertNear(sumOf(parts, "component_var"), total.var, 1e-9 * scale);
      }
      assert.ok(total.diversification_ratio >= 1 - 1e-9);
    }),
    { numRuns: 25 },
  );
});

Deno.test("a confidence that is none is refused", async () => {
  await using service = await startTwo();
  await addPortfolio(service, { AA: "3" }, PUBLIC);
  for (const path of ["risk/contributions", "risk/backtest"]) {
    for (const confidence of ["0", "1", "1.5", "x"]) {
      const answer = await service.request(`/portfolios/1/${path}?confidence=${confidence}`);
      await assertProblem(answer, "validation-failed", [
        { parameter: "confidence", detail: "must be above 0 and below 1, such as 0.95" },
      ]);
    }
  }
});
