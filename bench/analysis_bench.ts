/**
 * The mathematics: every metric of a series, as it is asked for and alone, and what a portfolio of 500 assets costs over
 * five years.
 *
 * @module
 */
import { correlationMatrix } from "../lib/analysis/correlation_matrix.ts";
import { benchmarkMetricsOf, metricsOf } from "../lib/analysis/metrics.ts";
import { riskContributions, varContributions } from "../lib/analysis/risk_contribution.ts";
import { benchService } from "./support/service.ts";

const [ASSETS, DAYS] = [500, 1_260];
const OPTIONS = {
  ...{ periodsPerYear: 252, riskFree: 0, minimumAcceptableReturn: 0, requiredReturn: 0, confidence: 0.95 },
};

let state = 1;
const random = (): number => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
const madeUp = (): Float64Array => Float64Array.from({ length: DAYS }, () => (random() + random() - 1) / 50);

const assets = Array.from({ length: ASSETS }, madeUp);
const weights = new Float64Array(ASSETS).fill(1 / ASSETS);
const [returns, benchmark] = [madeUp(), madeUp()];

const { serve } = await benchService();
const body = JSON.stringify({ returns: [...returns], benchmark: [...benchmark] });
const headers = { "content-type": "application/json" };

Deno.bench("POST /analysis/metrics, 1,260 returns and a benchmark", async () => {
  await (await serve(new Request("http://bench.test/analysis/metrics", { method: "POST", headers, body }))).text();
});

Deno.bench("every metric of 1,260 returns, with a benchmark", () => {
  metricsOf(returns, OPTIONS);
  benchmarkMetricsOf(returns, benchmark, OPTIONS);
});

Deno.bench("risk contributions of 500 assets over 1,260 days", () => {
  const split = riskContributions(assets, weights);
  if ("components" in split) varContributions(split, weights, 0.99);
});

Deno.bench("correlations of 500 assets over 1,260 days", { n: 5, warmup: 1 }, () => {
  correlationMatrix(assets);
});
